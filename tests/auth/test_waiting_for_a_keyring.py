"""Whether a user is there to unlock a keyring, whose window only a desktop can show."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from airflowctl.auth.terminal_prompter import StoreUnlocker


@pytest.mark.parametrize(
    ("environ", "can_ask", "waits"),
    [
        ({"DISPLAY": ":0"}, True, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, True),
        ({"DISPLAY": " "}, True, False),
        ({}, True, False),
        ({"DISPLAY": ":0"}, False, False),
    ],
)
def test_a_window_is_announced_to_a_user_who_can_see_it(
    environ: dict[str, str], can_ask: bool, waits: bool
) -> None:
    notes: list[str] = []
    console: Any = SimpleNamespace(can_ask=can_ask, note=notes.append)
    assert StoreUnlocker(console, environ, lambda _: None).wait_for_user() is waits
    assert notes == ["waiting for you to unlock the system keyring ..."] * waits
