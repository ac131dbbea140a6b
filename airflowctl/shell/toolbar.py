"""What is known of the server: health, version, login, asked for in the background, again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any, NamedTuple

from prompt_toolkit.formatted_text import StyleAndTextTuples

from airflowctl.auth.credentials import Credentials
from airflowctl.core.background import background
from airflowctl.core.errors import CliError, ServerRefused, TimedOut
from airflowctl.core.settings import TOOLBAR_FIELDS
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session.server_connection import ServerConnection
from airflowctl.session.session import Session
from airflowctl.shell.sections import (
    LAST_MINUTE,
    OLD,
    About,
    LastLine,
    describe_server,
    describe_shell,
    draw,
    fit,
    remaining_seconds,
)

if TYPE_CHECKING:
    from airflowctl.api.client import Client

# Seconds between two looks at a server. A shell that is not typed at asks less often, and shows the age.
_EVERY, _EVERY_IDLE, _IDLE_AFTER = 5.0, 30.0, 300.0
_LOGIN_EVERY, _VERSION_EVERY = 30.0, 300.0
# A server that hangs must not look healthy for as long as a line would wait for it.
_PATIENCE = 3.0
_OFTEN, _SELDOM = 1.0, 5.0  # seconds between two looks at the clock


class Toolbar:
    """`refresh` asks in a thread of its own and calls `changed`; `about` is what came of it."""

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session = session
        self._changed = changed
        self._asked_at = 0.0
        self._asking = ""
        self._used_at = time.monotonic()
        self._version_at = self._login_at = 0.0
        self._server: ServerConnection | None = None
        self.about = About()
        self.last: LastLine | None = None
        self.describe_background: Callable[[], str] = str

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
        if new:
            self._version_at = self._login_at = 0.0
        if (new or self._until_next_look() <= 0) and self._asking != server.environment.url:
            self._asked_at, self._asking = time.monotonic(), server.environment.url
            background("toolbar", lambda: self._ask(server), self._changed)

    def look_soon(self) -> None:
        """The server did not answer a line: it is asked again at the next prompt."""
        self._asked_at = self._login_at = 0.0

    def note_key(self) -> None:
        """The user is there: what is shown must not be older than it has to be. Returns at once."""
        self._used_at = time.monotonic()
        if self._asked_at and self._used_at - self._asked_at > OLD:
            self.refresh()

    def _until_next_look(self) -> float:
        """Return seconds until the server is asked again how it is."""
        is_idle = time.monotonic() - self._used_at > _IDLE_AFTER
        every = _EVERY_IDLE if is_idle and not self.about.problem else _EVERY
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
        left, due = remaining_seconds(self.about.expires_at), credentials.next_renewal
        counts = left is not None and left < LAST_MINUTE
        pause = _OFTEN if counts or OLD / 2 < self.about.age < LAST_MINUTE else _SELDOM
        look = max(_OFTEN, self._until_next_look())
        return min(look, pause, pause if due is None else due)

    def _renew(self, credentials: Credentials) -> None:
        """Look up when the login ends, in a thread of its own; a fault there must not end the shell."""
        with suppress(Exception):
            held = credentials.current()
            self.about = self.about._replace(expires_at=held.expires_at if held else None)

    def text(
        self,
        completion: str,
        width: int | None = None,
        mode: str = "",
        fields: Collection[str] = TOOLBAR_FIELDS,
    ) -> StyleAndTextTuples:
        """Return the line as prompt_toolkit's formatted text, of at most `width` cells. `completion` is the
        state of the last completion, `mode` that of vi's keys."""
        server = describe_server(self.about)
        shell = describe_shell(self.last, completion, mode, self.describe_background())
        return draw(fit((*server, *shell), width, fields))

    def _ask(self, server: ServerConnection) -> None:
        """Ask the server for its health, and less often for what changes less often; the user sees each
        answer as soon as it has come."""
        from airflowctl.api.deadline import TimeLimits

        limits = TimeLimits(_PATIENCE, _PATIENCE)
        client = server.client.with_options(limits=limits)
        try:
            self._learn(server, **_health(client)._asdict())
            if time.monotonic() - self._version_at > _VERSION_EVERY or not self.about.version:
                self._learn(server, version=f"Airflow {client.record('get_version', 'version')['version']}")
                self._version_at = time.monotonic()
            if time.monotonic() - self._login_at > _LOGIN_EVERY:
                server.check_token(limits)  # which also looks up whose it is
                self._login_at = time.monotonic()
            self._learn(server)
        except CliError as error:
            words = f"no answer within {_PATIENCE:g} s from {server.environment.url}"
            self._learn(server, problem=words if isinstance(error, TimedOut) else error.message)
            self._version_at = 0.0
        finally:
            self._asking = ""

    def _learn(self, server: ServerConnection, *, problem: str = "", **facts: Any) -> None:
        """Write only what is still wanted: the session may have gone on to another server."""
        if self.about.url == server.environment.url:
            about = self.about._replace(problem=problem, checked_at=time.monotonic(), **facts)
            self.about = _of_session(server, about)
            self._changed()


class Health(NamedTuple):
    health: str = ""
    sick: tuple[str, ...] = ()


def _health(client: Client) -> Health:
    """Return what the server says of its components; one that was never started has no status."""
    from airflowctl.core.component_status import NOT_RUNNING, is_sick

    try:
        facts = client.record("get_health", "metadatabase")
    except ServerRefused:  # a gateway may hide that
        return Health()
    states = {name: entry.get("status") for name, entry in facts.items() if isinstance(entry, dict)}
    sick = tuple(
        f"{name.replace('_', ' ')} {status or NOT_RUNNING}"
        for name, status in states.items()
        if is_sick(name, status)
    )
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
