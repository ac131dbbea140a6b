"""The exceptions of a task's log as Python itself would print them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflowctl.core.logs import as_list, is_airflows, objects
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

Code = Mapping[tuple[str, int], str]
_CAUSED = "The above exception was the direct cause of the following exception:"
_DURING = "During handling of the above exception, another exception occurred:"


def traceback_lines(errors: Any, code: Code, *, unfold: bool = False) -> list[str]:
    """Return `error_detail`, an exception with its causes, as lines; causes come first. `code` has
    lines of source by file and number. What Airflow calls before it comes to the task is one line, unless
    `unfold`."""
    records = objects(errors)
    lines: list[str] = []
    # Airflow sends the newest exception first; Python prints it last, where it is looked for.
    for index in reversed(range(len(records))):
        lines += _exception_lines(records[index], code, unfold)
        if index:
            lines += ["", _CAUSED if records[index].get("is_cause") else _DURING, ""]
    return lines


def _exception_lines(error: Mapping[str, Any], code: Code, unfold: bool) -> list[str]:
    frames = objects(error.get("frames"))
    lines = ["Traceback (most recent call last):"] if frames else []
    own = 0 if unfold else _own_frames(frames)
    if own:
        lines.append(f"    # {own} frames of Airflow: --unfold shows them")
    for frame in frames[own:]:
        file, number = str(frame.get("filename")), frame.get("lineno")
        lines.append(f'  File "{file}", line {number}, in {frame.get("name")}')
        if text := code.get((file, number)) if isinstance(number, int) else None:
            lines.append(f"    {text}")
    return [
        *lines,
        *_syntax_lines(error.get("syntax_error")),
        *_message_lines(error),
        *_group_lines(error, code, unfold),
    ]


def _own_frames(frames: Sequence[Mapping[str, Any]]) -> int:
    """Return how many frames Airflow's own come first; none where there are no others, or only one is
    hidden."""
    own = (is_airflows(str(frame.get("filename"))) for frame in frames)
    first = next((index for index, is_own in enumerate(own) if not is_own), 0)
    # One line that says a line is hidden saves nothing.
    return first if first > 1 else 0


def _syntax_lines(problem: Any) -> Iterator[str]:
    if isinstance(problem, dict):
        yield f'  File "{problem.get("filename")}", line {problem.get("lineno")}'
        text, offset = str(problem.get("line") or "").rstrip(), problem.get("offset")
        yield f"    {text.lstrip()}"
        # Beyond the end of the line it is of no use, and as many blanks may be more than memory holds.
        if isinstance(offset, int) and 0 < offset <= len(text) + 1:
            yield "    " + " " * (offset - 1 - len(text) + len(text.lstrip())) + "^"


def _message_lines(error: Mapping[str, Any]) -> list[str]:
    kind, value = str(error.get("exc_type")), str(error.get("exc_value") or "")
    problem = error.get("syntax_error")
    # `exc_value` of a SyntaxError repeats the file and the line, which have lines of their own here.
    value = str(problem.get("msg") or value) if isinstance(problem, dict) else value
    notes = [line for note in as_list(error.get("exc_notes")) for line in str(note).splitlines()]
    return [*(f"{kind}: {value}" if value else kind).splitlines(), *notes]


def _group_lines(error: Mapping[str, Any], code: Code, unfold: bool) -> Iterator[str]:
    """Yield the exceptions of a group, each under a ruler."""
    for index, inner in enumerate(as_list(error.get("exceptions")), start=1):
        yield f"  +---------------- {index} ----------------"
        stacks = inner.get("stacks") if isinstance(inner, dict) and "stacks" in inner else inner
        stacks = stacks if isinstance(stacks, list) else [stacks]
        yield from (f"  | {line}".rstrip() for line in traceback_lines(stacks, code, unfold=unfold))


def colour_traceback(text: str) -> str:
    """Return a traceback, made safe already, in the colours of a terminal."""
    from pygments import highlight
    from pygments.formatters.terminal import TerminalFormatter
    from pygments.lexers.python import PythonTracebackLexer

    # `text` is safe already: what it colours must not be escaped again after this.
    coloured_text = highlight(text, PythonTracebackLexer(stripnl=False), TerminalFormatter())
    return str(coloured_text).rstrip("\n")
