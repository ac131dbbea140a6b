"""What keys do here that they do not do in every prompt."""

from __future__ import annotations

from prompt_toolkit.filters import has_completions
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent


def bindings() -> KeyBindings:
    """Tab takes the only candidate of an open menu for good: a second Tab must not take it away again."""
    keys = KeyBindings()

    @keys.add("tab", filter=has_completions)
    def take(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        state = buffer.complete_state
        if state is not None and len(state.completions) == 1:
            buffer.apply_completion(state.completions[0])
        else:
            buffer.complete_next()

    return keys
