"""Calls in PowerShell scripts and .bat files. No grammar of these is at hand: lines are split at pipes and
operators, quotes kept whole."""

from __future__ import annotations

from itertools import pairwise

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.migration.call import CAPTURED, FILE, LOOKUP, PARSED, TEST, Call, Stage, Use, Word
from airflowctl.domain.migration.fragment import join
from airflowctl.domain.migration.shell_calls import SHELLS, find_calls
from airflowctl.domain.migration.shell_tree import inner_text
from airflowctl.domain.migration.source_file import BATCH
from airflowctl.domain.migration.wrappers import is_module_call, unwrap
from airflowctl.domain.migration.written_names import is_airflow, is_command_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.domain.migration.fragment import Fragment
    from airflowctl.domain.migration.source_file import SourceFile

_COMMENTS = ("rem ", "@rem ", "::", "#")
_BEFORE = frozenset(
    ("call", "if", "not", "else", "do", "return", "@", "&", "try", "in", "start", "/b", "/wait")
)
_LOOKUPS = frozenset(("where", "where.exe", "get-command", "gcm"))
_INNER = frozenset(("cmd", "powershell", "pwsh", "cmd.exe", "powershell.exe", "invoke-expression", "iex"))


class _Segment(NamedTuple):
    words: tuple[Word, ...]
    after: str  # the operator that ends it
    depth: int  # of parentheses


def windows_calls(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a PowerShell script or a .bat file."""
    letters = ((letter, offset) for offset, letter in enumerate(file.text) if letter != "\r")
    fragment = join(letters, len(file.text), is_plain=True)
    yield from find_windows_calls(fragment, is_batch=file.kind == BATCH)


def find_windows_calls(fragment: Fragment, *, is_batch: bool = False) -> Iterator[Call]:
    """Yield the calls of a text for one of the shells of Windows."""
    for start, end in _lines(fragment.text):
        line = fragment.text[start:end]
        if "airflow" in line and not line.lstrip().lower().startswith(_COMMENTS):
            for words in _arrays(fragment.text, start, end):
                yield Call(fragment, words[0], words[1:], (Use(),), start=words[0].start, is_list=True)
            # In a .bat file ' is a letter like any other.
            segments = list(_segments(fragment.text, start, end, '"' if is_batch else "\"'"))
            for number, segment in enumerate(segments):
                yield from _calls_of(segments, number, segment, line, fragment)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends; `^` and a backquote at an end lead to the next one."""
    start = offset = 0
    while offset < len(text):
        end = text.find("\n", offset)
        end = len(text) if end < 0 else end
        if text[offset:end].rstrip()[-1:] not in ("^", "`") or end == len(text):
            yield start, end
            start = end + 1
        offset = end + 1
    if start < len(text):
        yield start, len(text)


def _segments(text: str, start: int, end: int, quotes: str) -> Iterator[_Segment]:
    words: list[Word] = []
    word_start, quote, depth, offset = -1, "", 0, start

    def close(position: int) -> None:
        nonlocal word_start
        if word_start >= 0:
            words.append(_word(text[word_start:position], word_start, position))
        word_start = -1

    while offset < end:
        letter = text[offset]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in quotes:
            quote = letter
            word_start = offset if word_start < 0 else word_start
        elif letter in "^`" and text[offset + 1 : offset + 2] in ("\n", "|", "&", ">"):
            close(offset)
            if text[offset + 1] != "\n":
                yield _Segment(tuple(words), text[offset + 1], depth)
                words = []
            offset += 1
        elif letter in "|;&(){}'" and not (letter == "&" and text[offset - 1 : offset] == ">"):
            close(offset)
            yield _Segment(
                tuple(words),
                letter + (text[offset + 1] if text[offset + 1 : offset + 2] == letter else ""),
                depth,
            )
            words = []
            depth += (letter in "({") - (letter in ")}")
            offset += text[offset + 1 : offset + 2] == letter and letter in "|&"
        elif letter.isspace():
            close(offset)
        elif word_start < 0:
            word_start = offset
        offset += 1
    close(end)
    yield _Segment(tuple(words), "", depth)


def _word(raw: str, start: int, end: int) -> Word:
    is_quoted = raw[:1] in "\"'" and raw[-1:] == raw[:1]
    text = raw[1:-1] if is_quoted else raw
    return Word(text, raw, start, end, "$" in text or "%" in text, is_quoted)


def _calls_of(
    segments: list[_Segment], number: int, segment: _Segment, line: str, fragment: Fragment
) -> Iterator[Call]:
    words, variable = _without_beginning(segment.words)
    if words and words[0].text.lower() in _LOOKUPS:
        named = [word for word in words[1:] if is_airflow(word.text)]
        yield from (Call(fragment, word, (), start=word.start, kind=LOOKUP) for word in named)
        return
    if words and words[0].text.lower() in _INNER:
        for word in words[1:]:
            if word.is_quoted and " " in word.text:
                yield from find_windows_calls(
                    fragment.part(word.start + 1, word.end - 1)._replace(is_plain=False)
                )
        return
    unwrapped = unwrap(words) if words else None
    if unwrapped is None:
        return
    index = unwrapped.position
    program, rest, through = words[index], words[index + 1 :], unwrapped.through
    uses = (_use(segments, number, variable, line, fragment.text),)
    name = program.text.rpartition("/")[2]
    if is_module_call(words, index):
        program, rest, through = words[index + 2], words[index + 3 :], (*through, "python -m")
    elif name in SHELLS:
        for option, word in pairwise(rest):
            if option.text[:1] == "-" and option.text.endswith("c"):
                yield from find_calls(inner_text(word, fragment))
        return
    elif not is_airflow(program.text):
        return
    yield Call(fragment, program, _without_redirects(rest), uses, through, words[0].start)


def _without_beginning(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], str]:
    """Return a line behind `call`, `if not`, `$x =`, and the variable that it sets."""
    variable = ""
    while words:
        text = words[0].text
        if len(words) > 1 and words[1].text == "=" and text[:1] == "$":
            variable, words = text, words[2:]
        elif text.lower() in _BEFORE:
            words = words[1:]
        # It only hides the echo of the command.
        elif text[:1] == "@" and len(text) > 1:
            first = words[0]
            words = (first._replace(text=text[1:], raw=first.raw[1:], start=first.start + 1), *words[1:])
        else:
            break
    return words, variable


