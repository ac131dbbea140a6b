"""From rows to the words of a line that name them: the Dag of a row, its run and its task, each where the
command takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from airflowctl.core.command import Param
from airflowctl.core.errors import UsageError
from airflowctl.core.param_values import ValueWord
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.session.row_names import MAP_INDEX, RowReader, scope_of

if TYPE_CHECKING:
    from typing import TypeAlias

    from airflowctl.core.kinds import Names
    from airflowctl.session.command_lookup import CommandLookup
    from airflowctl.session.shown_list import ShownList

    Tokens: TypeAlias = tuple[str, ...]

# What says together which run, task or instance a row is: where one of them is named, so are the others.
TOGETHER = ("dag", "run", "task", MAP_INDEX)
# A run has no log of its own, but its tasks have, and this command prints them.
_OF_RUNS = {("logs",): ("dagrun", "logs"), ("tasks", "logs"): ("dagrun", "logs")}


class Row(NamedTuple):
    """The names in a row by kind, and how to call the row in an error, as `row 3`."""

    label: str
    names: Mapping[str, str]


class _Words(NamedTuple):
    """The words for one row: arguments, of which the last may be one of several, and options."""

    arguments: Tokens
    options: Tokens


def name_rows(
    shown: ShownList, kinds: Mapping[str, Names], indexes: Iterable[int] | None = None
) -> list[Row]:
    """Return the rows at these places of a list, all without them, with what they name. Raises UsageError
    where the list was not shown as rows."""
    rows, scope = shown.rows(), scope_of(shown.command, shown.values, kinds)
    reader = RowReader(shown.command.op, scope, kinds)
    return [
        Row(f"row {index + 1}", reader.names(rows[index]))
        for index in (range(len(rows)) if indexes is None else indexes)
    ]


def param_at(tokens: Sequence[str], lookup: CommandLookup) -> Param | None:
    """Return the parameter that the next word after these belongs to, whatever names are in use."""
    with without_context(lookup):
        return _param_after(parse_tokens(tokens, lookup).nested)


def lines_for_rows(
    before: Tokens, after: Tokens, rows: Sequence[Row], lookup: CommandLookup, kinds: Mapping[str, Names]
) -> list[Tokens]:
    """Return the lines in which the rows stand between these words: one where the command takes them all,
    else one for each. Raises UsageError where a row does not name what the command wants there."""
    with without_context(lookup):
        before = _line_of_run(before, rows, lookup)
        state = parse_tokens(before, lookup).nested
        param = _param_after(state)
        if state.command is None or param is None:
            raise UsageError("this line has no place for the names in a row", "name them: {dag_id}")
        if state.awaiting is not None or state.variadic_option is not None:
            return _lines_of_option(before, after, state, param, rows)
        whole = parse_tokens((*before, "x", *after), lookup).nested
        words = [_words(state, whole, param, row, kinds) for row in rows]
    return [(*before, *entry.arguments, *entry.options, *after) for entry in _join(words, state)]


@contextmanager
def without_context(lookup: CommandLookup) -> Iterator[None]:
    """While a line with rows in it is read: a row names its Dag itself, whatever is in use."""
    context, lookup.context = lookup.context, {}
    try:
        yield
    finally:
        lookup.context = context


def _param_after(state: LineParser) -> Param | None:
    return state.awaiting or state.variadic_option or state.next_argument()


def _line_of_run(before: Tokens, rows: Sequence[Row], lookup: CommandLookup) -> Tokens:
    """Return the words of a line, with the command for runs in place of the one for tasks of a run where the
    rows are runs."""
    state = parse_tokens(before, lookup).nested
    other, width = _OF_RUNS.get(state.words), len(state.typed)
    is_bare = before[len(before) - width :] == state.typed
    if other is None or not is_bare or any("task" in row.names or "run" not in row.names for row in rows):
        return before
    return (*before[: len(before) - width], *other)


def _lines_of_option(
    before: Tokens, after: Tokens, state: LineParser, param: Param, rows: Sequence[Row]
) -> list[Tokens]:
    texts = list(dict.fromkeys(_name(state, param, row) for row in rows))
    if not param.repeatable:
        return [(*before, text, *after) for text in texts]
    again = (before[-1],) if state.awaiting is not None else ()
    words = [word for text in texts for word in (*again, text)]
    return [(*before[: len(before) - len(again)], *words, *after)]


def _name(state: LineParser, param: Param, row: Row) -> str:
    """Return the name in a row that a parameter wants, which is within what the line names already."""
    name = row.names.get(param.complete)
    if name is None:
        named = ", ".join(f"{kind} {text}" for kind, text in row.names.items()) or "nothing"
        raise UsageError(
            f"{row.label} names no {param.complete}, which {param.label} wants: it names {named}",
            "put it in quotes if it is meant as it stands",
        )
    for other, text in state.texts():
        meant = row.names.get(other.complete) if other.complete in TOGETHER else None
        if meant is not None and meant != text and other.complete != param.complete:
            raise UsageError(f"{row.label} is of {other.complete} {meant}, and the line names {text}")
    return ValueWord(name)


def _words(
    state: LineParser, whole: LineParser, param: Param, row: Row, kinds: Mapping[str, Names]
) -> _Words:
    """Return the words for a row: the name that is wanted, those that the arguments after it take, and the
    options for what is left."""
    arguments, left = [_name(state, param, row)], dict(row.names)
    if param.complete not in TOGETHER:
        return _Words(tuple(arguments), ())
    del left[param.complete]
    following = state.open_arguments()[len(state.arguments) + 1 :]
    for other in following:
        if other.complete not in TOGETHER or other.complete not in left:
            break
        arguments.append(ValueWord(left.pop(other.complete)))
    options = []
    for kind in TOGETHER:
        flag = _option_for(whole, kind, kinds) if kind in left else ""
        if flag:
            options.append(f"{flag}={left.pop(kind)}")
    if MAP_INDEX in left and "task" not in left and state.command and state.command.effect:
        # Without its index a mapped task is all of its instances.
        raise UsageError(
            f"{row.label} is instance {left[MAP_INDEX]} of a mapped task, and {state.command.line} takes none"
        )
    return _Words(tuple(arguments), tuple(options))


def _option_for(whole: LineParser, kind: str, kinds: Mapping[str, Names]) -> str:
    """Return the option that takes the name of a kind, which the line does not give; "" where there is
    none."""
    flag = "--" + kinds[kind].key.replace("_", "-")
    param = whole.option(flag)
    names = {other.name for other, _ in whole.texts()}
    return flag if param is not None and param.complete == kind and param.name not in names else ""


def _join(words: list[_Words], state: LineParser) -> list[_Words]:
    """Return the words of as few lines as take them: an argument that may be several takes those of rows that
    are otherwise the same."""
    arguments = state.open_arguments()
    last = len(state.arguments) + len(words[0].arguments) - 1
    if not arguments[min(last, len(arguments) - 1)].repeatable:
        return list(dict.fromkeys(words))
    groups: dict[tuple[Tokens, Tokens], dict[str, None]] = {}
    for entry in words:
        groups.setdefault((entry.arguments[:-1], entry.options), {})[entry.arguments[-1]] = None
    return [_Words((*first, *names), options) for (first, options), names in groups.items()]
