"""The text of .env files: NAME=VALUE lines, in the dialects of shells, containers and Airflow."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.document import Document

if TYPE_CHECKING:
    from airflowctl.domain.document import Problem

PREFIXES = ("AIRFLOW_CONN_", "AIRFLOW_VAR_")
QUOTES = ("'", '"')


def render_line(name: str, value: str) -> str:
    """Return the line of a value, in quotes only where a reader would take it for another one. Raises
    ValueError for what no .env file can hold."""
    if len(value.splitlines()) > 1 or value != value.rstrip("\r\n"):
        raise ValueError(f"the value of {name} has several lines, which no .env file can hold")
    # Docker reads quotes as a part of the value, so there are none where they can be avoided.
    if value and value == value.strip() and value[0] not in QUOTES:
        return f"{name}={value}\n"
    quote = next((mark for mark in QUOTES if mark not in value), "")
    if not quote:
        raise ValueError(f"the value of {name} has both kinds of quotes, which no .env file can hold")
    return f"{name}={quote}{value}{quote}\n"


def read_env(text: str, prefix: str = "") -> Document:
    """Return the document of an .env text, names to values. `export ` before a name and a pair of quotes
    round a value are taken away, as are blanks round both.

    Where all names begin with `prefix` (`AIRFLOW_VAR_`), it is taken away too, and names are in lower case,
    as Airflow reads them from the environment; lines for its other kinds are left out then.
    """
    values: dict[str, str] = {}
    numbers: dict[str, int] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            name, value = _read_line(line)
        except ValueError as error:
            problems.append(((number, 1), str(error)))
            continue
        if name in numbers:
            problems.append(((number, 1), f"{name} is there twice (first at {numbers[name]}:1)"))
        numbers.setdefault(name, number)
        values[name] = value
    if any(name.startswith(PREFIXES) for name in values):
        values, numbers = _without_prefix(values, numbers, prefix, problems)
    return Document(values, lambda path: (numbers.get(str(path[0]), 1) if path else 1, 1), problems)


def _read_line(line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    words = name.split(None, 1)
    # A file that shells source too has the word before each name.
    if len(words) > 1 and words[0] == "export":
        name = words[1]
    name = name.strip()
    if not equals or not name:
        raise ValueError("not NAME=VALUE")
    value = value.strip(" \t\r")
    if value[:1] not in QUOTES:
        return name, value
    # Readers differ in what they make of such a value: a shell ends it at the second quote.
    if len(value) < 2 or value[-1] != value[0] or value[0] in value[1:-1]:
        raise ValueError(f"the value of {name} begins with a quote that is no pair round the whole value")
    return name, value[1:-1]


def _without_prefix(
    values: dict[str, str], numbers: dict[str, int], prefix: str, problems: list[Problem]
) -> tuple[dict[str, str], dict[str, int]]:
    kept: dict[str, str] = {}
    line_numbers: dict[str, int] = {}
    for name, value in values.items():
        number = numbers[name]
        if not name.startswith(PREFIXES):
            message = (
                f"{name} has no {prefix or PREFIXES[0]} before it, and other lines have: write all alike"
            )
            problems.append(((number, 1), message))
        elif prefix and name.startswith(prefix):
            # Airflow looks for the upper-case variable of any name, so all spellings are one.
            short = name.removeprefix(prefix).lower()
            if short in line_numbers:
                problems.append(((number, 1), f"{short} is there twice (first at {line_numbers[short]}:1)"))
            line_numbers.setdefault(short, number)
            kept[short] = value
    return kept, line_numbers
