"""The headers that an environment adds to each request to its own server: read when the first one is sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

import httpx

from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.headers import HeaderReference, parse_reference, split_command
from airflowctl.core.next_line import suggest
from airflowctl.core.secret_files import read_secret

_FRESH = 300.0  # seconds: what a program prints may end, and costs seconds
_LONGEST = 16_000  # bytes of a value: servers take no longer headers


class RequestHeaders:
    """Adds them to a request. `learn` gets each value before it is used, so that no message shows it."""

    def __init__(
        self,
        headers: Sequence[tuple[str, str]],
        environ: Mapping[str, str],
        learn: Callable[..., None],
    ) -> None:
        self._headers, self._environ, self._learn = headers, environ, learn
        self._lock = Lock()
        self._values: dict[str, str] = {}
        self._read_at = -_FRESH

    def add(self, request: httpx.Request) -> None:
        """Put them into a request; an event hook of httpx. Raises UsageError where one cannot be read."""
        for name, value in self._current().items():
            request.headers[name] = value

    def _current(self) -> dict[str, str]:
        with self._lock:  # one thread reads: a program that asks for a login would ask once each
            if time.monotonic() - self._read_at > _FRESH:
                self._values = {name: self._read(name, value) for name, value in self._headers}
                self._read_at = time.monotonic()
            return self._values

    def _read(self, name: str, value: str) -> str:
        reference = parse_reference(value)
        secret = self._read_secret(name, reference)
        self._learn(secret)
        if not secret or not secret.isascii() or not secret.isprintable() or len(secret) > _LONGEST:
            raise UsageError(
                f"the header {name}: {reference.kind}:{reference.source} holds no value of a header",
                "it is one line of ASCII letters",
            )
        return reference.lead + secret

    def _read_secret(self, name: str, reference: HeaderReference) -> str:
        kind, source = reference.kind, reference.source
        if kind == "env":
            if not (text := self._environ.get(source, "").strip()):
                raise UsageError(f"the header {name}: the variable {source} is not set, or empty")
            return text
        if kind == "file":
            try:
                return read_secret(source, _LONGEST).decode("utf-8", "replace").strip()
            except ConfigError as error:
                raise UsageError(f"the header {name}: {source}: {error.message}", error.hint) from None
        from airflowctl.api.auth.cloud_program import read_program

        return read_program(split_command(source), self._environ, f"see: {suggest('help', 'env', 'set')}")
