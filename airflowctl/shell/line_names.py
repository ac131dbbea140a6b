"""What stands for names in a line of the shell, replaced by them before the line runs: patterns (`dags pause
etl_*`), and rows of the last list (`why $1`)."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.completion.line_grammar import Grammar
from airflowctl.core.command import Param
from airflowctl.core.errors import UsageError
from airflowctl.core.param_values import ValueWord
from airflowctl.core.parse import parse_tokens
from airflowctl.core.wording import format_count, format_list
from airflowctl.execution.command_line import CommandLine
from airflowctl.execution.page_words import expand_pages
from airflowctl.execution.row_words import Row, lines_for_rows, name_rows, param_at
from airflowctl.session.session import Session
from airflowctl.session.shown_list import ShownList
from completers.globs import is_glob
from completers.row_numbers import ALL, LAST, find_rows, is_row_word
from completers.tokenizer import Word, quote_visibly, split

_MOST_SHOWN = 10
_QUOTE = "put it in quotes if it is meant as it stands"


def expand_names(text: str, commands: list[CommandLine], session: Session) -> list[CommandLine]:
    """Return the commands of a line with the names that its patterns and rows stand for, which are named to
    the user. A word in quotes is none of them. The rows are those on the screen when the line is typed, when
    none of its commands has run. Raises CliError, also where there is no such name."""
    if "://" in text:
        commands = [entry._replace(tokens=expand_pages(entry.tokens, session)) for entry in commands]
    if not is_glob(text) and "$" not in text:
        return commands
    text = text.strip()
    for stage in (stage for command in commands for stage in command.stages):
        _refuse_rows(text, stage, session)
    expansions = [_Expansion(text, command, session).run() for command in commands]
    for command, lines in zip(commands, expansions, strict=True):
        if command.stages and len(lines) > 1:  # each has rows of its own
            taker = command.stages[0].tokens[0]
            raise UsageError(
                f"these are {len(lines)} lines, and {taker} gets the rows of one", "name one row"
            )
    return [
        command._replace(tokens=lines[0], lines=tuple(lines) if len(lines) > 1 else ())
        for command, lines in zip(commands, expansions, strict=True)
    ]


def _refuse_rows(text: str, stage: CommandLine, session: Session) -> None:
    """Raise UsageError where a command that gets rows names those of another list: it would be taken for a
    name."""
    kinds = session.registry.kinds()
    for index, (word, token) in enumerate(zip(split(text).words[stage.first :], stage.tokens, strict=False)):
        param = param_at(stage.tokens[:index], session.lookup) if is_row_word(token) else None
        if param is not None and param.complete in kinds and text[word.start :].startswith(token):
            raise UsageError(f"after | a field names the row, as {{dag_id}}, and not {token}", _QUOTE)


class _Expansion:
    """One walk over the words of a command, whose lines it collects."""

    def __init__(self, text: str, command: CommandLine, session: Session) -> None:
        self._text, self._session = text, session
        self._typed = command.tokens
        self._words = split(text).words[command.first :][: len(command.tokens)]
        self._tokens: list[str] = []

    def run(self) -> list[tuple[str, ...]]:
        index = 0
        while index < len(self._words):
            end = self._end_of_rows(index)
            if end > index and self._param() is not None:
                lines = self._lines_of_rows(index, end)
                # A line for each row has what follows already.
                if len(lines) > 1:
                    return lines
                self._tokens = list(lines[0][: len(lines[0]) - len(self._typed[end:])])
                index = end
                continue
            self._tokens += self._names_of_glob(index) or [self._typed[index]]
            index += 1
        return [(*self._tokens, *self._typed[index:])]

    def _is_plain(self, word: Word, token: str) -> bool:
        return self._text[word.start : word.start + len(token)] == token

    def _end_of_rows(self, index: int) -> int:
        """Return where the words for rows end that begin there: several may stand side by side."""
        begin = index
        while index < len(self._words) and self._is_plain(self._words[index], self._typed[index]):
            if not is_row_word(self._typed[index]) or (index > begin and self._is_text(begin)):
                break
            index += 1
        return index

    def _is_text(self, index: int) -> bool:
        """Return whether what follows the names of a row is a text, as that of a note: there `$5` is one."""
        if self._param() is None:
            return False
        # One row will do: all rows of a list put in names of the same parameters.
        row = self._find_rows(self._typed[index])[:1]
        lookup, kinds = self._session.lookup, self._session.registry.kinds()
        (line,) = lines_for_rows(tuple(self._tokens), (), row, lookup, kinds)
        param = param_at(line, lookup)
        return param is not None and param.complete not in kinds

    def _param(self) -> Param | None:
        """Return the parameter of the next word, where it names something that the server has."""
        param = param_at(self._tokens, self._session.lookup)
        return param if param is not None and param.complete in self._session.registry.kinds() else None

    def _names_of_glob(self, index: int) -> list[str]:
        word, token = self._words[index], self._typed[index]
        if not is_glob(token) or is_row_word(token) or not self._is_plain(word, token):
            return []
        slot = Grammar(self._session.lookup).slot_at(self._text[: word.start + len(token)])
        if not slot.takes_several:
            return []
        names = self._session.server.names.fetch_fitting(slot.kind, slot.scope, token)
        if not names:
            raise UsageError(f"no {slot.kind} fits {token}", _QUOTE)
        count = format_count(len(names), slot.kind)
        self._session.output.note(f"{token}: {count}: {format_list(names, _MOST_SHOWN)}")
        # As values: a name that begins with a dash is no option.
        return list(map(ValueWord, names))

    def _lines_of_rows(self, index: int, end: int) -> list[tuple[str, ...]]:
        words, after = self._typed[index:end], self._typed[end:]
        rows = [row for word in words for row in self._find_rows(word)]
        session = self._session
        lines = lines_for_rows(tuple(self._tokens), after, rows, session.lookup, session.registry.kinds())
        for position, token in enumerate(after, start=end) if len(lines) > 1 else ():
            if (is_row_word(token) or is_glob(token)) and self._is_plain(self._words[position], token):
                raise UsageError(
                    f"{' '.join(words)} are {len(lines)} lines, in which {token} cannot stand for names too",
                    _QUOTE,
                )
        for line in lines[:_MOST_SHOWN]:
            session.output.note(f"{' '.join(words)}: {' '.join(map(quote_visibly, line))}")
        return lines

    def _find_rows(self, word: str) -> list[Row]:
        shown = self._session.parts.memory.shown_list
        if shown is None:
            raise UsageError(f"{word} names no row: no list was shown yet", _QUOTE)
        self._require_same_server(word, shown)
        indexes = find_rows(word, len(shown.items))
        if indexes is None:
            has = format_count(len(shown.items), "row") if shown.items else "no rows"
            raise UsageError(f"{word} names no row: the last list has {has}", _QUOTE)
        # All of a list that was cut would be a part of it, and its last row is not the last one.
        if shown.missing and (word == ALL or LAST in word):
            raise UsageError(f"{word} would name a part of the list: {shown.missing}", "name rows: $1..$9")
        return name_rows(shown, self._session.registry.kinds(), indexes)

    def _require_same_server(self, word: str, shown: ShownList) -> None:
        """Raise UsageError where the line goes to another server than the list came from: there the same name
        is another thing."""
        values: Mapping[str, object] = parse_tokens(self._typed, self._session.lookup).nested.global_values()
        line = self._session.for_line(values)
        if line.url != shown.session.url:
            raise UsageError(
                f"{word} is a row of {shown.session.place}, and this line goes to {line.place}",
                "list the rows there first",
            )
