"""Connections: their fields, and testing them on a worker."""
