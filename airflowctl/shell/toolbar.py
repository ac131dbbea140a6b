"""The bottom line: server, Airflow version, who, time left; found out behind the scenes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from prompt_toolkit.formatted_text import StyleAndTextTuples

from airflowctl.background import background
from airflowctl.core.errors import CliError
from airflowctl.credentials import Credentials
from airflowctl.output.sanitise import line
from airflowctl.server import Server
from airflowctl.session import Session
from completers.protocols import FAILED, LOADING

_AGAIN_AFTER = 30.0  # seconds between two looks at the server
_LAST_MINUTE = 60.0
_OFTEN, _SELDOM = 1.0, 30.0  # seconds between two looks at the clock
NO_SERVER = "no server: auth login --url URL --username NAME"
NOT_LOGGED_IN = "not logged in: auth login"


class About(NamedTuple):
    """What is known of the server. Whoever draws only reads it."""

    place: str = ""
    url: str = ""
    user: str = ""
    version: str = ""
    problem: str = ""
    logged_in: bool | None = None
    expires_at: float | None = None


class Toolbar:
    """`refresh` asks in a thread of its own and calls `changed`; `about` is what came of it."""

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session = session
        self._changed = changed
        self._asked_at = 0.0
        self._asking = ""
        self._server: Server | None = None
        self.about = About()

    def refresh(self) -> None:
        """Look at the session, and ask the server unless that was just done. Returns at once."""
        place = ""
        try:
            place = self._session.place
            if self._session.environment is None:
                self.about = About(place)
                return
            server = self._session.server
            same = server.environment.url == self.about.url
            old = self.about if same else About()
            self.about = _of_session(server, old)._replace(place=place)
        except CliError as error:
            self.about = About(place or self._session.environment_name, problem=error.message)
            return
        self._server = server
        late = time.monotonic() - self._asked_at > _AGAIN_AFTER
        new = not same or not server.credentials.is_looked_up
        if (new or late) and self._asking != server.environment.url:
            self._asked_at, self._asking = time.monotonic(), server.environment.url
            background("toolbar", lambda: self._ask(server), self._changed)

    async def keep_fresh(self) -> None:
        """While somebody is at the prompt: renew the login in time, and count its last minute down."""
        while True:
            await asyncio.sleep(self._pause())
            credentials = self._server.credentials if self._server else None
            if credentials is not None and credentials.next_renewal == 0.0:
                await asyncio.to_thread(self._renew, credentials)
            self._changed()

    def _pause(self) -> float:
        """Seconds until something may have to be done, or to be shown."""
        credentials = self._server.credentials if self._server else None
        if credentials is None or not credentials.is_looked_up:
            return _OFTEN
        left, due = _seconds_left(self.about.expires_at), credentials.next_renewal
        pause = _OFTEN if left is not None and left < _LAST_MINUTE else _SELDOM
        return pause if due is None else min(due, pause)

    def _renew(self, credentials: Credentials) -> None:
        """In a thread of its own; a fault in it is no reason to end the shell."""
        with suppress(Exception):
            held = credentials.current()
            self.about = self.about._replace(expires_at=held.expires_at if held else None)

    def text(self, completion: str) -> StyleAndTextTuples:
        """The line as prompt_toolkit's formatted text. `completion` is the state of the last completion."""
        about = self.about
        server = [about.problem] if about.problem else [about.url or NO_SERVER, about.version]
        who = [NOT_LOGGED_IN] if about.url and about.logged_in is False else [about.user]
        shown = " | ".join(line(part) for part in (*server, *who, _time_left(about.expires_at)) if part)
        style = "class:bottom-toolbar.failed" if about.problem else "class:bottom-toolbar.text"
        found: StyleAndTextTuples = [(style, f" {shown} ")]
        if completion in (LOADING, FAILED):
            found.append(
                ("class:bottom-toolbar.quiet", " looking ..." if completion == LOADING else " no names")
            )
        return found

    def _ask(self, server: Server) -> None:
        """Write only what is still wanted: the session may have gone on to another server."""
        version, problem = "", ""
        try:
            version = f"Airflow {server.client.record('get_version', 'version')['version']}"
            _ = server.credentials.current()  # looks it up, so that it is known whose it is
        except CliError as error:
            problem = error.message
        finally:
            self._asking = ""
        if self.about.url == server.environment.url:
            self.about = _of_session(server, self.about._replace(version=version, problem=problem))


def _of_session(server: Server, about: About) -> About:
    credential = server.credentials.known
    return about._replace(
        url=server.environment.url,
        user=server.known_username,
        logged_in=credential is not None if server.credentials.is_looked_up else None,
        expires_at=credential.expires_at if credential else None,
    )


def _seconds_left(expires_at: float | None) -> float | None:
    return None if expires_at is None else expires_at - time.time()


def _time_left(expires_at: float | None) -> str:
    left = _seconds_left(expires_at)
    if left is None:
        return ""
    if left <= 0:
        return "token expired"
    if left >= 3600:
        return f"token {int(left) // 3600} h {int(left) % 3600 // 60:02d} min"
    return f"token {int(left) // 60 + 1} min" if left >= _LAST_MINUTE else f"token {left:.0f} s"
