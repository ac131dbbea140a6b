"""The person at the terminal, as far as a login needs one."""

from __future__ import annotations

import sys

from airflowctl.core.errors import StoreLocked, StoreUnavailable
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session import Session

PASSPHRASE_VARIABLE = "AIRFLOWCTL_PASSPHRASE_FILE"


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
        if not self._opens_browser or not _has_browser(self._session):
            return False
        import webbrowser

        try:
            return webbrowser.open(url)
        except webbrowser.Error:
            return False


def _has_browser(session: Session) -> bool:
    """One with a window: a browser for text would take the terminal from us."""
    named = any(map(session.variable, ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")))
    return named or sys.platform in ("darwin", "win32")


def passphrase(session: Session) -> str:
    """Of the encrypted file: from a file, else from the person."""
    path = session.variable(PASSPHRASE_VARIABLE)
    if path:
        try:
            with open(path, encoding="utf-8") as file:
                found = file.readline().rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise StoreUnavailable(f"cannot read the passphrase in {path} ({PASSPHRASE_VARIABLE})") from None
    elif session.can_ask:
        found = AtTerminal(session).ask_secret("Passphrase of the encrypted file: ")
    else:
        raise StoreLocked("no passphrase, and nobody to ask", f"set {PASSPHRASE_VARIABLE}")
    session.shared.redact.learn(found)
    return found


def wait_for_unlock(session: Session) -> bool:
    """Before a desktop's window asks for the keyring's password, which nobody may see."""
    has_desktop = bool(session.variable("DISPLAY") or session.variable("WAYLAND_DISPLAY"))
    if session.can_ask and has_desktop:
        session.output.note("waiting for you to unlock the system keyring ...")
        return True
    return False
