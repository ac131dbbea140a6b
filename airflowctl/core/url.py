"""The address of a server: the one parser, what lies within an address, and ids in a path."""

from __future__ import annotations

from functools import lru_cache

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import NamedTuple

_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "https://airflow.example.org"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LABEL = frozenset(f"{_LETTERS}-_")
_HEX = frozenset("0123456789abcdefABCDEF")
_PATH = frozenset(f"{_LETTERS}{_LETTERS.upper()}-._~!$&'()*+,;=:@/%")
# How some servers read what is not UTF-8: forms of '.', '/' and '\' that no decoder should take.
_OVERLONG = (
    ("%c0%ae", "."), ("%e0%80%ae", "."), ("%u002e", "."),
    ("%c0%af", "/"), ("%e0%80%af", "/"), ("%u002f", "/"),
    ("%c1%9c", "/"), ("%u005c", "/"), ("\\", "/"),
)  # fmt: skip


class Address(NamedTuple):
    """An address in its one form: `host` in lower case and without brackets, `port` always a number."""

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a URL without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{'' if self.port == _PORTS[self.scheme] else f':{self.port}'}"

    @property
    def base(self) -> str:
        """Return the origin with the path."""
        return self.origin + self.path

    def is_within(self, base: Address) -> bool:
        """Return whether scheme, host and port are the same, and the path begins with the segments of
        `base`."""
        prefix = base.path.rstrip("/")
        return self[:3] == base[:3] and (self.path == prefix or self.path.startswith(f"{prefix}/"))

    @property
    def is_loopback(self) -> bool:
        """Return whether only this machine answers there: `localhost`, 127.0.0.0/8 (mapped to IPv6 too),
        ::1."""
        if ":" not in self.host:
            return self.host == "localhost" or (self.host.startswith("127.") and _is_ipv4(self.host))
        from ipaddress import IPv6Address

        address = IPv6Address(self.host)
        return address.is_loopback or (address.ipv4_mapped is not None and address.ipv4_mapped.is_loopback)


# Errors never quote the text, which may hold a secret.
def parse_address(text: str) -> Address:
    """Return the one parser of URLs. It takes only what every parser reads in the same way, so that what
    is compared is what is sent. Raises ValueError for all else, without the text, which may hold a
    secret."""
    # Letters that parsers read differently: what is compared would not be what is sent (decision 0013).
    if not text.isascii() or not text.isprintable() or any(mark in text for mark in ' \\"<>^`{|}'):
        raise ValueError("it holds a letter that no URL has")
    scheme, mark, rest = text.partition("://")
    scheme = scheme.lower()
    if not mark or scheme not in _PORTS:
        raise ValueError("it does not begin with http:// or https://")
    if "#" in rest:
        raise ValueError("it holds a '#'")
    tail, mark, query = rest.partition("?")
    authority, slash, path = tail.partition("/")
    # A password in an address ends up in files, logs and process lists.
    if "@" in authority:
        raise ValueError("it holds a user name or password")
    host, port = _split_authority(authority, _PORTS[scheme])
    return Address(scheme, host, port, _check_path(slash + path), query)


def is_same_origin(text: str, other: str) -> bool:
    """Return whether both are URLs of one scheme, host and port."""
    try:
        return parse_address(text)[:3] == parse_address(other)[:3]
    except ValueError:
        return False


@lru_cache(maxsize=32)  # each request of a batch has the same one, and is parsed three times
def _split_authority(text: str, default_port: int) -> tuple[str, int]:
    name, bracket, tail = text.partition("]")
    host, _, port = tail.partition(":") if bracket else text.partition(":")
    if bracket and (host or not name.startswith("[")):
        raise ValueError("its brackets hold no address")
    if port and not (port.isdigit() and str(int(port)) == port and 0 < int(port) < 65536):
        raise ValueError("its port is no number from 1 to 65535")
    return _check_ipv6(name[1:]) if bracket else _check_host(host), int(port) if port else default_port


def _check_ipv6(text: str) -> str:
    from ipaddress import AddressValueError, IPv6Address

    try:
        if "%" in text:
            raise AddressValueError
        return str(IPv6Address(text))
    except AddressValueError:
        raise ValueError("its brackets hold no address") from None


def _check_host(text: str) -> str:
    host = text.lower()
    labels = host.removesuffix(".").split(".")
    if (
        not host
        or len(host) > 253
        or not all(0 < len(label) < 64 and _LABEL.issuperset(label) for label in labels)
    ):
        raise ValueError("its host name is missing or malformed")
    last = labels[-1]
    looks_numeric = last.isdigit() or (last.startswith("0x") and _HEX.issuperset(last[2:]))
    if looks_numeric and not _is_ipv4(host):  # 127.1, 0177.0.0.1 and 2130706433 are 127.0.0.1 to some
        raise ValueError("its host is a number that can be read in more than one way")
    return host


def _is_ipv4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and all(
        part.isdigit() and str(int(part)) == part and int(part) < 256 for part in parts
    )


def _check_path(path: str) -> str:
    if not _PATH.issuperset(path) or any(
        not _HEX.issuperset(part[:2]) or len(part) < 2 for part in path.split("%")[1:]
    ):
        raise ValueError("its path holds a letter that is not percent-encoded")
    if path.startswith("//"):
        raise ValueError("its path begins with '//'")
    if has_dot_segment(path):
        raise ValueError("its path holds a '.' or '..' segment")
    return path


