"""What of a file has to be written anew for a call: its program, and the words that are others today."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration.call import CALL
from airflowctl.domain.migration.judge import today_texts
from airflowctl.domain.migration.verdict import CLASSIC, LOCAL, SAME
from airflowctl.domain.migration.wrappers import BOUND

if TYPE_CHECKING:
    from airflowctl.domain.migration.call import Word
    from airflowctl.domain.migration.scan import Finding

_CLASSIC_FLAG = "--classic"


class Edit(NamedTuple):
    """A piece of a file, and what stands there from now on."""

    start: int
    end: int
    text: str


def edits_of(finding: Finding) -> list[Edit] | None:
    """Return the edits of a call, none where it stays; None where what to write is not certain."""
    call, verdict = finding.call, finding.verdict
    if verdict.word == LOCAL and not verdict.words:
        return []
    is_named = bool(call.variable) and call.kind == CALL
    if set(BOUND) & set(call.through):
        return None
    if call.is_spoken or not verdict.is_certain or (call.program.text != "airflow" and not is_named):
        return None
    if call.kind != CALL:
        return _whole_word(finding, "airflowctl")
    words = verdict.words or today_texts(call)
    if verdict.word == CLASSIC and words[:1] != (_CLASSIC_FLAG,):
        words = (_CLASSIC_FLAG, *words)
    if verdict.word not in (SAME, CLASSIC) and not verdict.words:
        return None
    return _word_edits(finding, (call.program.text if is_named else verdict.program, *words))


def _whole_word(finding: Finding, text: str) -> list[Edit] | None:
    fragment, word = finding.call.fragment, finding.call.program
    start = fragment.offsets[word.start]
    end = fragment.end_of(word.start, word.end)
    before = finding.file.text[start:end]
    # Twice in one word it is not certain which of them is the program.
    return [Edit(start, end, before.replace("airflow", text))] if before.count("airflow") == 1 else None


def _word_edits(finding: Finding, new: tuple[str, ...]) -> list[Edit] | None:
    """Return the edits that make one line of another, word by word: what stays keeps its place."""
    from difflib import SequenceMatcher

    call = finding.call
    old = (call.program.text, *today_texts(call))
    words = (call.program, *call.words)
    edits: list[Edit] = []
    for kind, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        texts = [_render(finding, text) for text in new[begin:end]]
        if kind == "equal":
            continue
        if any(text is None for text in texts) or not _may_go(finding, words, first, last, kind):
            return None
        joined = _separator(finding).join(text for text in texts if text is not None)
        start, stop = _span(
            finding, words[max(first - 1, 0)] if kind == "insert" else words[first], words[last - 1]
        )
        if kind == "insert":
            start = stop = _end(finding, words[first - 1])
            joined = _separator(finding) + joined
        elif kind == "delete":
            start, joined = _end(finding, words[first - 1]), ""
        edits.append(Edit(start, stop, joined))
    return edits


def _span(finding: Finding, first: Word, last: Word) -> tuple[int, int]:
    return finding.call.fragment.offsets[first.start], _end(finding, last)


def _end(finding: Finding, word: Word) -> int:
    return finding.call.fragment.end_of(word.start, word.end)


def _may_go(finding: Finding, words: tuple[Word, ...], first: int, last: int, kind: str) -> bool:
    """Return whether nothing stands between the words that are replaced but blanks, and signs of a list."""
    if kind == "insert":
        return True
    text = finding.call.fragment.text
    begin = max(first - 1, 0) if kind == "delete" else first
    gaps = [text[words[index].end : words[index + 1].start] for index in range(begin, last - 1)]
    signs = " \t\r\n\\" + (",-" if finding.call.is_list else "")
    return not any(gap.strip(signs) for gap in gaps)


def _render(finding: Finding, text: str) -> str | None:
    """Return a word as it has to be written in the file; None where that is not certain."""
    call, source = finding.call, finding.file.text
    for word, known in zip(call.words, today_texts(call), strict=True):
        if known == text:
            return call.fragment.original(source, word.start, word.end)
    if call.is_list:
        raw = call.program.raw
        quote = raw[:1] if raw[:1] in "\"'" else ""
        safe = text.replace("-", "").replace("_", "").replace("/", "").replace(".", "")
        return f"{quote}{text}{quote}" if safe.isalnum() and text.isascii() else None
    from shlex import quote as quote_word

    written = quote_word(text)
    # The value of `--option=value` as it is written there, quotes included.
    for word in call.words:
        if word.raw.endswith(f"={text}"):
            return call.fragment.original(source, word.end - len(text), word.end)
    return written if call.fragment.takes(written) else None


def _separator(finding: Finding) -> str:
    """Return what stands between two words of the call: a blank or, in a list, its own signs."""
    call = finding.call
    if not call.is_list:
        return " "
    start = call.fragment.offsets[call.program.start]
    source = finding.file.text
    after = call.words[0].start if call.words else call.program.end
    gap = call.fragment.text[call.program.end : after]
    if gap.strip() == "," and "\n" in gap:
        return gap  # each word of the list has a line of its own
    line_start = source.rfind("\n", 0, start) + 1
    before = source[line_start:start]
    if before.strip() == "-":
        return f"\n{before}"
    return ", "
