"""What is sensitive: the names under which secrets are kept, and texts that have the shape of one.

A wrong "yes" costs a line of history; a wrong "no" puts a secret on disk. So both judge generously.
"""

from __future__ import annotations

from functools import lru_cache

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.core.shapes import Shape

    Span = tuple[int, int]  # begin and end of a secret in a text; in any order, they may overlap

# The server's DEFAULT_SENSITIVE_FIELDS (airflow/_shared/secrets_masker), of all supported versions together.
# tests/core/test_sensitive_contract.py compares it with every supported server.
SERVER_FIELDS = (
    "access_key", "access_token", "api_key", "apikey", "auth_header", "authorization", "bearer",
    "connection_string", "dsn", "keyfile_dict", "passphrase", "passwd", "password", "private_key", "proxies",
    "proxy", "proxy_password", "secret", "service_account", "service_key", "token", "webhook_url",
)  # fmt: skip
# What the server shows and people still use for secrets. As whole words: `author` and `path` are harmless.
_WORDS = frozenset((
    "assertion", "auth", "cookie", "cred", "credential", "credentials", "creds", "jwt", "otp", "pass",
    "passcode", "pat", "pw", "pwd", "pwds",
))  # fmt: skip
_KEYS = (
    "account_key", "code_verifier", "device_code", "encryption_key", "fernet_key", "master_key", "shared_key",
    "signing_key", "ssh_key",
)  # fmt: skip

# Something of each sensitive name; a text without any of it is not searched for names.
_NAME_PARTS = (
    "key", "token", "secret", "pass", "pw", "cred", "pat", "auth", "bearer", "dsn", "prox", "string",
    "service", "webhook", "cookie", "jwt", "otp", "assertion", "code", "sig",
)  # fmt: skip
_NAME = r"(?P<name>[\w.-]{1,100}+)"
_QUOTED_NAME = r"""(?P<quote>['"])(?P<name>[\w .-]{1,100})\\{0,7}(?P=quote)\s{0,9}[:=]\s{0,9}"""
_ASSIGNED_NAME = rf"(?<![\w.-]){_NAME}\]?=(?!=)"
# A word before a colon is a header only with a hyphen in it, or prose would be one.
_HEADER = r"(?<![\w.-])(?P<name>[A-Za-z]\w{0,40}+(?:-\w{1,40}+){1,6}):\s{0,9}(?!//)"
_TYPED_NAME = rf"(?<![\w.-]){_NAME}['\"]?\s{{0,3}}[:=]\s{{0,9}}(?!//)"
_OPTION = rf"(?<![\w.-])(?=-){_NAME}\s{{1,9}}(?![|<>&;-])"

_QUOTED = r"""\\{1,7}['"](?P<s1>[^'"\\]++)|"(?P<s2>(?:[^"\\]++|\\.)+)|'(?P<s3>(?:[^'\\]++|\\.)+)"""
_JSON_VALUE = rf"(?s:{_QUOTED}|\[(?P<s4>[^\]]++)|\{{(?P<s5>[^}}]++)|(?P<s6>\d[\w.+-]*+))"
_VALUE = rf"(?s:{_QUOTED}|(?P<s6>[^\s'\"&]++))"
_LINE = r"""(?P<s>[^\n'"]++)"""

# A variable of a shell, a template, a gap to be filled, what is hidden already; what is no text.
_HARMLESS = (
    r"""(?:\\{0,7}['"])?(?:\$|%\(|\{\{|<|\*\*\*|(?i:true|false|null|none|-)(?=[\s'",;&}\]]|\\|\Z))"""
    r"""|\\{0,7}(['"])\\{0,7}\1(?=[\s,;&}\]]|\Z)|\Z"""
)
_SIGNATURES = frozenset(("sig", "signature"))
_OF_HEADERS = frozenset(("auth", "key", "secret", "sig", "signature", "token"))
_OF_REFERENCES = frozenset(("command", "env", "file", "path", "stdin"))
_SHORTEST = 3  # characters of a value that is hidden in a text that is shown: `password=x` is an example


