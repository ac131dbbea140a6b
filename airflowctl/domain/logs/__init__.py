"""Task logs: read, follow, filter."""
