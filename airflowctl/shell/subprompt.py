"""The prompt of a talk: its own words complete, its own lines are remembered, for as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings

from airflowctl.core.rich_results import SubPrompt
from airflowctl.output.sanitise import line
from airflowctl.session.session import Session
from airflowctl.shell.keys import bind_selection
from airflowctl.shell.signals import Signals


def read_lines(subprompt: SubPrompt, session: Session) -> Iterator[str]:
    """Yield each line that is typed, until Ctrl-D; Ctrl-C gives up the line."""
    keys = KeyBindings()
    bind_selection(keys)
    prompt: PromptSession[str] = PromptSession(
        key_bindings=keys,
        history=InMemoryHistory(),
        completer=None if session.streams.is_dumb else WordCompleter(list(subprompt.words), sentence=True),
        complete_while_typing=False,
        enable_suspend=True,
    )
    with Signals(prompt.app) as signals:  # or the terminal would not be given back as it was
        while True:
            try:
                with signals.at_prompt():
                    text = prompt.prompt(
                        line(subprompt.prompt()),
                        pre_run=signals.prompt_begins,
                        handle_sigint=False,
                        set_exception_handler=False,
                    )
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            with signals.in_line():
                yield text
