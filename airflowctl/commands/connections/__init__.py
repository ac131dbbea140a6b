"""Connections to other systems. The server masks their passwords."""
