"""Look around in a failed task."""
