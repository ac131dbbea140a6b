"""`top` on the full screen: its keys, and the lines that they run."""

from __future__ import annotations

import asyncio
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.styles import BaseStyle

from airflowctl.api.deadline import TimeLimits
from airflowctl.core.errors import DONE, CliError
from airflowctl.output.streams import takes_unicode
from airflowctl.session.session import Session
from airflowctl.shell.signals import run_application
from airflowctl.shell.top_lines import ACTIONS, Action, Words, write_line
from airflowctl.shell.top_model import TopModel
from airflowctl.shell.top_view import FEET, HEADS, TopView
from completers.prompt import wake

_PATIENCE = 5.0  # seconds for an answer: a screen that stands still says so
_ESCAPE = 0.05  # seconds until Esc is a key by itself


class TopScreen:
    """Shows a session's Dags until the user leaves."""

    def __init__(self, session: Session, style: BaseStyle, interval: float, dag_filter: str) -> None:
        self._session, self._interval = session, interval
        server = session.server
        limits = TimeLimits(_PATIENCE, _PATIENCE)
        self._model = TopModel(lambda: server.client.with_options(limits=limits), self._redraw, dag_filter)
        is_unicode = takes_unicode(session.streams.stdout)
        self._view = TopView(self._model, server.environment.url, is_unicode=is_unicode)
        self._pending: Words = ()
        self._app: Application[Words] = Application(
            layout=Layout(Window(FormattedTextControl(self._draw, show_cursor=False))),
            key_bindings=self._keys(),
            style=style,
            full_screen=True,
        )
        self._app.ttimeoutlen = _ESCAPE

    def run(self) -> int:
        """Return the exit code: 0, whatever the lines ended with that were run meanwhile."""
        while words := self._ask():
            self._run(words)
        return DONE

    def _ask(self) -> Words:
        """Show the screen until a key wants a line; empty where the user leaves."""
        try:
            return run_application(
                self._app, begin=lambda: self._app.create_background_task(self._keep_fresh())
            )
        except KeyboardInterrupt:
            return ()

    def _run(self, words: Words) -> None:
        console, line = self._session.console, write_line(words)
        console.note(f"> {line}")
        code = console.run_line(words)
        if self._session.is_lasting:
            self._session.parts.memory.add_line(line, code)
        try:
            console.ask("Enter: back to top ")
        except (CliError, KeyboardInterrupt):  # Ctrl-D and Ctrl-C lead back, too
            console.note("")

    async def _keep_fresh(self) -> None:
        while True:
            self._model.refresh()
            await asyncio.sleep(self._interval)

    def _draw(self) -> StyleAndTextTuples:
        size = get_app().output.get_size()
        self._model.set_height(max(1, size.rows - HEADS - FEET))
        return self._view.draw(size)

    def _redraw(self) -> None:
        wake(self._app, self._app.invalidate)

    # Keys.

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        is_typing = Condition(lambda: self._view.is_typing)
        is_pending = Condition(lambda: bool(self._pending))
        is_free = ~is_typing & ~is_pending
        moves = {"up": -1, "down": 1, "k": -1, "j": 1}
        for key, step in moves.items():
            keys.add(key, filter=is_free)(partial(self._move, step))
        keys.add("up", filter=is_typing)(partial(self._move, -1))
        keys.add("down", filter=is_typing)(partial(self._move, 1))
        keys.add("pagedown", filter=~is_pending)(lambda _: self._model.move(self._model.place.limit))
        keys.add("pageup", filter=~is_pending)(lambda _: self._model.move(-self._model.place.limit))
        for action in ACTIONS:
            keys.add(action.key, filter=is_free)(partial(self._act, action))
        keys.add("s", filter=is_free)(lambda _: self._model.turn_order())
        keys.add("f", filter=is_free)(lambda _: self._model.turn_state())
        keys.add("q", filter=is_free)(lambda event: event.app.exit(result=()))
        for key in ("c-c", "c-d"):
            keys.add(key)(lambda event: event.app.exit(result=()))
        self._bind_filter(keys, is_typing)
        keys.add("enter", filter=is_free)(self._enter)
        keys.add("enter", filter=is_pending)(lambda event: event.app.exit(result=self._take_pending()))
        keys.add("escape", filter=is_pending, eager=True)(lambda _: self._take_pending())
        keys.add("escape", filter=is_free, eager=True)(lambda _: self._model.leave())
        return keys

    def _bind_filter(self, keys: KeyBindings, is_typing: Condition) -> None:
        @keys.add("/", filter=~is_typing)
        def begin(_: KeyPressEvent) -> None:
            self._take_pending()
            self._view.is_typing = True

        @keys.add("enter", filter=is_typing)
        @keys.add("escape", filter=is_typing, eager=True)
        def end(_: KeyPressEvent) -> None:
            self._view.is_typing = False

        @keys.add("backspace", filter=is_typing)
        def shorten(_: KeyPressEvent) -> None:
            self._model.filter_by(self._model.place.filter[:-1])

        @keys.add(Keys.Any, filter=is_typing)
        def extend(event: KeyPressEvent) -> None:
            if event.data.isprintable():
                self._model.filter_by(self._model.place.filter + event.data)

    def _move(self, step: int, _: KeyPressEvent) -> None:
        self._model.move(step)

    def _act(self, action: Action, event: KeyPressEvent) -> None:
        row = self._model.row
        if row is None or self._model.place.level not in action.levels:
            return
        words = action.words(self._model.place, row)
        # What changes something is seen as a line before it runs: a key is pressed too easily.
        if action.changes:
            self._pending, self._view.pending = words, write_line(words)
        else:
            event.app.exit(result=words)

    def _enter(self, event: KeyPressEvent) -> None:
        row = self._model.row
        if not self._model.enter() and row is not None:  # a task: its log
            logs = next(action for action in ACTIONS if action.key == "l")
            event.app.exit(result=logs.words(self._model.place, row))

    def _take_pending(self) -> Words:
        words, self._pending, self._view.pending = self._pending, (), ""
        return words
