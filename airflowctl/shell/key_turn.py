"""The time from a key to its drawing: nothing else gets the interpreter meanwhile."""

from __future__ import annotations

import gc
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

from airflowctl.core.background import favour_thread, hold_background, release_background

_MENU_AFTER = 0.02  # seconds: a key may be drawn once without its menu, and then with it


def favour_keys(app: Application[Any]) -> None:
    """Let threads behind the prompt, and the collection of garbage, wait while a key of it is handled."""
    keys = 0
    favour_thread()

    def begin(_: object) -> None:
        nonlocal keys
        keys += 1
        # With 100,000 names a collection takes longer than half a frame.
        gc.disable()
        hold_background()

    def end(handled: int) -> None:
        if handled == keys:
            end_turn()

    def end_soon(_: object) -> None:
        if app.loop is not None and not gc.isenabled():
            app.loop.call_later(_MENU_AFTER, end, keys)

    app.key_processor.before_key_press += begin
    app.after_render += end_soon


def end_turn() -> None:
    """Let everything else go on: what was typed is drawn, or a line is run."""
    release_background()
    gc.enable()


def prepare_first_key(app: Application[Any]) -> None:
    """Merge the key bindings, which else the first key would wait for."""
    if not app.key_processor.key_buffer:  # else it would end a sequence of keys
        app.key_processor.feed(KeyPress(Keys.Ignore))
        app.key_processor.process_keys()
