"""What is recorded of the commands of a batch: which are done already, and what became of each."""

from __future__ import annotations

from airflowctl.core.effect import DELETE, NOTHING
from airflowctl.core.errors import CliError, UsageError
from airflowctl.core.parse import parse_tokens
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.execution import batch_end, batch_journal

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.parse import LineParser
    from airflowctl.execution.batch_input import Input
    from airflowctl.execution.batch_journal import Journal
    from airflowctl.execution.batch_results import Results
    from airflowctl.execution.command_line import CommandLine
    from airflowctl.session.session import Session

_FILE = "sha256:"  # begins the state of a command that runs a file
RUN, SKIP, AGAIN = "run", "skip", "again"  # what to do with a command; again: it may be done already


class Plan(NamedTuple):
    """What a command will do, as far as its declaration says so."""

    name: str
    is_change: bool
    is_repeatable: bool
    is_deletion: bool = False


class Outcome(NamedTuple):
    """What became of a command: its state of `batch_end`, its exit code, whether the server changed
    something, how long it took, in seconds, its error and its result."""

    state: str
    code: int
    has_changed: bool
    seconds: float
    error: CliError | None
    result: object


class Records:
    """The journal and the results of a batch, where they are wanted."""

    def __init__(self, journal: Journal | None, results: Results | None) -> None:
        self._journal, self._results = journal, results
        self._is_passing = bool(journal and journal.last)  # the earlier run came further than this place

    def __bool__(self) -> bool:
        return self._journal is not None or self._results is not None

    def decide(self, address: str, plan: Plan, is_first: bool) -> str:
        """Return what to do with a command. Raises CliError for one that an earlier run has begun, that is
        not known to be done, and that must not be done twice; unless the batch begins at it."""
        if self._journal is None:
            return RUN
        state = self._journal.states.get(address, "")
        is_passing = self._is_passing
        self._is_passing = is_passing and address != self._journal.last
        if state in (batch_journal.DONE, batch_journal.LEFT_OUT):
            return SKIP
        if state.startswith(_FILE):
            return RUN  # some lines of the file that it runs are done
        if state == batch_journal.BEGUN:
            if not plan.is_repeatable and not is_first:
                raise _may_be_done(address, plan)
            return AGAIN
        return SKIP if is_passing and not state else RUN

    def leave_out(self, address: str) -> None:
        """Record that the user has begun after a command of which it is not known whether it is done."""
        if self._journal is None:
            return
        self._is_passing = self._is_passing and not self._was_stopped_at(address)
        if self._journal.states.get(address) == batch_journal.BEGUN:
            self._journal.write(address, batch_journal.LEFT_OUT)

    def enter(self, address: str, source: Input) -> None:
        """Record that a command runs a file. Raises UsageError where an earlier run began another one there:
        its lines are known by their numbers."""
        if self._journal is None:
            return
        from hashlib import sha256

        state, before = _FILE + sha256(source.content).hexdigest(), self._journal.states.get(address, "")
        if before.startswith(_FILE) and state != before:
            message = f"{source.name} is not what it was when the journal was begun"
            raise UsageError(message, "begin a new journal at this line: --from")
        if state != before:
            self._journal.write(address, state)

    def leave(self, address: str) -> None:
        """The file that a command runs is at its end."""
        self._is_passing = self._is_passing and not self._was_stopped_at(address)

    def _was_stopped_at(self, address: str) -> bool:
        last = self._journal.last if self._journal is not None else ""
        return last == address or last.startswith(address + batch_journal.WITHIN)

    def begin(self, address: str, plan: Plan) -> None:
        if self._journal is not None and plan.is_change:
            self._journal.write(address, batch_journal.BEGUN)

    def end(self, address: str, plan: Plan, outcome: Outcome) -> None:
        """Record what became of a command; of one that may be done, only that it was begun is known."""
        if self._results is not None:
            from airflowctl.execution.batch_results import data_of

            name, _, number = address.rpartition(batch_journal.WITHIN)[2].rpartition(":")
            self._results.write(
                {
                    "file": name,
                    "line": int(number.partition(batch_journal.PART)[0]),
                    "command": plan.name,
                    "code": outcome.code,
                    "changed": outcome.has_changed,
                    "ms": round(outcome.seconds * 1000),
                    "error": self._results.error(outcome.error),
                    "result": data_of(outcome.result),
                }
            )
        if self._journal is not None and plan.is_change and outcome.state != batch_end.IN_DOUBT:
            state = batch_journal.FAILED if outcome.state == batch_end.FAILED else batch_journal.DONE
            self._journal.write(address, state, code=outcome.code, ms=round(outcome.seconds * 1000))

    def finish(self, summary: dict[str, Any]) -> None:
        if self._results is not None:
            self._results.write({"summary": summary})

    def close(self) -> None:
        for record in (self._journal, self._results):
            if record is not None:
                record.close()


def plan_of(line: CommandLine, session: Session) -> Plan:
    """Return what a checked line will do."""
    if line.shell:
        return Plan("!", is_change=True, is_repeatable=False)
    if line.stages:
        return _plan_of_stages(line, session)
    state = parse_tokens(line.tokens, session.lookup)
    name, command = command_name(state), state.nested.command
    if command is None or command.effect is None or state.wants_help() or name.startswith("alias"):
        return Plan(name, is_change=False, is_repeatable=True)
    values = state.nested.bind().values
    kind = command.effect.kind_of(values)
    is_repeatable = command.effect.is_repeatable(values)
    return Plan(name, kind != NOTHING, is_repeatable, is_deletion=kind == DELETE)


def _plan_of_stages(line: CommandLine, session: Session) -> Plan:
    """Return what the commands that get rows will do: a journal knows them as one."""
    from airflowctl.execution.stage_check import call_of_stage

    names = [command_name(parse_tokens(part.tokens, session.lookup)) for part in (line, *line.stages)]
    calls = [call_of_stage(part.tokens, session.lookup) for part in line.stages]
    effects = [(call.command.effect, call.values) for call in calls if call and call.command.effect]
    return Plan(
        " | ".join(names),
        is_change=any(effect.kind_of(values) != NOTHING for effect, values in effects),
        is_repeatable=all(effect.is_repeatable(values) for effect, values in effects),
    )


def command_name(state: LineParser) -> str:
    """Return the words of a line's command, and of the one that it runs, without values: `try pools get`."""
    name, command = " ".join(state.words), state.nested.command
    return name if state.nested is state or command is None else f"{name} {command.line}"


def _may_be_done(address: str, plan: Plan) -> CliError:
    line = address.rpartition(":")[2].partition(batch_journal.PART)[0]
    hint = f"look whether it is; --from {line} does it again, --from the line after it continues"
    return CliError(f"line {line} ({plan.name}) may have been done by the run before", hint)
