"""What may stand at the end of a line for the user's own shell: a program, or a file."""

from __future__ import annotations

from completers.protocols import Slot
from completers.tokenizer import Word, split

_BEFORE_A_PROGRAM = ("|", "||", "&&", ";", "&", "(", "{", "!", "|&")
# A program follows them, too.
_PREFIXES = (
    "sudo",
    "env",
    "time",
    "exec",
    "nohup",
    "xargs",
    "command",
    "nice",
    "watch",
    "then",
    "do",
    "else",
    "if",
)
_REDIRECTIONS = "<>&|(;"


def shell_slot(text: str, begin: int) -> Slot:
    """Return what may stand at the end of the text, of which the shell's part begins there. A word that
    shells
    would read otherwise than files are called, as `~/x` or `$HOME/x`, is not completed."""
    part = text[begin:]
    parts = split(part)
    words = parts.words
    ends_here = bool(words) and words[-1].end == len(part)
    before, last = (words[:-1], words[-1]) if ends_here else (words, Word("", len(part), len(part)))
    raw = part[last.start : last.end]
    operators = len(raw) - len(raw.lstrip(_REDIRECTIONS))
    word, start = last.text[operators:], begin + last.start + operators
    is_redirected = operators > 0 and raw[operators - 1] in "<>"
    is_first = not is_redirected and (operators > 0 or _is_program_next(part, before))
    if (
        parts.comment < len(part)
        or word[:1] in ("-", "~", "$")
        or "$" in raw
        or last.quote in ("{", "\\", "<<")
    ):
        return Slot("", len(text))
    if is_first and "/" not in word:
        return Slot(word, start, last.quote, kind="program")
    return Slot(word, start, last.quote, kind="path")


def _is_program_next(part: str, before: list[Word]) -> bool:
    is_next = True
    for word in before:
        raw = part[word.start : word.end]
        is_assignment = is_next and "=" in raw and raw.partition("=")[0].isidentifier()
        is_next = (
            raw in _BEFORE_A_PROGRAM or raw.endswith(";") or is_assignment or (is_next and raw in _PREFIXES)
        )
    return is_next
