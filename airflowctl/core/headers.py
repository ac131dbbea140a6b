"""Headers that an environment adds to its requests: their names, and where their values are read."""

from __future__ import annotations

from airflowctl.core.typed import NamedTuple

KINDS = ("env", "file", "cmd")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~")
# These say who asks, where a request goes or how it is read: a second one would contradict the first.
_OWN = frozenset(
    (
        "accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length",
        "content-type", "cookie", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding",
        "upgrade", "user-agent", "x-request-id",
    )
)  # fmt: skip


class HeaderReference(NamedTuple):
    """What stands before the secret in the value, the kind of source where that is read, and the source: the
    variable, the file, or the line of the program."""

    lead: str
    kind: str
    source: str


def header(text: str) -> tuple[str, str]:
    """`Name: Bearer env:VARIABLE` -> ("Name", "Bearer env:VARIABLE"). Raises ValueError, with words that do
    not have the value in them: it may be a secret after all."""
    name, colon, value = text.partition(":")
    if not colon:
        raise ValueError("it is not NAME: REFERENCE")
    check_name(name.strip())
    parse_reference(value.strip())
    return name.strip(), value.strip()


def check_name(name: str) -> None:
    """Raise ValueError for what cannot be the name of a header, or is that of one of ours."""
    if not name or not _LETTERS.issuperset(name):
        raise ValueError("its name is not one of a header: letters, digits and '-'")
    if name.lower() in _OWN:
        raise ValueError(f"{name} is set by airflowctl itself")


def parse_reference(value: str) -> HeaderReference:
    """Return what a value refers to. Raises ValueError for a value that refers to nothing."""
    if any(not letter.isprintable() for letter in value):
        raise ValueError("its value has a line end or another control character")
    starts = ((value.find(f"{kind}:"), kind) for kind in KINDS)
    # At the beginning or after a blank: `Bearer env:TOKEN`.
    known = [(start, kind) for start, kind in starts if start == 0 or (start > 0 and value[start - 1] == " ")]
    if not known:
        raise ValueError("the secret is not named: env:VARIABLE, file:PATH or 'cmd:PROGRAM ARGUMENT'")
    start, kind = min(known)
    source = value[start + len(kind) + 1 :].strip()
    if not source:
        raise ValueError(f"{kind}: names nothing")
    if kind == "file" and source[:1] != "/":
        raise ValueError("a file is named by its whole path")  # the current folder is another one each time
    if kind == "cmd" and not split_command(source)[0]:
        raise ValueError("cmd: names nothing")
    return HeaderReference(value[:start], kind, source)


def split_command(line: str) -> tuple[str, ...]:
    """Return the words of a `cmd:` reference, the program first. Raises ValueError."""
    from shlex import split

    try:
        return tuple(split(line)) or ("",)
    except ValueError:
        raise ValueError("the quotes of its command do not end") from None
