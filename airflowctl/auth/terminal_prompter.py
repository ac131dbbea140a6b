"""The person at the terminal, as far as a login needs one."""

from __future__ import annotations

import sys

from airflowctl.core.errors import ConfigError, StoreLocked, StoreUnavailable
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session

PASSPHRASE_VARIABLE = "AIRFLOWCTL_PASSPHRASE_FILE"
SHORTEST_PASSPHRASE = 12  # characters
_LONGEST_PASSPHRASE = 100_000  # bytes


class AtTerminal:
    """The person at the terminal, as airflowctl.api.auth.provider.Person. Secrets are learnt as they come."""

    def __init__(self, session: Session, opens_browser: bool = True) -> None:
        self._session = session
        self._opens_browser = opens_browser

    @property
    def can_ask(self) -> bool:
        return self._session.can_ask

    def ask(self, question: str) -> str:
        return self._session.streams.ask(question)

    def ask_secret(self, question: str) -> str:
        text = self._session.streams.ask_secret(question)
        self._session.shared.redact.learn(text)
        return text

    def note(self, text: str) -> None:
        self._session.output.note(text)

    def open(self, url: str) -> bool:
        from airflowctl.core.url import check_page

        page = check_page(url)  # a browser's command line takes options, and opens files and other programs
        if not self._opens_browser or not _has_browser(self._session):
            return False
        import webbrowser

        try:
            return webbrowser.open(page)
        except webbrowser.Error:
            return False


def _has_browser(session: Session) -> bool:
    """One with a window: a browser for text would take the terminal from us."""
    named = any(map(session.variable, ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")))
    return named or sys.platform in ("darwin", "win32")


def passphrase(session: Session) -> str:
    """Of the encrypted file: from a file, else typed by the user."""
    if session.variable(PASSPHRASE_VARIABLE):
        return _passphrase_in_file(session)
    _require_terminal(session)
    return AtTerminal(session).ask_secret("Passphrase of the encrypted file: ")


def new_passphrase(session: Session) -> str:
    """One for a new encrypted file: long enough and, where it is typed, typed twice."""
    if session.variable(PASSPHRASE_VARIABLE):
        return _long_enough(_passphrase_in_file(session))
    _require_terminal(session)
    user = AtTerminal(session)
    text = _long_enough(user.ask_secret("Passphrase of the encrypted file: "))
    if user.ask_secret("The same passphrase again: ") != text:
        raise StoreUnavailable("the two passphrases differ", "try again")
    return text


def _passphrase_in_file(session: Session) -> str:
    from airflowctl.core.secret_files import read_secret

    path = session.variable(PASSPHRASE_VARIABLE)
    problem = f"cannot read the passphrase in {path} ({PASSPHRASE_VARIABLE})"
    try:
        text = read_secret(path, _LONGEST_PASSPHRASE).decode("utf-8").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise StoreUnavailable(f"{problem}: not text") from None
    except ConfigError as error:  # in one text, as it may become a part of another one with its own hint
        reason = "; ".join(filter(None, (error.message, error.hint)))
        raise StoreUnavailable(f"{problem}: {reason}") from None
    session.shared.redact.learn(text)
    return text


def _require_terminal(session: Session) -> None:
    if not session.can_ask:
        raise StoreLocked("no passphrase, and nobody to ask", f"set {PASSPHRASE_VARIABLE}")


def _long_enough(text: str) -> str:
    if len(text) < SHORTEST_PASSPHRASE:
        raise StoreUnavailable(
            f"a new passphrase needs at least {SHORTEST_PASSPHRASE} characters, and this has {len(text)}",
            "several words are easy to remember",
        )
    return text


def wait_for_unlock(session: Session) -> bool:
    """Before a desktop's window asks for the keyring's password, which the user may not see."""
    has_desktop = bool(session.variable("DISPLAY") or session.variable("WAYLAND_DISPLAY"))
    if session.can_ask and has_desktop:
        session.output.note("waiting for you to unlock the system keyring ...")
        return True
    return False
