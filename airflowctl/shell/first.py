"""The first start of the shell: its welcome, and the question for a server where none is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prompt_toolkit.formatted_text import StyleAndTextTuples

from airflowctl import __version__
from airflowctl.core.background import background
from airflowctl.core.errors import CliError
from airflowctl.output.sanitise import line
from airflowctl.session.session import Session
from airflowctl.storage.private_files import state_folder
from completers.tokenizer import quote_word

GREETING = f"airflowctl {__version__}: Tab completes, ? lists what can follow, ? twice all keys"
PLAIN_GREETING = (
    f"airflowctl {__version__}: help explains, Ctrl-C stops, Ctrl-D leaves"  # where Tab offers nothing
)
HINT = """\
First time here? Tab completes, with names from the server.
? after a space lists what can follow; F1 explains the word at the cursor.
tour shows more, a step at a time; help WORD searches the commands."""
SHORT_HINT = "First time here? Type tour."
_HINT_COLUMNS = max(map(len, HINT.splitlines()))  # in a narrower window it would fill the screen


def welcome(session: Session, *, is_first: bool) -> str:
    """Return what stands above the first prompt: what keys do on this terminal, and more for a new user."""
    streams = session.streams
    has_menu = not streams.is_dumb and session.parts.settings.is_on("completion")
    greeting = GREETING if has_menu else PLAIN_GREETING
    if not is_first:
        return greeting
    return f"{greeting}\n{HINT if has_menu and streams.columns > _HINT_COLUMNS else SHORT_HINT}"


def is_first_start(environ: Mapping[str, str]) -> bool:
    """Return whether no shell has been open here yet: then it left a history."""
    try:
        return not any(name.startswith("history") for name in state_folder(environ).list())
    except CliError:  # the history says what is wrong with the folder
        return False


class ServerQuestion:
    """Asks for the address of a server at the first prompt, where any other line may be typed too: a user who
    wants something else is not held up. What answers on this machine is offered once it is known."""

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._offered = ""
        self.is_open = session.can_ask and _has_no_server(session)

    def begin(self) -> None:
        """Look for a server on this machine, in the background."""
        if self.is_open:
            background("local server", self._look, self._changed)

    def close(self) -> None:
        self.is_open = False

    @property
    def prompt(self) -> StyleAndTextTuples:
        offer = f" [{self._offered}]" if self._offered else ""
        return [("", "address of the server"), ("class:prompt.used", line(offer)), ("", "> ")]

    def line_for(self, typed: str) -> str:
        """Return the line that an answer means: a login there; any other line as it is. The question is asked
        once."""
        if not self.is_open:
            return typed
        from airflowctl.auth.server_address import complete_address, is_address

        text = typed.strip() or self._offered
        self.close()
        if not is_address(text):
            return typed
        return f"auth login --url {quote_word(complete_address(text))}"

    def _look(self) -> None:
        from airflowctl.auth.server_address import find_local_server

        self._offered = find_local_server()


def _has_no_server(session: Session) -> bool:
    try:
        return session.environment is None
    except CliError:  # the bottom line says what is wrong
        return False
