"""Lines that may be meant by one that begins with no command: turned around, or a bare name of the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.options import GLOBAL, SHELL
from airflowctl.core.parse import PROGRAM_NAMES, LineParser, Role, parse_tokens
from airflowctl.core.parse_errors import verb_for
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup
    from airflowctl.session.session import Session

# What a noun is called elsewhere; of the others, one of its things is (`dag`).
_NOUNS = {"run": "dagrun", "runs": "dagrun", "dagruns": "dagrun", "dag-runs": "dagrun"}

_BEFORE_WORDS = (Role.OPTION, Role.VALUE)


def hint_of_today(state: LineParser, tokens: Sequence[str]) -> str:
    """Return the line of today for one of Airflow 1.10 or 2, as a hint; empty for any other line."""
    if Role.UNKNOWN not in state.roles and not _may_be_older(state):
        return ""
    from airflowctl.core.older_lines import find_line_of_today

    # Options of every command may stand before its words; a suggestion has those that lead to the server.
    named = int(bool(tokens) and tokens[0] in PROGRAM_NAMES)
    roles = enumerate(state.roles)
    begin = next((index for index, role in roles if index >= named and role not in _BEFORE_WORDS), 0)
    older = find_line_of_today(tokens[begin:], partial(takes_value, state.lookup))
    if older is None:
        return ""
    if older.words[:1] == PROGRAM_NAMES[1:]:
        from shlex import join

        line = f"where Airflow itself is: {join(older.words)}"
    elif Role.UNKNOWN not in state.roles and not _is_whole(older.words, state.lookup):
        return ""  # what is wrong with the line is wrong with that of today too
    else:
        line = suggest(*older.words)
    if older.lost:
        return f"{' and '.join(older.lost)} cannot be asked of the API; without: {line}"
    return f"now, {line}" if older.words[:1] == PROGRAM_NAMES[1:] else f"now: {line}"


def _may_be_older(state: LineParser) -> bool:
    """Return whether a wrong line without an unknown word may be an older one: a word or a flag of it means
    another thing today."""
    env = state.global_texts.get("env", [""])[-1]
    if state.words == ("dags", "trigger"):
        return env[:4].isdigit()  # `-e` was the date of a run
    if state.words == ("config", "list"):
        return env[:1] == "-" or (state.awaiting is not None and state.awaiting.name == "env")
    return state.command is None or bool(state.replacement_hint)


def takes_value(lookup: Lookup, words: tuple[str, ...], flag: str) -> bool | None:
    """Return whether a flag of a command takes a value; None where the command has no such flag."""
    command = lookup.command(words) if lookup.noun(words[0]) else None
    options = (*command.options, *GLOBAL) if command else ()
    param = next((param for param in options if flag in param.spellings), None)
    return None if param is None else not param.switch


def _is_whole(words: Sequence[str], lookup: Lookup) -> bool:
    try:
        parse_tokens(words, lookup).bind()
    except UsageError:
        return False
    return True


def hint_for(state: LineParser, tokens: Sequence[str], session: Session) -> str:
    """Return the line that is meant, as a hint; empty where none is near enough. It asks no server."""
    words = list(tokens[1:] if tokens[:1] and tokens[0] in PROGRAM_NAMES else tokens)
    roles = state.roles[len(tokens) - len(words) :]
    if not words or Role.UNKNOWN not in roles[:2]:
        return ""
    if roles[0] == Role.UNKNOWN:
        turned = next(_turned(words, state.lookup), "")
        return f"did you mean {turned}?" if turned else _hint_for_name(words[0], session)
    is_use = words[0] == "use" and len(words) == 2 and len(state.typed) == 1
    return _hint_for_name(words[1], session) if is_use else ""


def _turned(words: Sequence[str], lookup: Lookup) -> Iterator[str]:
    """Yield the command of a line like `list dags` or `describe dag etl`."""
    noun = next(filter(None, (lookup.noun(_NOUNS.get(word, word)) for word in _forms(words[1:2]))), "")
    for verb in (words[0], verb_for(words[0])):
        if noun and verb and lookup.has_command((noun, verb)):
            yield f"{noun} {verb}"


def _forms(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        yield from (word, f"{word}s")


def _hint_for_name(word: str, session: Session) -> str:
    """Return what can be done with a Dag that is known by this name, or by one that differs by a slip."""
    if session.mode != SHELL or session.environment is None:
        return ""
    names = session.server.names
    if names.has_name("dag", {}, word):
        return f"{word} is a Dag: dags get {word}, or use dag {word}"
    if not any(kind == "dag" for kind, _ in names.known()):
        return ""  # a slip of the keyboard is no reason to fetch them
    near = names.nearest("dag", {}, word)[:1]
    return f"did you mean the Dag {near[0]}? dags get {near[0]}, or use dag {near[0]}" if near else ""
