"""What keys do here that they do not do in every prompt."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.filters import Condition, emacs_insert_mode, has_completions, vi_insert_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from airflowctl.shell.explain import may_ask

Explain = Callable[[str, int], object]


def bindings(explain: Explain, tell_what_follows: Callable[[str], object]) -> KeyBindings:
    """Tab takes the only candidate of an open menu for good: a second Tab must not take it away again.

    F1 calls `explain` with the line and the place of the cursor in it; `?`, where a word begins,
    `tell_what_follows` with the line up to there. Both may print: it comes above the prompt.
    """
    keys = KeyBindings()

    @keys.add("tab", filter=has_completions)
    def take(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        state = buffer.complete_state
        if state is not None and len(state.completions) == 1:
            buffer.apply_completion(state.completions[0])
        else:
            buffer.complete_next()

    @keys.add("f1")
    def help_here(event: KeyPressEvent) -> None:
        document = event.current_buffer.document
        run_in_terminal(lambda: explain(document.text, document.cursor_position))

    asks = Condition(lambda: may_ask(get_app().current_buffer.document.text_before_cursor))

    @keys.add("?", filter=asks & (emacs_insert_mode | vi_insert_mode))
    def list_here(event: KeyPressEvent) -> None:
        text = event.current_buffer.document.text_before_cursor
        run_in_terminal(lambda: tell_what_follows(text))

    return keys
