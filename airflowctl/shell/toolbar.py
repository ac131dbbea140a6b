"""The bottom line: server, version, health, who, time left; found out behind the scenes, again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from prompt_toolkit.formatted_text import StyleAndTextTuples

from airflowctl.auth.credentials import Credentials
from airflowctl.core.background import background
from airflowctl.core.errors import CliError, ServerRefused
from airflowctl.output.sanitise import line
from airflowctl.session.server_connection import ServerConnection
from airflowctl.session.session import Session
from completers.protocols import FAILED, LOADING

_AGAIN_AFTER, _SOON_AFTER = (
    30.0,
    5.0,
)  # seconds between two looks at a server: one that is well, one that is not
_LAST_MINUTE = 60.0
_OFTEN, _SELDOM = 1.0, 5.0  # seconds between two looks at the clock
NO_SERVER = "no server: auth login --url URL --username NAME"
NOT_LOGGED_IN = "not logged in: auth login"
REFUSED = "login no longer accepted: auth login"


class About(NamedTuple):
    """What is known of the server. The renderer only reads it."""

    place: str = ""
    url: str = ""
    user: str = ""
    version: str = ""
    health: str = ""
    sick: tuple[str, ...] = ()
    problem: str = ""
    is_production: bool = False
    is_read_only: bool = False
    is_refused: bool = False
    logged_in: bool | None = None
    expires_at: float | None = None


class Toolbar:
    """`refresh` asks in a thread of its own and calls `changed`; `about` is what came of it."""

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session = session
        self._changed = changed
        self._asked_at = 0.0
        self._asking = ""
        self._server: ServerConnection | None = None
        self.about = About()

    def refresh(self) -> None:
        """Look at the session, and ask the server unless that was just done. Returns at once."""
        location = ""
        try:
            location = self._session.place
            if self._session.environment is None:
                self.about = About(location)
                return
            server = self._session.server
            same = server.environment.url == self.about.url
            old = self.about if same else About()
            production = self._session.is_production
            self.about = _of_session(server, old)._replace(
                place=location, is_production=production, is_read_only=bool(self._session.read_only)
            )
        except CliError as error:
            self.about = About(location or self._session.environment_name, problem=error.message)
            return
        self._server = server
        new = not same or not server.credentials.is_looked_up
        if (new or self._until_next_look() <= 0) and self._asking != server.environment.url:
            self._asked_at, self._asking = time.monotonic(), server.environment.url
            background("toolbar", lambda: self._ask(server), self._changed)

    def look_soon(self) -> None:
        """The server did not answer a line: it is asked again at the next prompt."""
        self._asked_at = 0.0

    def _until_next_look(self) -> float:
        """Return seconds until the server is asked again how it is."""
        every = _SOON_AFTER if self.about.problem else _AGAIN_AFTER
        return self._asked_at + every - time.monotonic() if self._asked_at else 0.0

    async def keep_fresh(self) -> None:
        """While the prompt is open: look at the server, renew the login in time, and count its last
        minute down."""
        while True:
            await asyncio.sleep(self._pause())
            self.refresh()
            credentials = self._server.credentials if self._server else None
            if credentials is not None and credentials.next_renewal == 0.0:
                await asyncio.to_thread(self._renew, credentials)
            self._changed()

    def _pause(self) -> float:
        """Return seconds until something may have to be done, or to be shown."""
        credentials = self._server.credentials if self._server else None
        if credentials is None or not credentials.is_looked_up:
            return _OFTEN
        left, due = _remaining_seconds(self.about.expires_at), credentials.next_renewal
        pause = _OFTEN if left is not None and left < _LAST_MINUTE else _SELDOM
        look = max(_OFTEN, self._until_next_look())
        return min(look, pause, pause if due is None else due)

    def _renew(self, credentials: Credentials) -> None:
        """In a thread of its own; a fault in it is no reason to end the shell."""
        with suppress(Exception):
            held = credentials.current()
            self.about = self.about._replace(expires_at=held.expires_at if held else None)

    def text(self, completion: str) -> StyleAndTextTuples:
        """Return the line as prompt_toolkit's formatted text. `completion` is the state of the last
        completion."""
        about = self.about
        server = [about.problem] if about.problem else [about.url or NO_SERVER, about.version]
        who = NOT_LOGGED_IN if about.url and about.logged_in is False else about.user
        health = ", ".join(f"{name} unhealthy" for name in about.sick) or about.health
        failed, text = "class:bottom-toolbar.failed", "class:bottom-toolbar.text"
        shown = [(failed if about.problem else text, part) for part in server]
        if about.is_refused:
            shown.append((failed, REFUSED))
        elif not about.problem:
            shown.append((failed if about.sick else text, health))
        shown.append((text, who))
        left = _remaining_seconds(about.expires_at)
        ends = 0 if left is not None and left < _LAST_MINUTE else len(shown)  # what is cut off is no warning
        shown.insert(ends, (text, "" if about.is_refused else _format_remaining(about.expires_at)))
        result: StyleAndTextTuples = [(text, " ")]
        for style, part in shown:
            if part:
                result += [(text, " | ")] if len(result) > 1 else []
                result.append((style, line(part)))
        result.append((text, " "))
        if completion in (LOADING, FAILED):
            result.append(("class:bottom-toolbar.quiet", " ..." if completion == LOADING else " no names"))
        return result

    def _ask(self, server: ServerConnection) -> None:
        """Write only what is still wanted: the session may have gone on to another server."""
        version, health, problem = "", Health(), ""
        try:
            version = f"Airflow {server.client.record('get_version', 'version')['version']}"
            health = _health(server)
            server.check_token()  # which also looks up whose it is
        except CliError as error:
            problem = error.message
        finally:
            self._asking = ""
        if self.about.url == server.environment.url:
            about = self.about._replace(version=version, problem=problem, **health._asdict())
            self.about = _of_session(server, about)


class Health(NamedTuple):
    health: str = ""
    sick: tuple[str, ...] = ()


def _health(server: ServerConnection) -> Health:
    """Return what the server says of its components; one that was never started has no status."""
    try:
        facts = server.client.record("get_health", "metadatabase")
    except ServerRefused:  # a gateway may hide that
        return Health()
    states = {name: entry.get("status") for name, entry in facts.items() if isinstance(entry, dict)}
    sick = tuple(name.replace("_", " ") for name, status in states.items() if status == "unhealthy")
    return Health("" if sick else "healthy", sick)


def _of_session(server: ServerConnection, about: About) -> About:
    credential = server.credentials.cached
    return about._replace(
        url=server.environment.url,
        user=server.known_username,
        logged_in=credential is not None if server.credentials.is_looked_up else None,
        is_refused=server.is_refused,
        expires_at=credential.expires_at if credential else None,
    )


def _remaining_seconds(expires_at: float | None) -> float | None:
    return None if expires_at is None else expires_at - time.time()


def _format_remaining(expires_at: float | None) -> str:
    left = _remaining_seconds(expires_at)
    if left is None:
        return ""
    if left <= 0:
        return "token expired"
    if left >= 3600:
        return f"token {int(left) // 3600} h"
    return f"token {int(left) // 60 + 1} min" if left >= _LAST_MINUTE else f"token {left:.0f} s"
