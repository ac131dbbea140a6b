"""A command whose rows go to another one of ours: `dagrun list | pick | tasks clear -d`. What flows is the
result of the command, and never a text of it."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from airflowctl.core.errors import DONE, CliError, Interrupted, UsageError
from airflowctl.core.parse import Role, parse_tokens
from airflowctl.core.results import Item, Rows, late_code
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.execution import dispatch
from airflowctl.execution.row_lines import RowLine, run_for_rows
from airflowctl.execution.row_words import lines_for_rows, name_rows
from airflowctl.session.shown_list import ShownList

if TYPE_CHECKING:
    from airflowctl.core.options import Options
    from airflowctl.core.rich_results import Printable
    from airflowctl.execution.command_line import CommandLine
    from airflowctl.session.command_lookup import CommandLookup
    from airflowctl.session.session import Session

_EXAMPLE = "lists have rows: dags list | pick"


class PipedRows(NamedTuple):
    """The rows that a stage gets, and the list that they are of."""

    rows: Rows
    shown: ShownList

    @property
    def items(self) -> Sequence[Item]:
        return self.shown.items

    def only(self, indexes: Sequence[int]) -> PipedRows:
        """Return the rows at these places."""
        kept = ShownList(self.shown.command, self.shown.values, self.shown.session)
        kept.items, kept.missing = [self.items[index] for index in indexes], ""
        return PipedRows(self.rows._replace(items=kept.items), kept)


class _Catcher(StringIO):
    """Stands for stdout where a command's result goes to another command: it takes the result itself."""

    def __init__(self, stage: str) -> None:
        super().__init__()
        self._stage = stage
        self.rows: Rows | None = None

    def take_result(self, result: Printable, options: Options) -> int:
        """Take a result as its options want it; its exit code. Raises UsageError where it has no rows, and
        what fails while they come."""
        from airflowctl.output.rows import rows_of

        rows = rows_of(result, options.sort or (), options.query or "")
        if rows is None:
            raise UsageError(f"this command has no rows for {self._stage}", _EXAMPLE)
        columns = options.columns or rows.columns
        self.rows = rows._replace(items=list(rows.items), columns=columns)
        return rows.code or late_code(rows)


def run_stages(line: CommandLine, session: Session, where: str) -> int:
    """Run the commands of a line whose rows go from one to the next; the exit code of the first that
    failed."""
    parts = session.parts
    try:
        code, piped = catch_rows(line.tokens, session, line.stages[0].tokens[0], where)
        for number, stage in enumerate(line.stages, start=1):
            if piped is None:
                return code
            parts.piped, origin = piped, piped.shown
            if number == len(line.stages):
                ended = _run_stage(stage.tokens, session, where)
                _keep_origin(origin, session)
                return code or ended
            ended, piped = catch_rows(stage.tokens, session, line.stages[number].tokens[0], where)
            code = code or ended
            if piped is not None:
                piped = PipedRows(piped.rows, _of_same_list(piped, origin))
        return code
    except CliError as error:
        return dispatch.print_error(error, session, where)
    except KeyboardInterrupt:  # between two steps
        return dispatch.print_error(Interrupted(), session, where)
    finally:
        parts.piped = None


def catch_rows(
    tokens: Sequence[str], session: Session, stage: str, where: str = ""
) -> tuple[int, PipedRows | None]:
    """Run a command; return its exit code and its rows, None where it failed before they had come."""
    catcher = _Catcher(stage)
    code = dispatch.run(tokens, session.into(catcher), where)
    # The next command may write to the terminal, where the line of progress still stands.
    session.parts.progress.end()
    if catcher.rows is None:
        return code, None
    call = parse_tokens(tokens, session.lookup).nested.bind()
    if call.command is None:
        return code, None
    options = session.options._replace(sort=None, query=None)  # which are done already
    shown = ShownList(call.command, call.values, session.with_options(options))
    shown.items, shown.missing = list(catcher.rows.items), ""
    return code, PipedRows(catcher.rows, shown)


def lines_for_command(tokens: Sequence[str], piped: PipedRows, session: Session) -> list[RowLine]:
    """Return the lines for rows: one for each where the words have fields of a row in braces, else as few as
    the command needs to take the names in them. Raises UsageError where one cannot be made."""
    from airflowctl.execution.row_fields import fill_fields, has_fields

    rows = name_rows(piped.shown, session.registry.kinds())
    if has_fields(tokens):
        return [
            RowLine(row.label, fill_fields(tokens, item, row.label), item)
            for row, item in zip(rows, piped.items, strict=True)
        ]
    end = end_of_command(tokens, session.lookup)
    before, after = tuple(tokens[:end]), tuple(tokens[end:])
    kinds = session.registry.kinds()
    return [RowLine("", words, {}) for words in lines_for_rows(before, after, rows, session.lookup, kinds)]


def end_of_command(tokens: Sequence[str], lookup: CommandLookup) -> int:
    """Return where the words of a line's command end: there the names of a row stand."""
    roles = parse_tokens(tokens, lookup).roles
    ends = [end for end, role in enumerate(roles, start=1) if role == Role.COMMAND]
    return ends[-1] if ends else 0


def _run_stage(tokens: tuple[str, ...], session: Session, where: str) -> int:
    """Run the last command: what takes rows gets them, and another one the names in them."""
    from airflowctl.session.registry import takes_rows

    if takes_rows("", tokens[0]):
        return dispatch.run(tokens, session, where)
    piped = session.parts.piped
    if not isinstance(piped, PipedRows) or not piped.items:
        session.output.note("no rows: nothing to do")
        return DONE
    lines = lines_for_command(tokens, piped, session)
    # One line prints its own result, and needs no table of how each ended.
    if len(lines) == 1:
        return dispatch.run(lines[0].tokens, session, where)
    result = run_for_rows(lines, session)
    return result if isinstance(result, int) else session.output.show(result)


def _of_same_list(piped: PipedRows, origin: ShownList) -> ShownList:
    """Return the rows that a command chose as rows of the list that they were chosen from."""
    result = ShownList(origin.command, origin.values, origin.session)
    result.items, result.missing = list(piped.items), ""
    return result


def _keep_origin(origin: ShownList, session: Session) -> None:
    """The rows that were shown are those of the first list, whatever chose them: `$1` names as much."""
    shown = vars(session.parts).get("memory") and session.parts.memory.shown_list
    if shown and shown.items and session.registry.takes_rows("", shown.command.words[0]):
        shown.command, shown.values = origin.command, origin.values