def is_sensitive_name(name: str) -> bool:
    """Return whether what is kept under this name (of a variable, field, option or header) is probably a
    secret."""
    words = name_words(name)
    snake = "_".join(words)  # in which `accessKey` has the server's field too
    return (
        not _WORDS.isdisjoint(words)
        or is_server_field(name)
        or any(field in snake for field in (*SERVER_FIELDS, *_KEYS))
    )


def is_server_field(name: str) -> bool:
    """Return whether the server's own rule hides what is kept under this name: one of its fields is part
    of it."""
    written = "_".join("".join(char if _is_word(char) else " " for char in name.casefold()).split())
    return any(field in written for field in SERVER_FIELDS)


def name_words(name: str) -> list[str]:
    """Return the words of a name in lower case: `dbPWDHash-2` is db, pwd, hash."""
    parts: list[str] = []
    for index, char in enumerate(name):
        before, after = name[index - 1 : index], name[index + 1 : index + 2]
        is_new_word = char.isupper() and (before.islower() or (before.isupper() and after.islower()))
        parts.append(" " if not char.isalpha() else f" {char}" if is_new_word else char)
    return "".join(parts).casefold().split()


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def certain_spans(text: str) -> Iterator[Span]:
    """Return the spans of what is a secret in any text, also in prose: nothing of an ordinary error has these
    forms."""
    from airflowctl.core.shapes import CARRIERS, KEYS

    folded = text.casefold()
    yield from _of_shapes((*KEYS, *CARRIERS), text, folded)
    if any(part in folded for part in _NAME_PARTS):
        yield from _of_names(_QUOTED_NAME, _JSON_VALUE, text)
        assigned = _of_names(_ASSIGNED_NAME, _VALUE, text)
        yield from ((begin, end) for begin, end in assigned if end - begin >= _SHORTEST)
        yield from _of_names(_HEADER, _LINE, text)


def typed_spans(text: str) -> Iterator[Span]:
    """Return the spans of what is probably a secret in what a user typed: a line, one of its words, a
    variable's value."""
    from airflowctl.core.shapes import TYPED

    yield from certain_spans(text)
    folded = text.casefold()
    yield from _of_shapes(TYPED, text, folded)
    if any(part in folded for part in _NAME_PARTS):
        yield from _of_names(_TYPED_NAME, _VALUE, text)
        yield from _of_names(_OPTION, _VALUE, text)


def holds_secret(text: str) -> bool:
    """Return whether a secret stands anywhere in what a user typed: known by its shape, or by the name
    before it."""
    return any(True for _ in typed_spans(text))


def _of_shapes(shapes: tuple[Shape, ...], text: str, folded: str) -> Iterator[Span]:
    for shape in shapes:
        if len(text) >= shape.least and any(hint in folded for hint in shape.hints):
            import re

            for match in re.finditer(shape.pattern, text):
                if match["s"] and shape.is_meant(match) and not re.match(_HARMLESS, match["s"]):
                    yield match.span("s")


def _of_names(names: str, values: str, text: str) -> Iterator[Span]:
    """Yield the values after sensitive names. A value is read once: what is in it is not searched again."""
    import re

    name_pattern, value_pattern, harmless = re.compile(names), re.compile(values), re.compile(_HARMLESS)
    match = name_pattern.search(text)
    while match is not None:
        end = match.end()
        if _is_kept_under(match["name"]) and not harmless.match(text, end):
            value = value_pattern.match(text, end)
            if value is not None and value.lastgroup:
                end = value.end()
                if not _is_proxy(match["name"], value[value.lastgroup]):
                    yield value.span(value.lastgroup)
        match = name_pattern.search(text, end)


# The names of a document repeat; without a limit a hostile text would fill the memory.
@lru_cache(maxsize=4096)
def _is_kept_under(name: str) -> bool:
    folded = name.casefold()
    if not any(part in folded for part in _NAME_PARTS):
        return False
    words = name_words(name)
    if not _OF_REFERENCES.isdisjoint(words[-1:]):
        return False
    is_header = words[:1] == ["x"] and not _OF_HEADERS.isdisjoint(words)
    return is_header or not _SIGNATURES.isdisjoint(words[-1:]) or is_sensitive_name(name)


def _is_proxy(name: str, value: str) -> bool:
    """Return whether the value is no more than an address, which the server hides under this name too."""
    return "prox" in name.casefold() and "://" in value and "@" not in value
