"""The text of .env files: NAME=VALUE lines, in the dialects of shells, containers and Airflow."""

from __future__ import annotations

QUOTES = ("'", '"')


def render_line(name: str, value: str) -> str:
    """Return the line of a value, in quotes only where a reader would take it for another one. Raises
    ValueError for what no .env file can hold."""
    if len(value.splitlines()) > 1 or value != value.rstrip("\r\n"):
        raise ValueError(f"the value of {name} has several lines, which no .env file can hold")
    if value and value == value.strip() and value[0] not in QUOTES:
        return f"{name}={value}\n"
    quote = next((mark for mark in QUOTES if mark not in value), "")
    if not quote:
        raise ValueError(f"the value of {name} has both kinds of quotes, which no .env file can hold")
    return f"{name}={quote}{value}{quote}\n"
