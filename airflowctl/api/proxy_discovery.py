"""Chooses the proxy of a request; httpx gets the answer and reads no variable itself (decision 0014)."""

from __future__ import annotations

import os
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from urllib.request import getproxies

from airflowctl.core.url import Address, parse_address


class Proxy(NamedTuple):
    """A proxy by its address, without user name and password, and the variable that names it."""

    address: str
    variable: str

    @property
    def description(self) -> str:
        return f"the proxy {self.address} ({self.variable})"

    def bypass_hint(self, url: str) -> str:
        """Return the hint that says how to do without the proxy."""
        return f"look at {self.variable}, or add {parse_address(url).host} to NO_PROXY"


def proxy_for(url: str) -> Proxy | None:
    """Return the proxy for an address, by the variables or the settings of this system; None where there
    is none."""
    scheme, text = _choose(url)
    return Proxy(_show(text), _name_variable(scheme)) if text else None


def proxy_url(url: str) -> str | None:
    """Return the same proxy as httpx takes it, with its user name and password."""
    text = _choose(url)[1]
    return (text if "://" in text else f"http://{text}") if text else None


def proxy_suffix(url: str) -> str:
    """` through the proxy ADDRESS (VARIABLE)`, or nothing: the end of a sentence about this address."""
    proxy = proxy_for(url)
    return f" through {proxy.description}" if proxy else ""


def _choose(url: str) -> tuple[str, str]:
    """Return the scheme under which a proxy is set (`http`, `https`, `all`) and the proxy; both empty for
    none.

    What is for this machine takes none, whatever the variables say: a proxy elsewhere would get it in clear.
    """
    known, address = getproxies(), parse_address(url)
    exempt = (entry.strip().lower() for entry in known.get("no", "").split(","))
    # Nothing for this machine takes a proxy, whatever the variables say: the proxy would get it in clear.
    if address.is_loopback or any(_is_match(entry, address) for entry in exempt if entry):
        return "", ""
    return next(
        ((scheme, known[scheme]) for scheme in (address.scheme, "all") if known.get(scheme)), ("", "")
    )


def _is_match(entry: str, address: Address) -> bool:
    """Return whether an entry of NO_PROXY means this address: `*`, a host, a domain, a network, or the
    beginning of a URL. An entry that is none of them means no address."""
    scheme, is_url, host_part = entry.rpartition("://")
    if scheme not in ("", "all", address.scheme):
        return False
    # `10.0.0.0/8` is a network, but the path of a URL is only passed over.
    if "/" in host_part and not is_url:
        return _is_in_network(host_part, address.host)
    host, port = _split(host_part.partition("/")[0])
    if port and port != str(address.port):
        return False
    # A number of IPv6 has many spellings, so it is compared as a number and not as a text.
    if ":" in host:
        return _is_in_network(host, address.host)
    if host == "*" or (scheme and not host):
        return True
    # curl and Python take each entry for a domain; an entry with a scheme, as httpx has it, says so by `*`.
    is_domain = host.startswith("*") if is_url else host != "localhost"
    domain = host.lstrip("*") if is_url else host
    return address.host == domain or (is_domain and address.host.endswith("." + domain.removeprefix(".")))


def _split(host_part: str) -> tuple[str, str]:
    """`host:1`, `[::1]:1` and `::1` as host, without brackets, and port."""
    if host_part.startswith("["):
        host, _, port = host_part[1:].partition("]")
        return host, port.removeprefix(":")
    if host_part.count(":") > 1:
        return host_part, ""
    host, _, port = host_part.partition(":")
    return host, port


def _is_in_network(text: str, host: str) -> bool:
    """Return whether a host that is a number lies in a network like 10.0.0.0/8 or fe80::/10."""
    try:
        return ip_address(host) in ip_network(text.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return False


def _show(text: str) -> str:
    """`user:password@host:3128` -> `http://host:3128`"""
    scheme, _, rest = text.rpartition("://")
    # The last `@`: a password may hold one, and no host can.
    return f"{scheme or 'http'}://{rest.rpartition('@')[2].rstrip('/')}"


def _name_variable(scheme: str) -> str:
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
    return next((name for name in names if os.environ.get(name)), "the settings of this system")
