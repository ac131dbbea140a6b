"""Each command has a test of its own: one that runs a line of it, by its words."""

from __future__ import annotations

import re
from functools import cache

import pytest

from airflowctl.core.command import Command
from airflowctl.session import registry
from tests.support.paths import TESTS

# Tests that try each command in the same way are not of any command; nor is this one.
GENERAL = {
    "test_command_tests.py",
    "test_every_command.py",
    "test_examples.py",
    "test_oracle.py",
    "test_older_servers.py",
}


@cache
def texts() -> str:
    files = sorted(path for path in TESTS.rglob("test_*.py") if path.name not in GENERAL)
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def has_test(command: Command, text: str) -> bool:
    """Whether a line of it stands there, as one text (`"dags list -o json"`) or word by word."""
    lines = [command.words, *(tuple(other.split()) for other in command.also)]
    between = r"""(?:\s+|["'],\s*["'])"""
    return any(re.search(rf"""["' ]{between.join(map(re.escape, words))}["' |]""", text) for words in lines)


@pytest.mark.parametrize("command", registry.all_commands(), ids=lambda command: command.line)
def test_a_command_has_a_test_of_its_own(command: Command) -> None:
    assert has_test(command, texts()), (
        f"`{command.line}` ({command.handler.__module__}) has no test: run it in the file of its noun"
    )


@pytest.mark.parametrize(
    ("text", "is_test"),
    [
        ('ctl("pools", "list")', True),
        ('ctl("pools", "list", "-o", "json")', True),
        ('run("pools list -o json")', True),
        ("shell.run('pools list')", True),
        ('ctl("pools", "listing")', False),
        ('ctl("pools", "get", "list")', False),
        ('run("pools get list")', False),
        ('"pool"', False),
    ],
)
def test_a_line_of_a_command_is_known_when_it_is_seen(text: str, is_test: bool) -> None:
    command = next(each for each in registry.all_commands() if each.line == "pools list")
    assert has_test(command, text) == is_test
