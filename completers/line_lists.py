"""Several commands in one line: `a; b`, `a && b`, `a || b`.

`&&` and `||` are words of their own, and `;` ends a word: it stands before a blank or at the line's end. So
`http://h/?a=1&b=2` and `a;b` stay words. What begins with `!` or follows a `|` belongs to another shell, up
to the line's end, but for the words that the caller knows as its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from completers.tokenizer import Split, Word, split

AND, OR, THEN, BACKGROUND = "&&", "||", ";", "&"
PIPE, SHELL = "|", "!"
# Says of the first word of a command and of the word after its `|` whether that begins a command, too.
IsOwn = Callable[[str, str], bool]


def is_never_own(_before: str, _word: str) -> bool:
    """What follows a `|` is another shell's."""
    return False


class Part(NamedTuple):
    """One command of a line. `operator` stands before it and decides whether it runs, "" for the first;
    `words`
    are its words, the first of which is number `first` of the line. It stands from `start` to `end` in the
    line,
    of which `mark` is where its operator stands."""

    operator: str
    words: list[Word]
    first: int
    start: int
    end: int
    mark: int = -1


def has_list(line: str) -> bool:
    """Return whether there may be more than one command in a line: a quick look."""
    return THEN in line or AND in line or PIPE in line


def split_list(line: str, parts: Split, is_own: IsOwn = is_never_own) -> list[Part]:
    """Return the commands of a line that was split into words, in their order; an empty one where nothing
    stands
    between two operators, and none for a line without words. A `;` at the end begins none."""
    commands: list[Part] = []
    operator, mark, first, start = "", -1, 0, 0
    for index, (word, separator) in enumerate(_separators(line, parts, is_own)):
        if not separator:
            continue
        end = word.end - 1 if separator == THEN else word.start
        words = [entry for entry in parts.words[first : index + 1] if entry.start < end]
        if words and words[-1].end > end:
            words[-1] = words[-1]._replace(text=words[-1].text[:-1], end=end)
        commands.append(Part(operator, words, first, start, end, mark))
        operator, mark, first, start = separator, end, index + 1, word.end
    rest = parts.words[first:]
    if rest or operator in (AND, OR, PIPE) or not commands:
        commands.append(Part(operator, rest, first, start, len(line), mark))
    return commands


def part_at(line: str, parts: Split, cursor: int, is_own: IsOwn = is_never_own) -> Part:
    """Return the command that the cursor is in."""
    commands = split_list(line, parts, is_own)
    last = commands[-1]
    if line[last.end :].startswith(THEN) and cursor > last.end:  # a new one begins behind the last ;
        return Part(THEN, [], len(parts.words), last.end + 1, len(line), last.end)
    return next((part for part in reversed(commands) if part.start <= cursor), commands[0])


def begin_of_command(text: str, is_own: IsOwn = is_never_own) -> int:
    """Return where the command at the end of a text begins."""
    return part_at(text, split(text), len(text), is_own).start if has_list(text) else 0


def _separators(line: str, parts: Split, is_own: IsOwn) -> Iterator[tuple[Word, str]]:
    """Yield each word with the operator that it is, or that ends it."""
    is_begin, is_ours, first = True, True, ""
    for index, word in enumerate(parts.words):
        raw = line[word.start : word.end]
        first = word.text if is_begin else first
        is_ours = is_ours and not (is_begin and raw.startswith(SHELL))
        following = parts.words[index + 1].text if raw == PIPE and index + 1 < len(parts.words) else ""
        is_stage = is_ours and bool(following) and is_own(first, following.removesuffix(THEN))
        is_ours = is_ours and (not raw.startswith(PIPE) or raw == OR or is_stage)
        separator = (PIPE if is_stage else _separator(raw, word)) if is_ours else ""
        is_begin = bool(separator)
        yield word, separator


def _separator(raw: str, word: Word) -> str:
    if raw in (AND, OR):
        return raw
    slashes = len(raw[:-1]) - len(raw[:-1].rstrip("\\"))
    return THEN if raw.endswith(THEN) and not word.quote and slashes % 2 == 0 else ""
