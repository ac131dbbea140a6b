"""The address of a server: one canonical form, from what people paste."""

from __future__ import annotations

from airflowctl.core.errors import UsageError

_SCHEMES = ("http", "https")
_EXAMPLE = "https://airflow.example.org"


def base_url(text: str) -> str:
    """`HTTP://Host:80/team-a/api/v2/` -> `http://host/team-a`; raises UsageError.

    The result is the origin a token is bound to: scheme, host, port and path prefix.
    """
    from urllib.parse import urlsplit

    text = text.strip()
    if "@" in text:  # nothing of it is shown: it may be a password
        raise UsageError("the URL holds a user name or password", "leave it out; use --username")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError as error:
        raise UsageError(f"'{text}' is not a URL: {error}", f"write it like {_EXAMPLE}") from None
    if parts.scheme not in _SCHEMES or not host or host in _SCHEMES:
        raise _no_address(text)
    path = parts.path.rstrip("/")
    for ending in ("/api/v2", "/api/v1", "/home"):
        path = path.removesuffix(ending)
    host = f"[{host}]" if ":" in host else host
    default_port = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}{'' if port in (None, default_port) else f':{port}'}{path}"


def _no_address(text: str) -> UsageError:
    """What misses its scheme, its host or some of its slashes, with the address that was probably meant."""
    scheme, colon, rest = text.partition(":")
    has_scheme = bool(colon) and scheme.lower() in _SCHEMES
    place = (rest if has_scheme else text).lstrip("/:")
    if has_scheme and not place:
        return UsageError(f"'{text}' names no host", f"write it like {_EXAMPLE}")
    problem = f"'{text}' is not a URL with http:// or https://"
    if not place or ":/" in place:
        return UsageError(problem, f"write it like {_EXAMPLE}")
    return UsageError(problem, f"did you mean {scheme.lower() if has_scheme else 'http'}://{place} ?")


# Where the server's routes take a "/" as part of an id; it decodes %2F before it looks for the route.
_SLASH_ALLOWED = frozenset(("variable_key", "pool_name", "xcom_key", "key"))


def fill(path: str, values: dict[str, str]) -> str:
    """`/pools/{pool_name}` with every value percent-encoded, so that no id can leave its place."""
    from urllib.parse import quote

    for name, value in values.items():
        if value in ("", ".", ".."):
            raise UsageError(f"'{value}' cannot be a {name}")
        if "/" in value and name not in _SLASH_ALLOWED:
            raise UsageError(f"'{value}' cannot be a {name}: it holds a '/'")
        if value.endswith("\n") and name in _SLASH_ALLOWED:  # there the server's routes end before it
            raise UsageError(f"'{value}' cannot be a {name}: the server would take it for '{value[:-1]}'")
        path = path.replace("{" + name + "}", quote(value, safe=""))
    if "{" in path:
        raise ValueError(f"{path} is not filled")
    return path
