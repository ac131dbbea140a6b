"""A terminal without codes: what is edited is shown, whatever the edit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.program import Program
from tests.support.screen import CTRL_C, UP, Screen

LEFT, BACKSPACE, HOME, CTRL_K, CTRL_R = "\x1b[D", "\x7f", "\x01", "\x0b", "\x12"
CTRL_G = "\x07"


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    home = str(tmp_path_factory.mktemp("home"))
    environ = {"TERM": "dumb", "HOME": home, "AIRFLOWCTL_HOME": f"{home}/a"}
    with Screen(Program(environ), rows=40) as screen:
        screen.prompt()
        screen.type("help pools\nversion --debug\n")
        screen.until("^airflowctl [0-9]")
        yield screen


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("dags lisx" + BACKSPACE + "t", "dags list"),
        (UP, "version --debug"),
        (UP + UP, "help pools"),
        (UP + BACKSPACE * 8, "version"),
        ("lst" + LEFT * 2 + "i", "list"),
        ("pools list" + HOME + CTRL_K + "x", "x"),
        ("pools list" + CTRL_R + "ver", "(search `ver'): version --debug"),
        ("variables get " + "x" * 90 + BACKSPACE * 2 + "y", "x" * 30 + "y"),
    ],
)
def test_each_edit_is_seen(screen: Screen, keys: str, shown: str) -> None:
    lines = screen.raw.count("\r\ndefault> ")
    screen.type(CTRL_G + CTRL_C)  # the first ends a search
    screen.until_true(lambda: screen.raw.count("\r\ndefault> ") > lines, "a new line")
    screen.prompt()
    screen.type(keys)
    wanted = shown if shown.startswith("(") else f"> {shown}"
    screen.until_true(
        lambda: screen.cursor_line.rstrip().endswith(shown if len(shown) > 30 else wanted), f"{shown!r}"
    )
    assert "\x1b" not in screen.raw
