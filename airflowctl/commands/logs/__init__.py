"""The log of a task."""
