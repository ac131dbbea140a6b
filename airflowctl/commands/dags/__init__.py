"""Dags: list, pause, trigger and clear them, and look at their files and versions."""
