"""The user at the terminal, as far as a login and the stores of logins need one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from airflowctl.core.errors import ConfigError, StoreLocked, StoreUnavailable
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.console import Console

PASSPHRASE_VARIABLE = "AIRFLOWCTL_PASSPHRASE_FILE"
SHORTEST_PASSPHRASE = 12  # characters
_LONGEST_PASSPHRASE = 100_000  # bytes
_PASSPHRASE = "Passphrase of the encrypted file: "


class TerminalPrompter:
    """The user at the terminal, as airflowctl.api.auth.provider.Prompter."""

    def __init__(self, console: Console, environ: Mapping[str, str], opens_browser: bool = True) -> None:
        self._console = console
        self._environ = environ
        self._opens_browser = opens_browser

    @property
    def can_ask(self) -> bool:
        return self._console.can_ask

    def ask(self, question: str) -> str:
        return self._console.ask(question)

    def ask_secret(self, question: str) -> str:
        return self._console.ask_secret(question)

    def note(self, text: str) -> None:
        self._console.note(text)

    def open(self, url: str) -> bool:
        from airflowctl.core.url import check_page

        page = check_page(url)  # a browser's command line takes options, and opens files and other programs
        if not self._opens_browser or not _has_browser(self._environ):
            return False
        import webbrowser

        try:
            return webbrowser.open(page)
        except webbrowser.Error:
            return False


def _has_browser(environ: Mapping[str, str]) -> bool:
    """Return one with a window: a browser for text would take the terminal from us."""
    is_named = any(environ.get(name, "").strip() for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))
    return is_named or sys.platform in ("darwin", "win32")


class StoreUnlocker:
    """What opens a store: the passphrase of the encrypted file, from a file that a variable names, else
    typed by the user; and the user, where a desktop's window asks for the keyring's. `learn` gets what must
    not be printed."""

    def __init__(self, console: Console, environ: Mapping[str, str], learn: Callable[[str], None]) -> None:
        self._console = console
        self._environ = environ
        self._learn = learn

    def passphrase(self) -> str:
        """Return the passphrase of the encrypted file. Raises StoreLocked, StoreUnavailable."""
        if self._variable(PASSPHRASE_VARIABLE):
            return self._passphrase_in_file()
        self._require_user()
        return self._console.ask_secret(_PASSPHRASE)

    def new_passphrase(self) -> str:
        """Return one for a new encrypted file: long enough and, where it is typed, typed twice. Raises
        StoreLocked, StoreUnavailable."""
        if self._variable(PASSPHRASE_VARIABLE):
            return _long_enough(self._passphrase_in_file())
        self._require_user()
        text = _long_enough(self._console.ask_secret(_PASSPHRASE))
        if self._console.ask_secret("The same passphrase again: ") != text:
            raise StoreUnavailable("the two passphrases differ", "try again")
        return text

    def wait_for_user(self) -> bool:
        """Say that a desktop's window will ask for the keyring's password, which the user may not see; return
        whether there is a user to wait for."""
        has_desktop = bool(self._variable("DISPLAY") or self._variable("WAYLAND_DISPLAY"))
        if self._console.can_ask and has_desktop:
            self._console.note("waiting for you to unlock the system keyring ...")
            return True
        return False

    def _variable(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def _passphrase_in_file(self) -> str:
        from airflowctl.core.secret_files import read_secret

        path = self._variable(PASSPHRASE_VARIABLE)
        problem = f"cannot read the passphrase in {path} ({PASSPHRASE_VARIABLE})"
        try:
            text = read_secret(path, _LONGEST_PASSPHRASE).decode("utf-8").partition("\n")[0].rstrip("\r")
        except UnicodeDecodeError:
            raise StoreUnavailable(f"{problem}: not text") from None
        except ConfigError as error:  # in one text, as it may become a part of another one with its own hint
            reason = "; ".join(filter(None, (error.message, error.hint)))
            raise StoreUnavailable(f"{problem}: {reason}") from None
        self._learn(text)
        return text

    def _require_user(self) -> None:
        if not self._console.can_ask:
            raise StoreLocked("no passphrase, and no terminal to ask at", f"set {PASSPHRASE_VARIABLE}")


def _long_enough(text: str) -> str:
    if len(text) < SHORTEST_PASSPHRASE:
        raise StoreUnavailable(
            f"a new passphrase needs at least {SHORTEST_PASSPHRASE} characters, and this has {len(text)}",
            "several words are easy to remember",
        )
    return text
