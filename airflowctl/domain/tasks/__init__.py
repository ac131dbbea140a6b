"""Tasks and their instances."""
