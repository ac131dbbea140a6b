"""The one gate of all requests: compares a request's final address with the one that a login is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from airflowctl.core.environment import Network, require_encryption
from airflowctl.core.errors import UsageError
from airflowctl.core.url import Address, parse_address

_SECRET_HEADERS = ("authorization", "cookie")


class Gate:
    """Lets requests within `base` pass, with a secret only where the connection is encrypted."""

    def __init__(self, base: str, network: Network) -> None:
        try:
            self.base = parse_address(base)
        except ValueError as error:
            raise UsageError(f"'{base}' is not a URL that can be used: {error}") from None
        self._network = network

    @classmethod
    def of_origin(cls, url: str, network: Network) -> Gate:
        """Return a gate for all paths of the scheme, host and port of this URL."""
        whole = cls(url, network)
        whole.base = whole.base._replace(path="", query="")
        return whole

    def address(self, url: str, params: Mapping[str, Any] | None = None, *, has_secret: bool) -> httpx.URL:
        """Return the address of a request, as httpx sends it. Raises UsageError where that is not the one
        that was meant, not within the base, or not encrypted though the request has a secret."""
        meant = self._parse(url)
        # httpx joins and normalises once more, so its result is parsed again and compared (decision 0013).
        final = httpx.URL(url, params=params) if params else httpx.URL(url)
        address = self._admit(final, has_secret)
        if address[:4] != meant[:4]:
            raise self._refuse(f"it would be sent as {address.path}")
        return final

    def look(self, request: httpx.Request) -> None:
        """Check a request that is about to leave, from any caller, a plug-in's too; a body may be a
        secret."""
        headers = request.headers
        # A body is taken for a secret: it may hold a password or the value of a variable.
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        self._admit(request.url, has_body or any(name in headers for name in _SECRET_HEADERS))

    def look_secret(self, request: httpx.Request) -> None:
        """Check a request that has a secret in whatever header."""
        self._admit(request.url, has_secret=True)

    def _admit(self, final: httpx.URL, has_secret: bool) -> Address:
        address = self._parse(str(final))
        if not address.is_within(self.base):
            raise self._refuse("it leads elsewhere")
        if has_secret:
            require_encryption(self.base, self._network)
        return address

    def _parse(self, url: str) -> Address:
        try:
            return parse_address(url)
        except ValueError as error:
            raise self._refuse(str(error)) from None

    def _refuse(self, why: str) -> UsageError:
        return UsageError(
            f"nothing was sent: the address of the request does not stay within {self.base.base}: {why}",
            "a login is for one address: its scheme, host, port and path",
        )
