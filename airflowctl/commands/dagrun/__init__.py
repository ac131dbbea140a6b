"""Runs of Dags."""
