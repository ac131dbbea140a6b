"""What may stand at the cursor of another shell's line, written as that shell reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from airflowctl.completion.word_slot import slot_of_words
from airflowctl.core.nouns import NOUNS
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from completers.letters import is_visible, visible
from completers.match import find_matches
from completers.protocols import Choice, Slot, Source, make_known

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup

BASH, ZSH, FISH, POWERSHELL = "bash", "zsh", "fish", "powershell"
SHELLS = (BASH, ZSH, FISH, POWERSHELL)
WORDS, FILES = "words", "files"  # the first line of an answer: these words, or the names of files
_MOST = 100  # words that only contain what is typed
_LONGEST_NOTE = 60  # letters
_BREAKS = ":="  # at which readline begins a word, where COMP_WORDBREAKS has them
# What bash reads as itself outside quotes. Not the tilde, which it replaces by a folder.
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=@%+,-")
_IN_DOUBLE_QUOTES = frozenset('"\\$`')


class Line(NamedTuple):
    """A line up to the cursor: its words after the program's name, the last of which is at the cursor. Of the
    last word, `kept` letters stand before what the shell replaces, and `quote` is the quote that is open.
    `is_exact`: no word needs the shell to know what it means."""

    words: tuple[str, ...]
    kept: int = 0
    quote: str = ""
    is_exact: bool = True


class Answer(NamedTuple):
    """`kind` is WORDS or FILES. Each choice is the whole word that takes the place of the last one."""

    kind: str
    choices: tuple[Choice, ...] = ()


def read_bash(text: str, breaks: str) -> Line | None:
    """Return the words of bash's line up to the cursor; None for a word that bash spells in several ways at
    once, which nothing can be put into."""
    from completers.tokenizer import Word, split

    words = list(split(text).words)
    last = words.pop() if words and words[-1].end == len(text) else Word("", len(text), len(text))
    raw, quote = text[last.start :], last.quote
    if quote in ("'", '"') and raw.find(quote) == 0:
        kept = 0
    elif quote or "'" in raw or '"' in raw:
        return None
    else:
        kept = _count_kept(raw, breaks)
    is_exact = not any(letter in text[word.start : word.end] for word in words for letter in "$`*?[")
    return Line(tuple(word.text for word in (*words[1:], last)), kept, quote, is_exact)


def _count_kept(raw: str, breaks: str) -> int:
    """Return how many letters of a word stand before the part that readline takes for the word."""
    kept = count = position = 0
    while position < len(raw):
        position += 1 + (raw[position] == "\\")
        count += 1
        if (
            raw[position - 1] in _BREAKS
            and raw[position - 1] in breaks
            and raw[position - 2 : position - 1] != "\\"
        ):
            kept = count
    return kept


def find_answer(words: Sequence[str], lookup: Lookup, source: Source) -> Answer:
    """Return what may stand for the last word of a line."""
    slot = slot_of_words(words[:-1], words[-1], lookup)
    if slot.kind == "path" and not slot.choices:
        return Answer(FILES)
    choices = [choice for choice in slot.choices if not _is_for_sessions(words, choice.text)]
    if slot.kind and slot.is_whole is None:
        choices += source.names(slot.kind, slot.scope, slot.word).names
    fitting = _fitting(slot, choices)
    if before := words[-1][: slot.start] + slot.lead:
        fitting = [Choice(before + choice.text, choice.note) for choice in fitting]
    return Answer(WORDS, tuple(_usable(fitting, words[-1], slot)))


def _usable(choices: list[Choice], typed: str, slot: Slot) -> list[Choice]:
    """Return the choices that a line can hold: what cannot be seen could be a command of its own, and a name
    that begins with a dash would be an option."""
    texts = " ".join([choice.text for choice in choices])  # one look at 10,000 names is quick
    if not typed.startswith("-") and " -" in f" {texts}":
        own = {choice.text for choice in slot.choices}
        choices = [choice for choice in choices if choice.text[:1] != "-" or choice.text in own]
    return choices if is_visible(texts) else [choice for choice in choices if is_visible(choice.text)]


def _is_for_sessions(words: Sequence[str], text: str) -> bool:
    """Return whether a word begins a command that a single line of another shell cannot run."""
    return len(words) == 1 and text in NOUNS and NOUNS[text].sessions


def _fitting(slot: Slot, choices: Iterable[Choice]) -> list[Choice]:
    """Return all choices that begin with what is typed: a shell adds the letters that all have in common.
    Where none does, those that contain it."""
    known = list(dict.fromkeys(choices)) if slot.choices else list(choices)
    if slot.without:
        known = [choice for choice in known if not choice.text.startswith(slot.without)]
    if not slot.word:
        return known
    if begin := [choice for choice in known if choice.text.startswith(slot.word)]:
        return begin
    indexes = find_matches(slot.word, make_known(known).folded, _MOST)
    return [known[index] for index in indexes]


def render(shell: str, line: Line, answer: Answer) -> str:
    """Return an answer as the script of a shell reads it: a line with its kind, and one for each choice."""
    choices = answer.choices
    if shell == BASH:
        # Readline puts the letters that all have in common in place of the word: of words that do not begin
        # as it does, that would delete it.
        if len(choices) > 1 and line.words[-1]:
            choices = tuple(choice for choice in choices if choice.text.startswith(line.words[-1]))
        rows = _quote_all_for_bash([choice.text for choice in choices], line)
    else:
        if shell == FISH:  # which puts a tilde in unquoted, and would read a folder
            choices = tuple(choice for choice in choices if not choice.text.startswith("~"))
        notes = {note: _note(note) for note in {choice.note for choice in choices}}
        rows = [f"{choice.text}\t{notes[choice.note]}" for choice in choices]
    return "\n".join((answer.kind, *rows, ""))


def _note(text: str) -> str:
    """Return a note in one short line without letters that a terminal would obey."""
    note = visible(text)
    return note if len(note) <= _LONGEST_NOTE else f"{note[: _LONGEST_NOTE - 1]}…"


def _quote_all_for_bash(texts: list[str], line: Line) -> list[str]:
    if not line.kept and _PLAIN.issuperset("".join(texts)):
        return texts
    return [quoted for text in texts if (quoted := _quote_for_bash(text, line)) is not None]


def _quote_for_bash(text: str, line: Line) -> str | None:
    """Return a word as bash has to read it after what it keeps; None for a word that the open quote cannot
    hold."""
    rest = text[line.kept :]
    if _PLAIN.issuperset(rest):
        return rest
    if line.quote == "'":
        return None if "'" in rest else rest
    if line.quote == '"':
        # In double quotes nothing keeps bash from replacing a `!` by a line of its history.
        quoted = "".join(f"\\{letter}" if letter in _IN_DOUBLE_QUOTES else letter for letter in rest)
        return None if "!" in rest else quoted
    return "".join(letter if letter in _PLAIN or letter.isalnum() else f"\\{letter}" for letter in rest)


def read_line(shell: str, argv: Sequence[str]) -> Line | None:
    """Return the line that a shell's script gives: of bash its text, of others its words."""
    if shell == BASH:
        breaks, text = argv
        return read_bash(text, breaks)
    return Line(tuple(argv), is_exact=not any(letter in word for word in argv[:-1] for letter in "$`*?["))
