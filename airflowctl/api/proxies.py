"""Which proxy a request goes through: httpx takes it from the environment without a word."""

from __future__ import annotations

import os
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies


class Proxy(NamedTuple):
    """A proxy by its address, without user name and password, and the variable that names it."""

    address: str
    variable: str

    @property
    def shown(self) -> str:
        return f"the proxy {self.address} ({self.variable})"

    def way_out(self, url: str) -> str:
        """How to do without it."""
        return f"look at {self.variable}, or add {urlsplit(url).hostname} to NO_PROXY"


def proxy_for(url: str) -> Proxy | None:
    """The proxy that httpx takes for this address, by its rules; None where it goes straight."""
    found, target = getproxies(), urlsplit(url)
    passed_over = [name.strip() for name in found.get("no", "").split(",") if name.strip()]
    if any(_is_for(name, target.scheme, target.hostname or "", target.port) for name in passed_over):
        return None
    scheme = next((name for name in (target.scheme, "all") if found.get(name)), "")
    return Proxy(_address(found[scheme]), _variable(scheme)) if scheme else None


def through(url: str) -> str:
    """` through the proxy ADDRESS (VARIABLE)`, or nothing: the end of a sentence about this address."""
    proxy = proxy_for(url)
    return f" through {proxy.shown}" if proxy else ""


def _is_for(name: str, scheme: str, host: str, port: int | None) -> bool:
    """Whether an entry of NO_PROXY means this address: `*`, a host, a domain, or the beginning of a URL."""
    entry_scheme, is_url, place = name.lower().rpartition("://")
    if place.count(":") > 1:
        return place.strip("[]") == host
    place, _, entry_port = place.partition(":")
    if entry_scheme not in ("", "all", scheme) or (entry_port and entry_port != str(port)):
        return False
    if place == "*" or (is_url and not place):
        return True
    is_domain = place.startswith("*") if is_url else place != "localhost"
    domain = place.lstrip("*") if is_url else place
    return host == domain or (is_domain and host.endswith("." + domain.removeprefix(".")))


def _address(text: str) -> str:
    """`user:password@host:3128` -> `http://host:3128`"""
    scheme, _, rest = text.rpartition("://")
    return f"{scheme or 'http'}://{rest.rpartition('@')[2].rstrip('/')}"


def _variable(scheme: str) -> str:
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
    return next((name for name in names if os.environ.get(name)), "the settings of this system")
