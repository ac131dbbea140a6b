"""Each command declares in `op` and `uses` which operations it calls: by the requests of its transcripts."""

from __future__ import annotations

import shlex
from collections import defaultdict
from functools import cache

from airflowctl.api import raw
from airflowctl.core.command import LINE, Command
from airflowctl.core.parse import parse_tokens
from airflowctl.session import registry
from tests.support.rows import every_row
from tests.support.transcripts import FOLDER, ONCE, read_entries

# What calls more than its own operations: any that the line names, and those that say what a login may do.
ANY = {"api", "auth login", "env remove"}


def runs_lines(command: Command) -> bool:
    return any(param.complete in (LINE, "line") for param in command.params) or command.line in (
        "source",
        "alias",
    )


@cache
def operation_of(method: str, route: str) -> str:
    """The operation that a request of a transcript calls; "" for one of a plug-in."""
    return raw.find_by_route(method, route).name


@cache
def requests() -> dict[str, set[str]]:
    """The operations that the transcripts show of each command, by its words."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(FOLDER.glob("*.txt")):
        for entry in read_entries(path):
            command = parse_tokens(shlex.split(entry.line), registry).command
            if entry.prompt != ONCE or command is None or runs_lines(command) or command.line in ANY:
                continue
            for line in entry.text.splitlines():
                if line.startswith("> "):
                    method, address = line.split(" ")[1:3]
                    found[command.line].add(operation_of(method, address.partition("?")[0]))
    return found


def test_the_transcripts_show_requests_of_most_commands() -> None:
    assert len(requests()) > 150


@every_row("line", lambda: sorted(requests()))
def test_what_a_command_calls_is_declared(line: str) -> None:
    words = tuple(line.split())
    command = registry.commands(words[0])[words]
    missing = requests()[line] - {"", command.op, *command.uses}
    assert missing == set(), f"`{line}` calls what neither its `op` nor its `uses` names"
