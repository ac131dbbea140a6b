"""Findings as rows: where, what becomes of the call, and the line to write."""

from __future__ import annotations

from airflowctl.core.errors import DIFFERS, DONE, REFUSED
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import CALL
from airflowctl.domain.migration.fragment import MASK
from airflowctl.domain.migration.judge import today_texts
from airflowctl.domain.migration.verdict import CHANGED, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from airflowctl.domain.migration.scan import Finding

_SHORT = 5  # letters of a secret that may be a part of other words
_COLUMNS = ("place", "verdict", "permission", "call", "line", "why")


def make_rows(findings: Sequence[Finding], *, is_whole: bool = True) -> Rows:
    """Return the findings as rows; the exit code is 6 where something must change, 1 where nothing must as
    far as files could be read."""
    must_change = any(finding.must_change for finding in findings)
    code = DIFFERS if must_change else DONE if is_whole else REFUSED
    return Rows(
        [make_item(finding) for finding in findings],
        _COLUMNS,
        "place",
        code=code,
        empty="no calls of airflow",
        wide=("better", "note"),
    )


def summary(findings: Sequence[Finding], files: int) -> str:
    """Return how many calls there are of each verdict."""
    counts = {word: sum(finding.verdict.word == word for finding in findings) for word in VERDICTS}
    parts = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    noun = "call" if len(findings) == 1 else "calls"
    return f"{len(findings)} {noun} in {files} file{'' if files == 1 else 's'}" + (
        f": {parts}" if parts else ""
    )


def make_item(finding: Finding) -> dict[str, Any]:
    """Return a finding as the structured formats print it."""
    verdict = finding.verdict
    path = _clean(finding.file.path)
    return {
        "place": f"{path}:{finding.line}",
        "file": path,
        "line_number": finding.line,
        "column": finding.column,
        "verdict": verdict.word,
        "call": call_line(finding),
        "line": new_line(finding),
        "several": list(verdict.lines),
        "why": plain_text(verdict.why),
        "better": verdict.better or None,
        "note": verdict.note or None,
        "permission": verdict.needs or None,
        "command": verdict.command or None,
        "must_change": finding.must_change,
        "is_certain": verdict.is_certain,
    }


def call_line(finding: Finding) -> str:
    """Return the call as it stands there, without the values that are secrets."""
    call = finding.call
    program = f"${call.variable}" if call.variable else call.program.text
    return _clean(_hide_secrets(" ".join([program, *_source_words(finding)]), finding))


def new_line(finding: Finding) -> str:
    """Return the line to write; empty where the call stays as it is but for its program's name."""
    call, verdict = finding.call, finding.verdict
    if call.kind != CALL:
        return verdict.program if verdict.word == CHANGED else ""
    if verdict.lines:
        return "; ".join(f"{verdict.program} {line}" for line in verdict.lines)
    if not verdict.must_change or (not verdict.words and verdict.word != "same with --classic"):
        return ""
    shown = dict(zip(today_texts(call), _source_words(finding), strict=True))
    words = [shown.get(word, word) for word in verdict.words] or ["--classic", *_source_words(finding)]
    return _clean(_hide_secrets(" ".join([verdict.program, *words]), finding))


def _source_words(finding: Finding) -> list[str]:
    """Return the words of a call as they stand in the file; those of a list without its quotes."""
    call, source = finding.call, finding.file.text
    return [
        word.text
        if not word.is_open and (call.is_list or not word.is_quoted)
        else call.fragment.original(source, word.start, word.end)
        for word in call.words
    ]


def _hide_secrets(line: str, finding: Finding) -> str:
    """Return a line without the secrets of a call, in its own spelling or in that of today."""
    from airflowctl.core.parse import parse_tokens
    from airflowctl.domain.migration.bare_lookup import bare_lookup
    from airflowctl.domain.migration.call import texts

    secrets: set[str] = set()
    for words in (texts(finding.call.words), finding.verdict.words):
        plain = [word.strip("'\"") for word in words]
        # A variable's name gives nothing away.
        secrets |= {text for text in parse_tokens(plain, bare_lookup()).secrets() if text and text[:1] != "$"}
    return " ".join(_hide_in(word, secrets) for word in line.split(" ")) if secrets else line


def _hide_in(word: str, secrets: set[str]) -> str:
    """Return a word of a line without a secret: a short one only where it is all of the word."""
    for secret in secrets:
        plain = word.strip("'\"")
        if plain == secret or plain.endswith(f"={secret}") or (len(secret) > _SHORT and secret in word):
            word = word.replace(secret, "***")
    return word


def plain_text(text: str) -> str:
    """Return a text with the lines in it that a user may run next spelled out."""
    from airflowctl.core.next_line import write_lines

    return write_lines(text, lambda words: " ".join(("airflowctl", *words)))


def _clean(text: str) -> str:
    """Return a text without what stands for other programs' parts, and with no half letters."""
    return text.replace(MASK, "_").encode("utf-8", "replace").decode("utf-8")
