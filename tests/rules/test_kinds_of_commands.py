"""Commands that name, create or delete what a kind lists say so, by the addresses of their operations."""

from __future__ import annotations

from collections import defaultdict

import pytest

from airflowctl.api.operations import table
from airflowctl.core.command import Command
from airflowctl.session import registry

COMMANDS = [command for command in registry.all_commands() if command.op in table()]


def lists() -> dict[str, set[str]]:
    """The kinds that the operation of an address lists, each with the wider kind of the same names."""
    kinds = registry.kinds()
    found: dict[str, set[str]] = defaultdict(set)
    for names in kinds.values():
        if names.op in table() and names.items and names.read is None:
            found[table()[names.op].path].add(names.kind)
    wider = {names.within: kind for kind, names in kinds.items() if names.within}
    return {path: known | {wider[kind] for kind in known if kind in wider} for path, known in found.items()}


LISTS = lists()


def changed_list(op: str) -> str:
    """The address of the list that an operation adds to or takes from; empty for none."""
    operation = table()[op]
    outer = operation.path.rpartition("/")[0]
    ways = {"POST": (operation.path,), "PUT": (outer,), "DELETE": (outer, operation.path)}
    return next((path for path in ways.get(operation.method, ()) if path in LISTS), "")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line)
def test_what_creates_or_deletes_names_changes_their_kind(command: Command) -> None:
    for op in (command.op, *command.uses):
        path = changed_list(op)
        assert not path or LISTS[path] & set(command.invalidates), f"{op}: invalidates= one of {LISTS[path]}"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line)
def test_a_command_about_one_of_a_kind_completes_it(command: Command) -> None:
    outer, _, last = table()[command.op].path.rpartition("/")
    if outer in LISTS and last.startswith("{"):
        completed = {param.complete for param in command.params}
        assert LISTS[outer] & completed, f"complete= one of {LISTS[outer]}"


def test_the_rules_are_about_many_commands() -> None:
    changing = [command for command in COMMANDS if changed_list(command.op)]
    assert len(changing) > 20
