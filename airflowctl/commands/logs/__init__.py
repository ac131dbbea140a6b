"""The log of a task."""

MODULES = ("show",)  # in the order of help
