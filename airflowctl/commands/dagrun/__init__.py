"""Runs of Dags."""

MODULES = ("gantt", "logs", "look", "setting", "trigger", "watching")  # in the order of help
