"""What the script of a shell answers by itself: the words, options and choices of every command."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.completion.word_slot import kind_of
from airflowctl.core.command import Command, Param
from airflowctl.core.nouns import NOUNS
from airflowctl.core.options import GLOBAL, PROGRAM
from airflowctl.core.param_values import all_choices
from airflowctl.core.typed import NamedTuple
from airflowctl.session import registry

# What a value is: nothing to complete, a file, names that the program is asked for. CHOICES are followed by
# them. PROGRAM_ASKED: after such an option only the program knows where the line stands.
SWITCH, NOTHING, FILE, NAMES, CHOICES, PROGRAM_ASKED = "s", "n", "f", "l", "c=", "p"


class StaticOption(NamedTuple):
    """One spelling of an option. `code` says what its value is; `is_offered`: it is among the words that
    complete."""

    flag: str
    code: str
    help: str = ""
    is_offered: bool = False


class StaticPlace(NamedTuple):
    """What may follow the words of a command, or the beginning of one. `arguments` are codes, the last with a
    `+` where there may be more of it. `lines` are all spellings of the words."""

    lines: tuple[str, ...]
    words: tuple[tuple[str, str], ...] = ()  # each with what it is about
    options: tuple[StaticOption, ...] = ()
    arguments: tuple[str, ...] = ()


def global_options() -> tuple[StaticOption, ...]:
    """Return the options that every command has."""
    return tuple(option for param in GLOBAL for option in _spellings(param))


def places() -> list[StaticPlace]:
    """Return every place of a line, that before the first word first."""
    nouns = [noun for noun in registry.nouns() if noun not in NOUNS or not NOUNS[noun].sessions]
    program = tuple(option for param in PROGRAM for option in _spellings(param))
    first = StaticPlace(("",), tuple((noun, f"{registry.summary(noun)}.") for noun in nouns), program)
    return [first, *(place for noun in nouns for place in _places_of(noun))]


def _places_of(noun: str) -> Iterator[StaticPlace]:
    commands = registry.commands(noun)
    begins = {words[:length] for words in commands for length in range(1, len(words) + 1)}
    others = {tuple(line.split()): command for command in commands.values() for line in command.aliases}
    for begin in sorted(begins):
        command = commands.get(begin) or others.get(begin)
        words = {w[len(begin)]: w for w in commands if len(w) > len(begin) and w[: len(begin)] == begin}
        following = tuple((word, _summary(commands.get(w))) for word, w in words.items())
        if command is None:
            yield StaticPlace((" ".join(begin),), following)
        elif not command.session_only:
            lines = (
                " ".join(begin),
                *(line for line in command.aliases if tuple(line.split()) not in begins),
            )
            yield _place_of(command, lines, following)


def _summary(command: Command | None) -> str:
    return command.summary if command else ""


def _place_of(command: Command, lines: tuple[str, ...], words: tuple[tuple[str, str], ...]) -> StaticPlace:
    options = [option for param in command.options for option in _spellings(param)]
    for argument in command.arguments:
        # An argument that was given as an option is no longer due: only the parser keeps count of that.
        options += (StaticOption(flag, PROGRAM_ASKED) for flag in argument.aliases)
    return StaticPlace(lines, words, tuple(options), tuple(_arguments(command)))


def _arguments(command: Command) -> Iterator[str]:
    for argument in command.arguments:
        if argument.hidden:
            yield NAMES + "+"  # whether it is due is for the parser to say
            return
        yield _code(argument) + "+" * argument.repeatable


def _spellings(param: Param) -> Iterator[StaticOption]:
    code = _code(param)
    for flag in param.spellings:
        is_offered = flag.startswith("--") and flag not in param.aliases and not param.hidden
        text = param.no_help if flag in param.no_flags else param.help
        yield StaticOption(flag, code, text, is_offered)


def _code(param: Param) -> str:
    if param.switch:
        return SWITCH
    if param.variadic or param.implicit_value is not None:
        return PROGRAM_ASKED
    choices, kind = all_choices(param), kind_of(param)
    if kind == "path" and not choices:
        return FILE
    if choices and not kind and all(_is_plain(choice) for choice in choices):
        return CHOICES + ",".join(choices)
    return NAMES if choices or kind else NOTHING


def _is_plain(text: str) -> bool:
    return bool(text) and text.replace("-", "").replace("_", "").isalnum() and text.isascii()