def _use(segments: list[_Segment], number: int, variable: str, line: str, text: str) -> Use:
    stages, index = [], number
    while index + 1 < len(segments) and segments[index].after == "|":
        index += 1
        words = segments[index].words
        stages.append(Stage(words, " ".join(word.raw for word in words)))
    words = segments[index].words
    target = next(
        (_target(words, position) for position, word in enumerate(words) if word.raw.lstrip("1*")[:1] == ">"),
        "",
    )
    # What is thrown away, or kept as a log, is read by no program.
    if target and not target.lower().startswith(("nul", "$null", "&")) and "log" not in target.lower():
        return Use(tuple(stages), FILE, target)
    if variable:
        return Use(tuple(stages), CAPTURED, _lines_with(variable, text.partition(line)[2]))
    if segments[number].depth > 0 and line.lstrip(" @").lower().startswith("for "):
        return Use(tuple(stages), PARSED, line)
    if segments[number].depth > 0 and ("if" in line.lower().split() or " -eq " in line or " -match " in line):
        rest = line.partition(")")[2]
        is_compared = any(sign in rest for sign in (" -eq ", " -match ", " -like ", " -ne ", " -contains "))
        return Use(tuple(stages), TEST if is_compared else "", rest)
    return Use(tuple(stages))


def _lines_with(variable: str, text: str) -> str:
    """Return the lines that look at a variable, or at one that is made of it."""
    names, lines = [variable], []
    for line in text.split("\n"):
        if any(name in line for name in names):
            lines.append(line)
            name, equals, _ = line.partition(" = ")
            names += [name.strip()] if equals and name.strip()[:1] == "$" else []
    return "\n".join(lines)


def _arrays(text: str, start: int, end: int) -> Iterator[tuple[Word, ...]]:
    """Yield the texts of each array of a line, `@('exec', 'web', 'airflow', 'dags', 'list')`, from the
    program on."""
    import re

    for array in re.compile(r"@\(([^()]*)\)").finditer(text, start, end):
        pairs = re.compile(r"'([^']*)'|\"([^\"]*)\"|(\$\w+)").finditer(text, array.start(1), array.end(1))
        words = tuple(_word(match[0], match.start(), match.end()) for match in pairs)
        for index, word in enumerate(words[:-1]):
            if is_airflow(word.text) and is_command_word(words[index + 1].text):
                # What follows are the words of this call.
                yield words[index:]
                break


def _without_redirects(words: tuple[Word, ...]) -> tuple[Word, ...]:
    kept: list[Word] = []
    is_target = False
    for word in words:
        is_redirect = word.raw.lstrip("12*")[:1] == ">"
        if not is_redirect and not is_target:
            kept.append(word)
        is_target = is_redirect and word.raw.lstrip("12*").strip(">") == ""
    return tuple(kept)


def _target(words: tuple[Word, ...], index: int) -> str:
    text = words[index].raw.lstrip("1*").lstrip(">")
    return text or (words[index + 1].text if index + 1 < len(words) else "")
