"""Pages that are made of data: what helps against each error, and what was tried with which versions."""

from __future__ import annotations

import tomllib
from pathlib import Path

from airflowctl.core.errors import CliError, error_codes
from airflowctl.session import registry

_FOLDER = Path(__file__).parent


def render_troubleshooting() -> str:
    """Return the page with each code of an error. Raises KeyError for a code without words."""
    registry.all_commands()  # loads what declares errors of its own
    remedies = tomllib.loads((_FOLDER / "troubleshooting.toml").read_text(encoding="utf-8"))
    codes = error_codes()
    if remedies.keys() != codes.keys():
        raise KeyError(
            f"troubleshooting.toml and the codes differ: {', '.join(remedies.keys() ^ codes.keys())}"
        )
    parts = [
        "# Troubleshooting",
        "Made by `scripts/generate-docs` from the codes of errors. With `-o json` an error has its"
        " [code](../reference/errors.md); without it, compare the message. The first step is"
        " always the same:",
        "```sh\nairflowctl doctor\n```",
        "It checks the connection to the server step by step, and prints the line that fixes what it finds."
        " `--debug` prints each request of a line, with secrets left out.",
    ]
    for code, kind in codes.items():
        remedy = remedies[code]
        lines = "\n".join(remedy.get("lines", ()))
        parts += [f"## {code}", f"{_meaning(kind)} (exit code {kind.exit_code}).", remedy["looks"]]
        if lines:
            parts.append(f"```sh\n{lines}\n```")
    return "\n\n".join(parts) + "\n"


def render_support() -> str:
    """Return the page of what was run, when, and of what was not."""
    support = tomllib.loads((_FOLDER / "support.toml").read_text(encoding="utf-8"))
    head = ("Airflow", "Python", "system", "what ran", "last run")
    keys = ("airflow", "python", "system", "tests", "date")
    rows = [[run[key] for key in keys] for run in support["run"]]
    parts = [
        "# What is supported",
        "Made by `scripts/generate-docs` from `scripts/local_airflow/support.toml`."
        " Each row is a run that succeeded, with its date.",
        "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)),
        "## Not tested",
        "\n".join(f"- {text}" for text in support["not_run"]),
    ]
    return "\n\n".join(parts) + "\n"


def _meaning(kind: type[CliError]) -> str:
    return " ".join((kind.__doc__ or "").partition("\n\n")[0].split()).rstrip(".")
