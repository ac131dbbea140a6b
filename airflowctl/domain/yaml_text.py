"""The text of YAML files, of YAML 1.2's core schema: what reads only 1.1, as Airflow does, reads the same."""

from __future__ import annotations

from functools import cache

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.document import DEEPEST, Document, DocumentError

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.document import Place, Problem
    from airflowctl.domain.masks import Path

MOST_NODES, MOST_OF_ALIASES = 500_000, 10_000  # of a file, and of what its aliases stand for
_TOO_DEEP = f"deeper than {DEEPEST} levels"
_TAG = "tag:yaml.org,2002:"
_TAGS: dict[str, type] = {
    _TAG + "null": type(None), _TAG + "bool": bool, _TAG + "int": int, _TAG + "float": float,
}  # fmt: skip
_NULL = ("", "~", "null", "Null", "NULL")
_TRUTHS = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = r"[-+]?[0-9]+"
_BASED = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_NOT_FINITE = r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"


def read_plain(text: str) -> Any:
    """Return the value of a scalar without quotes, by the core schema of YAML 1.2: `NO`, `1_000`, `12:30`
    and dates are texts. Raises ValueError for a number that JSON has not."""
    import re

    if text in _NULL:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if re.fullmatch(_INTEGER, text):
        return int(text)
    if re.fullmatch(_BASED, text):
        return int(text, 0)
    if re.fullmatch(_FLOAT, text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise ValueError(f"{text} is too large a number")
        return number
    if re.fullmatch(_NOT_FINITE, text):
        raise ValueError(f"{text} is no number that JSON has")
    return text


def read_yaml(text: str) -> Document:
    """Return the document of a YAML text. Raises DocumentError for what is no YAML, or too large."""
    import yaml

    builder = _Builder()
    try:
        # Events, not PyYAML's own values: it builds YAML 1.1, in which `NO` is false and `12:30` a number of
        # seconds.
        for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        is_deep = "nesting depth" in problem  # libyaml's own limit
        message = _TOO_DEEP if is_deep else f"not YAML: {problem}"
        raise DocumentError(message, _place(mark) if mark else (1, 1)) from None
    except RecursionError:
        raise DocumentError(_TOO_DEEP) from None
    return Document(builder.value, builder.place, builder.problems)


def _place(mark: Any) -> Place:
    return mark.line + 1, mark.column + 1


class _Part:
    """An object or a list that is not yet complete."""

    def __init__(self, value: dict[str, Any] | list[Any], path: Path, anchor: str | None) -> None:
        self.value = value
        self.path = path
        self.anchor = anchor
        self.name: str | None = None  # of the member whose value comes next
        self.is_merge = self.is_lost = False  # what its value is: of `<<`, of a name that is wrong
        self.merged: list[Any] = []
        self.nodes = 1
        self.places: dict[str, Place] = {}


class _Builder:
    """Makes values of the events of a parser, with the places of members, within limits: an alias stands for
    a whole part, which may hold aliases, so that a small text can mean a document without end."""

    def __init__(self) -> None:
        self.value: Any = None
        self.problems: list[Problem] = []
        self._places: dict[Path, Place] = {(): (1, 1)}
        self._parts: list[_Part] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._documents = 0
        self._nodes = self._of_aliases = 0

    def place(self, path: Path) -> Place:
        while path not in self._places:
            path = path[:-1]
        return self._places[path]

    def take(self, event: Any) -> None:
        handle = getattr(self, "_take_" + type(event).__name__.removesuffix("Event"), None)
        if handle is not None and self._documents < 2:
            handle(event)

    def _take_DocumentStart(self, event: Any) -> None:  # noqa: N802 - PyYAML's names
        self._documents += 1
        if self._documents == 2:
            self.problems.append((_place(event.start_mark), "a second document begins here: a file has one"))

    def _take_MappingStart(self, event: Any) -> None:  # noqa: N802
        self._begin(event, {})

    def _take_SequenceStart(self, event: Any) -> None:  # noqa: N802
        self._begin(event, [])

    def _take_MappingEnd(self, event: Any) -> None:  # noqa: N802
        part = self._parts[-1]
        # The members of the mapping itself win over what it merges, wherever `<<` stands.
        for more in part.merged:
            for merged in more if isinstance(more, list) else [more]:
                if not isinstance(merged, dict):
                    self.problems.append((_place(event.start_mark), "<< wants an object, or a list of them"))
                    continue
                part.value = {**merged, **part.value}  # type: ignore[dict-item]
        self._end(event)

    def _take_SequenceEnd(self, event: Any) -> None:  # noqa: N802
        self._end(event)

    def _take_Scalar(self, event: Any) -> None:  # noqa: N802
        value = self._read_scalar(event)
        self._name(event, value, 1)
        self._put(value, event, 1)

    def _take_Alias(self, event: Any) -> None:  # noqa: N802
        # The anchor is still open: the value would hold itself, and no JSON can be made of it.
        if any(part.anchor == event.anchor for part in self._parts):
            raise DocumentError(f"{event.anchor} refers to itself", _place(event.start_mark))
        if event.anchor not in self._anchors:
            raise DocumentError(f"there is no &{event.anchor}", _place(event.start_mark))
        value, nodes = self._anchors[event.anchor]
        # Counted when it is used: nine aliases of nine aliases, ten times over, are a billion values of 500
        # bytes.
        self._of_aliases += nodes
        self._limit(self._of_aliases, MOST_OF_ALIASES, event)
        self._put(value, event, nodes)

    def _begin(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        kind = "map" if isinstance(value, dict) else "seq"
        if event.tag not in (None, "!", _TAG + kind):
            self.problems.append((_place(event.start_mark), f"the tag {event.tag} is not for imports"))
        self._parts.append(_Part(value, self._next_path(), event.anchor))
        if len(self._parts) > DEEPEST:
            raise DocumentError(_TOO_DEEP, _place(event.start_mark))
        self._places.setdefault(self._parts[-1].path, _place(event.start_mark))

    def _end(self, event: Any) -> None:
        part = self._parts.pop()
        self._name(event, part.value, part.nodes, part.anchor)
        self._put(part.value, event, part.nodes)

    def _name(self, event: Any, value: Any, nodes: int, anchor: str | None = None) -> None:
        """Keep what an anchor is the name of."""
        name = anchor or getattr(event, "anchor", None)
        if name:
            self._anchors[name] = (value, nodes)

    def _put(self, value: Any, event: Any, nodes: int) -> None:
        """Put a value that is complete into what holds it."""
        self._nodes += 1
        self._limit(self._nodes, MOST_NODES, event)
        if not self._parts:
            self.value = value
            return
        part = self._parts[-1]
        part.nodes += nodes
        if isinstance(part.value, list):
            self._places.setdefault((*part.path, len(part.value)), _place(event.start_mark))
            part.value.append(value)
        elif part.is_merge:
            part.merged.append(value)
            part.is_merge = False
        elif part.is_lost:
            part.is_lost = False
        elif part.name is None:
            self._take_name(part, value, event)
        else:
            part.value[part.name] = value
            part.name = None

    def _take_name(self, part: _Part, value: Any, event: Any) -> None:
        place = _place(event.start_mark)
        if value == "<<" and getattr(event, "implicit", None) == (True, False):
            part.is_merge = True
        elif not isinstance(value, str):
            shown = getattr(event, "value", None)
            self.problems.append((place, f"the name {shown} is no text: write it in quotes" if shown else
                                  "a name is no text"))  # fmt: skip
            part.is_lost = True
        elif value in part.places:
            line, column = part.places[value]
            self.problems.append((place, f"{value} is there twice (first at {line}:{column})"))
            part.is_lost = True
        else:
            part.places[value] = place
            part.name = value
            self._places[*part.path, value] = place

    def _next_path(self) -> Path:
        if not self._parts:
            return ()
        part = self._parts[-1]
        last: str | int = len(part.value) if isinstance(part.value, list) else part.name or ""
        return (*part.path, last)

    def _read_scalar(self, event: Any) -> Any:
        try:
            if event.tag in (None, "!"):
                is_plain = event.tag is None and event.implicit[0]
                return read_plain(event.value) if is_plain else event.value
            if event.tag == _TAG + "str":
                return event.value
            value = read_plain(event.value)
            if event.tag in _TAGS and isinstance(value, _TAGS[event.tag]):
                return value
            raise ValueError(f"the tag {event.tag} is not for imports")
        except ValueError as error:
            self.problems.append((_place(event.start_mark), str(error)))
            return None

    def _limit(self, number: int, most: int, event: Any) -> None:
        if number > most:
            noun = "values" if most == MOST_NODES else "values of aliases"
            raise DocumentError(f"more than {most} {noun}, import it in parts", _place(event.start_mark))


def dump_yaml(data: Any, is_sorted: bool = True) -> str:
    """Return data as YAML that readers of YAML 1.1 and of 1.2 read alike."""
    import yaml

    return str(yaml.dump(data, Dumper=yaml_dumper(), allow_unicode=True, sort_keys=is_sorted))


@cache
def yaml_dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes no aliases, and quotes each text that one of both versions would read as something else."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    def represent(dumper: Any, text: str) -> Any:
        style = "'" if "\n" not in text and _is_no_text(text) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    return Dumper


def _is_no_text(text: str) -> bool:
    try:
        return not isinstance(read_plain(text), str)
    except ValueError:
        return True
