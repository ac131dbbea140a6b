"""The prompt of a talk: its own words complete, its own lines are remembered, for as long as it lasts."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import InMemoryHistory

from airflowctl.core.display import Talk
from airflowctl.output.sanitise import line
from airflowctl.session import Session
from airflowctl.shell.signals import Ending

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def typed(talk: Talk, session: Session) -> Iterator[str]:
    """Each line that is typed, until Ctrl-D; Ctrl-C gives up the line."""
    prompt: PromptSession[str] = PromptSession(
        history=InMemoryHistory(),
        completer=None if session.streams.is_dumb else WordCompleter(list(talk.words), sentence=True),
        complete_while_typing=False,
        enable_suspend=True,
    )
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    ending = Ending(prompt.app)  # or the terminal would not be given back as it was
    try:
        while True:
            try:
                with ending.waits_for_prompt():
                    text = prompt.prompt(line(talk.prompt()), pre_run=ending.end_prompt)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            yield text
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)
