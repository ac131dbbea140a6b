"""The Dag's own lines for the frames of an exception."""

from __future__ import annotations

from airflowctl.core.errors import CliError
from airflowctl.core.logs import as_list, objects
from airflowctl.core.rich_results import Line
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.logs.follow import Pause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from airflowctl.session.session import Session

_PARSED = "Filling up the DagBag from "  # how every Airflow's log begins to tell of the Dag's file
# The compiler makes these names, so no function of the file has them.
_NAMELESS = ("<lambda>", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>")


def frames(event: Any) -> Iterator[dict[str, Any]]:
    """Yield the frames of all exceptions of an event, those of groups too."""
    for error in objects(event.get("error_detail")):
        yield from objects(error.get("frames"))
        for inner in as_list(error.get("exceptions")):
            yield from frames({"error_detail": inner})


class Code:
    """Puts the Dag's lines to the exceptions that passed through its file.

    The Dag's source is asked for once, when there is such an exception, and of the version that ran, whose
    number `version` tells. Where the server does not give it, there are no lines.
    """

    def __init__(self, session: Session, dag_id: str, version: Callable[[Line], Any]) -> None:
        self._session = session
        self._dag_id = dag_id
        self._version = version
        self._file = ""
        self._source: _Source | None = None

    def learn(self, steps: Iterable[Line | Pause]) -> Iterator[Line | Pause]:
        """Yield the same; what they say of the Dag's file is remembered. For all lines, wanted or not."""
        for step in steps:
            if isinstance(step, Line):
                words = step.event.get("event")
                if isinstance(words, str) and words.startswith(_PARSED):
                    self._file = words.removeprefix(_PARSED).strip()
            yield step

    def add_code(self, steps: Iterable[Line | Pause]) -> Iterator[Line | Pause]:
        """Yield the same, with the lines of the Dag. For those that are shown."""
        for step in steps:
            yield self._with_code(step) if isinstance(step, Line) else step

    def _with_code(self, line: Line) -> Line:
        # Frames of other files have lines that the API does not give: it has the Dag's own file only.
        passed = [frame for frame in frames(line.event) if self._file and frame.get("filename") == self._file]
        if not passed:
            return line
        # Asked for when the first exception comes, and then kept: most logs have none.
        if self._source is None:
            self._source = _Source(self._session, self._dag_id, self._version(line))
        return line._replace(code={index: text for index, text in map(self._source.line, passed) if text})


class _Source:
    """The Dag's file of one version."""

    def __init__(self, session: Session, dag_id: str, version: Any) -> None:
        query = {"version_number": version if isinstance(version, int) else None}
        try:
            answer = session.api.call("get_dag_source", query=query, dag_id=dag_id)
        except CliError:
            answer = {}
        text = answer.get("content") if isinstance(answer, dict) else None
        self._lines = text.splitlines() if isinstance(text, str) else []
        self._functions = functions(text) if isinstance(text, str) else []

    def line(self, frame: dict[str, Any]) -> tuple[tuple[str, int], str]:
        """Return the place of a frame, and its line: none where the function is not the one that was
        there, for then the file has changed since."""
        number = frame.get("lineno")
        if not isinstance(number, int) or not 0 < number <= len(self._lines):
            return ("", 0), ""
        is_same = is_as_it_was(self._functions, str(frame.get("name")), number)
        return (str(frame["filename"]), number), self._lines[number - 1].strip() if is_same else ""


def is_as_it_was(known: list[tuple[str, int, int]], name: str, number: int) -> bool:
    """Return whether the line is in the function of that name still, by the file's `functions`: a file
    may change without a new version of its Dags, and then another function is in this place."""
    within = [function for function, first, last in known if first <= number <= last]
    return name == (within[-1] if within else "<module>") or name in _NAMELESS


def functions(text: str) -> list[tuple[str, int, int]]:
    """Return each function with its first and last line, the outer ones first."""
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    result = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    spans = [(node.name, node.lineno, node.end_lineno or node.lineno) for node in result]
    # The innermost of nested functions is the last that holds a line.
    return sorted(spans, key=lambda span: (span[1], -span[2]))
