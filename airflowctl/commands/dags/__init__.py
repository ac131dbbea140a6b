"""Dags: list, pause, trigger and clear them, and look at their files and versions."""

MODULES = (
    "catalogue",
    "clearing",
    "files",
    "pausing",
    "pictures",
    "runs",
    "triggering",
    "versions",
)  # in the order of help
