"""The server's configuration, where it shows it."""

MODULES = ("lint", "reading")  # in the order of help