def has_dot_segment(text: str) -> bool:
    """Return whether a segment of a path, or of an id in one, is '.' or '..' to a server or a proxy that
    decodes it, in whatever encoding and however often."""
    if text.isascii() and "." not in text and "%" not in text:
        return False
    from urllib.parse import unquote

    while True:
        text = _read_leniently(text)
        segments = (segment.partition(";")[0] for segment in text.split("/"))
        if any(segment.strip(" \t\r\n\v\f\0") in (".", "..") for segment in segments):
            return True
        decoded = unquote(text)
        if decoded == text:
            return False
        text = decoded


def _read_leniently(text: str) -> str:
    """Read an address as the most lenient reader does: other forms of '.' and '/' are these."""
    text = text.lower()
    if not text.isascii():
        from unicodedata import normalize

        text = normalize("NFKC", text)
    for form, letter in _OVERLONG:
        text = text.replace(form, letter)
    return text


@lru_cache(maxsize=32)  # as above: each line of a batch looks where it goes
def base_url(text: str) -> str:
    """`HTTP://Host:80/team-a/api/v2/` -> `http://host/team-a`; raises UsageError.

    The result is the origin a token is bound to: scheme, host, port and path prefix.
    """
    text = text.strip()
    if "@" in text:  # nothing of it is shown: it may be a password
        raise UsageError("the URL holds a user name or password", "leave it out; use --username")
    scheme, mark, rest = text.partition("#")[0].partition("?")[0].partition("://")
    if not mark or scheme.lower() not in _PORTS or not rest.strip("/") or rest.startswith("/"):
        raise _no_address(text)
    authority, slash, path = rest.rstrip("/").partition("/")
    if authority.partition(":")[0].lower() in _PORTS:
        raise _no_address(text)
    try:
        address = parse_address(f"{scheme}://{_encode_host(authority)}{slash}{_encode_path(path)}")
    except ValueError as error:
        raise UsageError(f"'{text}' is not a URL: {error}", f"write it like {_EXAMPLE}") from None
    prefix = address.path.rstrip("/")
    for ending in ("/api/v2", "/api/v1", "/home"):
        prefix = prefix.removesuffix(ending)
    return address._replace(path=prefix).base


def _encode_host(authority: str) -> str:
    """Return a name in other letters as the DNS has it, `xn--...`; raises ValueError where standards
    differ."""
    if authority.isascii():
        return authority
    host, colon, port = authority.lower().partition(":")
    try:
        name = host.encode("idna")
        is_reversible = name.decode("idna") == host
    except UnicodeError:  # whose words are those of a codec
        raise ValueError("its host name has a part that no host name has") from None
    if not is_reversible:
        raise ValueError("its host name can be read in more than one way; write it in ASCII (xn--...)")
    return name.decode("ascii") + colon + port


def _encode_path(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/%:@!$&'()*+,;=~-._\\")


def check_page(text: str) -> str:
    """Return the address of a page for a browser, which is https, or http of this machine. Raises
    UsageError."""
    try:
        address = parse_address(text)
    except ValueError as error:
        raise UsageError(f"the address of a page is not safe to open: {error}") from None
    if address.scheme == "http" and not address.is_loopback:
        raise UsageError(f"the page {address.base} is not safe to open: it is not encrypted")
    return text


def _no_address(text: str) -> UsageError:
    """Return what misses its scheme, its host or some of its slashes, with the address that was probably
    meant."""
    scheme, colon, rest = text.partition(":")
    has_scheme = bool(colon) and scheme.lower() in _PORTS
    text_after_scheme = (rest if has_scheme else text).lstrip("/:")
    if has_scheme and not text_after_scheme:
        return UsageError(f"'{text}' names no host", f"write it like {_EXAMPLE}")
    problem = f"'{text}' is not a URL with http:// or https://"
    if not text_after_scheme or ":/" in text_after_scheme:
        return UsageError(problem, f"write it like {_EXAMPLE}")
    return UsageError(
        problem, f"did you mean {scheme.lower() if has_scheme else 'http'}://{text_after_scheme} ?"
    )


# Where the server's routes take a "/" as part of an id; it decodes %2F before it looks for the route.
_SLASH_ALLOWED = frozenset(("variable_key", "pool_name", "xcom_key", "key"))
_IN_SEGMENTS = ":@!$&'()*+,;="  # what a segment of a path may hold besides letters and digits (RFC 3986)


def fill(path: str, values: dict[str, str]) -> str:
    """`/pools/{pool_name}` with every value percent-encoded, so that no id can leave its place."""
    from urllib.parse import quote

    for name, value in values.items():
        if not value:
            raise UsageError(f"'{value}' cannot be a {name}")
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise UsageError(f"{value!a} cannot be a {name}: it holds half a character")
        if "/" in value and name not in _SLASH_ALLOWED:
            raise UsageError(f"'{value}' cannot be a {name}: it holds a '/'")
        if value.endswith("\n") and name in _SLASH_ALLOWED:  # there the server's routes end before it
            raise UsageError(f"'{value}' cannot be a {name}: the server would take it for '{value[:-1]}'")
        if has_dot_segment(value):
            raise UsageError(f"'{value}' cannot be a {name}: it holds a '.' or '..' segment")
        path = path.replace("{" + name + "}", quote(value, safe=""))
    if "{" in path:
        raise ValueError(f"{path} is not filled")
    return path


def show_path(path: str) -> str:
    """Return the path of a request with ids as they are typed, where that is the same path: `%3A` as `:`."""
    from urllib.parse import quote, unquote_to_bytes

    return "/".join(quote(unquote_to_bytes(part), safe=_IN_SEGMENTS) for part in path.split("/"))
