"""The files of imports: their parameters, and what is in them, by their ending."""

from __future__ import annotations

from airflowctl.core.command import arg, opt
from airflowctl.core.converters import path
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from airflowctl.session.session import Session

STREAM = "-"
FORMATS = ("json", "yaml", "env")
_MOST = 32_000_000  # letters of a file
_MOST_NODES, _DEEPEST = 10_000, 100  # of YAML, with what its aliases stand for
_ENDINGS = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".env": "env"}


def location(text: str) -> str:
    """Return a file's whole path, or '-' for standard input or output."""
    return STREAM if text == STREAM else path(text)


def check(session: Session, values: Mapping[str, Any]) -> None:
    """Raise UsageError for what is wrong in a file, before the line that imports it is run."""
    read(session, values["file"], values.get("file_format"))


FROM = arg(
    "file", "The file, .json, .yaml or .env; '-' is standard input.", complete="path", convert=location
)._replace(reads=check)
FILE_FORMAT = opt(
    "--file-format", help="Format of the file; not given, its ending says it, else it is json.",
    choices=FORMATS, aliases=("--format",), metavar="FORMAT",
)  # fmt: skip
LIST_FORMAT = FILE_FORMAT._replace(choices=("json", "yaml"))


def format_of(file: str, named: str | None = None) -> str:
    """Return what a file holds: as it was named, as its ending says, else JSON."""
    from os.path import splitext

    return named or _ENDINGS.get(splitext(file)[1].lower(), "json")


def read(session: Session, file: str, named: str | None = None) -> Any:
    """Return what is in a file. Raises UsageError that names the file."""
    text = _text(session, file)
    shown = "standard input" if file == STREAM else file
    if not text.strip():
        raise UsageError(f"{shown} is empty")
    kind = format_of(file, named)
    try:
        result = {"json": _json, "yaml": _yaml, "env": _env}[kind](text)
    except ValueError as error:
        raise UsageError(f"{shown}: {error}") from None
    _learn(session, result)
    return result


def _text(session: Session, file: str) -> str:
    try:
        if file == STREAM:
            text = session.streams.stdin.read(_MOST + 1)
        else:
            with open(file, encoding="utf-8") as source:
                text = source.read(_MOST + 1)
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text") from None
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
    # A device like /dev/zero and a pipe whose writer never ends would fill the memory.
    if len(text) > _MOST:
        raise UsageError(f"{file} is longer than {_MOST // 1_000_000} million letters", "import it in parts")
    return text


def _learn(session: Session, result: Any) -> None:
    """Passwords of a file are shown in no error."""
    for item in result.values() if isinstance(result, dict) else ():
        if isinstance(item, dict) and isinstance(item.get("password"), str):
            session.parts.redact.learn(item["password"])


def _json(text: str) -> Any:
    from airflowctl.core.converters import json_value

    return json_value(text)


def _yaml(text: str) -> Any:
    import yaml

    try:
        _check_yaml(yaml.parse(text, yaml.SafeLoader))
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError(f"not YAML{f', line {mark.line + 1}' if mark else ''}") from None


def _check_yaml(events: Iterable[Any]) -> None:
    """Raise ValueError for a document that is small as text and without end as values: an alias of YAML
    stands for a whole part, which may hold aliases."""
    sizes: dict[str | None, int] = {}  # of the parts that have a name
    parts: list[tuple[str | None, int]] = [(None, 0)]  # those that are open: name, and nodes so far
    for event in events:
        kind, anchor = type(event).__name__, getattr(event, "anchor", None)
        nodes = 0
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            sizes.pop(anchor, None)
            parts.append((anchor, 1))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            anchor, nodes = parts.pop()
            sizes[anchor] = nodes
        elif kind == "ScalarEvent":
            nodes = sizes[anchor] = 1
        elif kind == "AliasEvent":
            if any(name == anchor for name, _ in parts):
                raise ValueError(f"line {event.start_mark.line + 1}: {anchor} refers to itself")
            nodes = sizes.get(anchor, 0)
        parts[-1] = (parts[-1][0], parts[-1][1] + nodes)
        if len(parts) > _DEEPEST or parts[-1][1] > _MOST_NODES:
            limit = (
                f"deeper than {_DEEPEST} levels"
                if len(parts) > _DEEPEST
                else f"more than {_MOST_NODES} values"
            )
            raise ValueError(f"line {event.start_mark.line + 1}: {limit}, as JSON it can be imported")


def _env(text: str) -> dict[str, str]:
    result: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip() or not value:
            raise ValueError(f"line {number} is not NAME=VALUE")
        if name in result:
            raise ValueError(f"line {number}: {name} is there twice")
        result[name] = value
    return result
