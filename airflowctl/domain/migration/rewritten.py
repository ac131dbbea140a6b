"""Files written anew: what is certain is changed, and where it is not a comment says what to look at."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration.edits import Edit, edits_of
from airflowctl.domain.migration.findings import new_line, plain_text
from airflowctl.domain.migration.fragment import SAFE
from airflowctl.domain.migration.source_file import BATCH, GROOVY, MAKE
from airflowctl.domain.migration.verdict import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflowctl.domain.migration.scan import Finding
    from airflowctl.domain.migration.source_file import SourceFile

MARK = "airflowctl:"  # with which each comment begins
_READABLE = SAFE | frozenset("();<>|*")


class Rewritten(NamedTuple):
    """A file before and after; `left` are the calls that a person has to look at."""

    file: SourceFile
    text: str
    changed: int
    left: tuple[Finding, ...]


def rewrite(file: SourceFile, findings: Sequence[Finding]) -> Rewritten:
    """Return a file as it has to be. Twice is the same as once."""
    edits: list[Edit] = []
    left = []
    local = {finding.call.variable for finding in findings if finding.verdict.word == LOCAL}
    for finding in findings:
        if finding.is_kept:
            continue
        new_edits = edits_of(finding)
        if finding.call.variable in local - {""} and finding.verdict.word != LOCAL:
            new_edits = None  # the variable is both: what stays local, and what does not
        if new_edits is None or any(_overlap(edit, other) for edit in new_edits for other in edits):
            left.append(finding)
            edits += _comment(finding, edits)
        else:
            edits += new_edits
    text = file.text
    # From the end on, so that the places of those before stay right.
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return Rewritten(file, text, len(findings) - len(left), tuple(left))


def _overlap(edit: Edit, other: Edit) -> bool:
    return edit.start < other.end and other.start < edit.end


def _comment(finding: Finding, edits: Sequence[Edit]) -> Iterator[Edit]:
    """Yield the comment above a call, where the file takes one and does not have it yet."""
    source = finding.file.text
    start = _statement_start(finding)
    sign = _sign(finding, start)
    if not sign:
        return
    indent = source[start : start + len(source[start:]) - len(source[start:].lstrip(" \t"))]
    # Behind a tab make would hand it to a shell.
    if finding.file.kind == MAKE:
        indent = ""
    end = "\r\n" if source[start : source.find("\n", start) + 1].endswith("\r\n") else "\n"
    line = f"{indent}{sign} {MARK} {_words(finding)}"
    is_there = line.strip() in (above.strip() for above in _comments_above(source, start))
    text = line + end
    if not is_there and Edit(start, start, text) not in edits:
        yield Edit(start, start, text)


def _words(finding: Finding) -> str:
    verdict = finding.verdict
    line = new_line(finding)
    why = plain_text(verdict.why).partition("\n")[0]
    text = f"{verdict.word}: {why}" if why else verdict.word
    if line:
        text += f"; write: {line}"
    elif not verdict.must_change:
        text = "write airflowctl in place of airflow"
    is_inside = not finding.call.fragment.is_plain
    # Within a text in quotes another letter might end it.
    return "".join(letter for letter in text if not is_inside or letter in _READABLE)


def _statement_start(finding: Finding) -> int:
    """Return where the line begins above which a comment may stand."""
    source, fragment = finding.file.text, finding.call.fragment
    offset = finding.call.offset if fragment.has_comments else fragment.offsets[0]
    start = source.rfind("\n", 0, offset) + 1
    while (
        start
        and source[:start].rstrip("\r\n").endswith(("\\", "^", "`"))
        and source[start - 2 : start - 1] != "\n"
    ):
        start = source.rfind("\n", 0, start - 1) + 1
    return start


def _sign(finding: Finding, start: int) -> str:
    kind, path = finding.file.kind, finding.file.path.lower()
    # JSON has no comments.
    if path.endswith(".json"):
        return ""
    if kind == BATCH:
        return "REM"
    if kind == GROOVY:
        return "#" if finding.call.fragment.offsets[0] < start else "//"
    return "#"


def _comments_above(source: str, start: int) -> Iterator[str]:
    while start:
        before = source.rfind("\n", 0, start - 1) + 1
        line = source[before:start]
        if MARK not in line:
            return
        yield line
        start = before


def diff(rewritten: Rewritten) -> str:
    """Return the difference of a file before and after, as `patch` reads it; empty for none."""
    from difflib import unified_diff

    path = rewritten.file.path.removeprefix("./").lstrip("/")
    old, new = (text.splitlines(keepends=True) for text in (rewritten.file.text, rewritten.text))
    lines = []
    for line in unified_diff(old, new, f"a/{path}", f"b/{path}"):
        lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines)


def write(rewritten: Rewritten) -> None:
    """Write a file in one step, with its mode. Raises UsageError where it has changed meanwhile."""
    import os
    import shutil

    from airflowctl.core.errors import UsageError

    path = os.path.realpath(rewritten.file.path)
    before, after = rewritten.file.encode(rewritten.file.text), rewritten.file.encode(rewritten.text)
    with open(path, "rb") as file:
        if file.read(len(before) + 1) != before:
            raise UsageError(f"{rewritten.file.path} has changed meanwhile: it was not written")
    fresh = f"{path}.airflowctl-{os.getpid()}"
    try:
        # Beside it, as a replacement in one step has to be on the same file system.
        with open(fresh, "xb") as file:
            file.write(after)
        shutil.copymode(path, fresh)
        os.replace(fresh, path)
    except OSError as error:
        raise UsageError(f"cannot write {rewritten.file.path}: {error.strerror}") from None
    finally:
        if os.path.exists(fresh):
            os.unlink(fresh)
