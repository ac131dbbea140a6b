"""Suggestions in a prompt_toolkit prompt. The only file here that imports prompt_toolkit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from completers.engine import suggest
from completers.letters import visible
from completers.protocols import FAILED, LOADING, READY, Grammar, Source


class WordCompletion(Completion):
    """A candidate that takes the place of `rest` letters right of the cursor too."""

    def __init__(self, text: str, start_position: int, display: str, display_meta: str, rest: int) -> None:
        super().__init__(text, start_position, display=display, display_meta=display_meta)
        self.rest = rest
        self._texts = display, display_meta

    # The library makes these anew of their fragments, several times a key for each row of the menu.
    @property
    def display_text(self) -> str:
        return self._texts[0]

    @property
    def display_meta_text(self) -> str:
        return self._texts[1]


def replace_whole_words(buffer: Buffer) -> None:
    """Let candidates in this buffer replace their whole words: the library leaves what stands right of the
    cursor, so that `dags get etl|_old` would become `dags get etl_new_old`."""
    go_to, apply = buffer.go_to_completion, buffer.apply_completion

    def go_to_completion(index: int | None) -> None:
        go_to(index)
        state = buffer.complete_state
        if state is not None and _drop_rest(buffer, state.current_completion):
            buffer.complete_state = state  # a change of the text has closed the menu

    def apply_completion(completion: Completion) -> None:
        apply(completion)
        _drop_rest(buffer, completion)

    buffer.go_to_completion = go_to_completion  # type: ignore[method-assign]
    buffer.apply_completion = apply_completion  # type: ignore[method-assign]


def _drop_rest(buffer: Buffer, completion: Completion | None) -> bool:
    if not isinstance(completion, WordCompletion) or not completion.rest:
        return False
    buffer.delete(completion.rest)
    return True


class PromptCompleter(Completer):
    """Completes from what is known now; when more arrives, the open menu fills by itself.

    It is not threaded on purpose: it never waits, and a threaded completer's menu blinks. `state` says how
    the last completion went; a fault in a grammar or a source shows there and nowhere else. Switched off
    (`is_on`), it offers nothing and asks no source.
    """

    def __init__(self, grammar: Grammar, source: Source) -> None:
        self._grammar = grammar
        self._source = source
        self._completed: str | None = None
        self._offered = False
        self.state = READY
        self.is_on = True

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        if not self.is_on:
            self.state = READY
            return
        text = document.text_before_cursor
        try:
            suggestions = suggest(text, self._grammar, self._source, document.text_after_cursor)
        # A fault of a source must not end the prompt; it shows as a state in the toolbar.
        except Exception:
            self.state = FAILED
            return
        self.state = suggestions.state
        self._completed = text
        self._offered = bool(suggestions.items)
        for item in suggestions.items:
            start, shown, note = item.start - len(text), visible(item.shown), visible(item.note)
            yield WordCompletion(item.text, start, shown, note, suggestions.rest)

    def begin(self) -> None:
        """A new line: how completing the one before went is of no interest any more."""
        self.state, self._completed = READY, None

    def refill_menu(self, app: Application[str]) -> None:
        """Call it from any thread when a source knows more: fills the menu of what is being typed."""
        wake(app, lambda: self._refill(app))

    def _refill(self, app: Application[str]) -> None:
        buffer = app.current_buffer
        state = buffer.complete_state
        # Without a menu there was nothing to offer yet, or the user closed it.
        wanted = state is not None or self.state == LOADING or not self._offered
        chosen = state is not None and state.current_completion is not None
        if wanted and not chosen and self._completed == buffer.document.text_before_cursor:
            # Replaced as a whole: to close the menu and open it again would blink (decision 0036).
            result = list(self.get_completions(buffer.document, CompleteEvent()))
            buffer.complete_state = CompletionState(buffer.document, result) if result else None
        elif self.state == LOADING:
            self.state = READY
        app.invalidate()


def wake(app: Application[Any], do: Callable[[], object]) -> None:
    """Let the prompt's own thread do something, from any thread, if there is a prompt just now."""
    loop = app.loop
    if loop is not None:
        with suppress(RuntimeError):  # it ended in this very moment
            loop.call_soon_threadsafe(do)
