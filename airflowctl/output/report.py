"""A report as text: headings, under each its body, indented, and last the lines to run next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from airflowctl.core.results import Record, Rows
from airflowctl.core.rich_results import BAD, GOOD, WARN, Code, Report, Section
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output import colour, sanitise
from airflowctl.output.cells import cut
from airflowctl.output.table import record, table

if TYPE_CHECKING:
    from airflowctl.output.style import Style

_INDENT = 2
_NARROWEST = 20  # a text is not wrapped to less
# The second is for streams that cannot write the first.
_MARKS = {BAD: ("✗", "X"), WARN: ("!", "!"), GOOD: ("✓", "+")}
_COLOURS = {BAD: colour.RED, WARN: colour.YELLOW, GOOD: colour.GREEN}


def render_report(report: Report, style: Style) -> Iterator[str]:
    """Yield the text of a report, a piece a section."""
    numbers = _numbers(report)
    for index, section in enumerate(report.sections):
        before = "\n" if index and _is_open(report.sections[index - 1], section) else ""
        yield before + _section(section, style, numbers)
    if report.next:
        lines = [" " * _INDENT + sanitise.line(line) for line in _numbered(report)]
        yield "\n".join(["", _paint("Next", colour.BOLD, style), *lines, ""])


def _numbers(report: Report) -> dict[str, str]:
    """Return what stands before each line in the sections: its number, where `!1` runs the first of them."""
    return {line: f"!{number}  " if report.is_numbered else ""
            for number, line in enumerate(report.inside, start=1)}  # fmt: skip


def _numbered(report: Report) -> Iterator[str]:
    """Yield the lines to run next, with their numbers."""
    for number, line in enumerate(report.next, start=1 + len(report.inside)):
        yield f"!{number}  {line}" if report.is_numbered else line


def report_rows(report: Report) -> Rows:
    """Return a report as rows, one for each heading."""
    items = [
        {
            "level": section.tone or "info",
            "title": section.title,
            "text": next((text for text in section.body if isinstance(text, str)), ""),
        }
        for section in report.sections
    ]
    return Rows(items, ("level", "title", "text"), "title")


def _is_open(before: Section, after: Section) -> bool:
    """Return whether a blank line stands between them: headings without a body stay together."""
    return bool(before.body or after.body)


def _section(section: Section, style: Style, numbers: Mapping[str, str]) -> str:
    mark = _MARKS[section.tone][0 if style.unicode else 1] + " " if section.tone else ""
    title = _wrap(sanitise.line(section.title), style.width, mark)
    lines = [_paint(line, colour.BOLD + _COLOURS.get(section.tone, ""), style) for line in title]
    for part in section.body:
        # A line to run is whole: one that is wrapped cannot be copied.
        is_line = isinstance(part, str) and part in numbers
        shown = [f"{numbers[part]}{sanitise.line(part)}"] if is_line else _part(part, style)  # type: ignore[index, arg-type]
        lines += [(" " * _INDENT + line).rstrip() for line in shown]
    return "\n".join(lines) + "\n"


def _part(part: str | Code | Rows | Record, style: Style) -> list[str]:
    room = None if style.width is None else max(_NARROWEST, style.width - _INDENT)
    if isinstance(part, Code):
        return _code(part, room, style)
    if isinstance(part, Record):
        columns = part.table or part.columns or tuple(part.item)
        return record(part.item, columns, room, clock=style.clock, colour=style.colour).split("\n")
    if isinstance(part, Rows):
        items = list(part.items)
        text = table(
            items, part.columns, room, key=part.key, ruled=False, clock=style.clock, colour=style.colour
        )
        return text.split("\n")
    return [line for text in sanitise.prose(part).split("\n") for line in _wrap(text, room)]


def _wrap(text: str, room: int | None, start: str = "") -> list[str]:
    if room is None or len(start) + len(text) <= room:
        return [start + text]
    # Loaded only where a text is too long: it brings `re`.
    from textwrap import wrap

    inner = text[: len(text) - len(text.lstrip())]
    # Under the words, not under the mark before them.
    hang = " " * len(start) + inner
    return wrap(text, room, initial_indent=start + inner, subsequent_indent=hang, break_on_hyphens=False) or [
        start
    ]


def _code(code: Code, room: int | None, style: Style) -> list[str]:
    """Return the lines, cut where there is no room: code that wraps cannot be read."""
    # Cells are counted below, and a terminal's own tab stops would move what follows.
    lines = sanitise.prose(code.text).expandtabs(4).split("\n")
    left = len(str(code.first + len(lines) - 1)) if code.first else 0
    texts = []
    for number, line in enumerate(lines, code.first):
        before = ""
        if code.first:
            before = f"{'>' if number == code.mark else ' '} {number:>{left}} | "
        shown = line if room is None else cut(line, max(_NARROWEST, room - len(before)))
        text = _colour_line(shown, code.language, style)
        texts.append(f"{_paint(before, colour.RED, style) if number == code.mark else before}{text}")
    return texts


def _colour_line(line: str, language: str, style: Style) -> str:
    if not style.colour or not line:
        return line
    if language == "diff":
        by_sign = {"+": colour.GREEN, "-": colour.RED, "@": colour.CYAN}
        return _paint(line, by_sign.get(line[0], ""), style)
    if language == "python":
        return _colour_python(line)
    return line


def _colour_python(line: str) -> str:
    """Return a line by itself: a text over several lines loses its colour, and nothing else."""
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Keyword, Number, String, is_token_subtype

    tones = ((Comment, colour.GREY), (Keyword, colour.CYAN), (String, colour.GREEN), (Number, colour.MAGENTA))
    texts = []
    for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(line):
        tone = next((code for token, code in tones if is_token_subtype(kind, token)), "")
        texts.append(f"{tone}{text}{colour.END}" if tone and text.strip() else text)
    return "".join(texts)


def _paint(text: str, codes: str, style: Style) -> str:
    return f"{codes}{text}{colour.END}" if style.colour and codes and text else text
