"""Connections to other systems. The server masks their passwords."""

MODULES = ("changing", "files", "listing")  # in the order of help
