"""The differences of an import sent to the server, in chunks, with what became of each of them."""

from __future__ import annotations

from airflowctl.core.errors import CliError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import find_names
from airflowctl.domain.bulk_results import FAILED, NO_REASON, NOT_BEGUN
from airflowctl.domain.differences import CHANGE, CREATE, EXISTS
from airflowctl.domain.differences import SKIP as SKIPPED
from airflowctl.domain.import_plan import EXISTS_ALREADY, Outcome, format_reason

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.differences import Difference
    from airflowctl.domain.import_kind import Answer
    from airflowctl.domain.import_plan import Plan
    from airflowctl.session.session import Session

_TRIES = 3  # where another client creates or deletes the same things at the same time
_GONE, _CONFLICT = 404, 409


def send_changes(session: Session, plan: Plan) -> dict[str, Outcome]:
    """Return what became of each item. Raises CliError where not even the first chunk was done."""
    if plan.is_refused:
        return plan.refuse()
    sender = _Sender(session, plan)
    waiting = list(plan.differences)
    for _ in range(_TRIES):
        waiting = sender.send(waiting)
        if not waiting:
            break
        # Compared anew: what is sent next is for what the server has by then.
        plan.look(waiting)
        if any(
            plan.differences[name].action == EXISTS for name in waiting
        ):  # another client has made one of them since the first look
            refused = plan.refuse()
            return sender.outcomes | {name: refused[name] for name in waiting}
    for name in waiting:
        sender.outcomes[name] = Outcome(FAILED, (), "another client changes it at the same time")
    return sender.outcomes


class _Sender:
    def __init__(self, session: Session, plan: Plan) -> None:
        self._session, self._plan, self._store = session, plan, plan.store
        self.outcomes: dict[str, Outcome] = {}
        self._total = sum(item.action in (CREATE, CHANGE) for item in plan.differences.values())
        self._sent = 0
        self._is_ended = False

    def send(self, names: list[str]) -> list[str]:
        """Send what differs of these; return the names of those that have become other than they were."""
        again: list[str] = []
        differences = [self._plan.differences[name] for name in names if name in self._plan.differences]
        for difference in differences:
            if difference.action not in (CREATE, CHANGE):
                self.outcomes[difference.name] = self._unsent(difference)
        for action in (CREATE, CHANGE):
            chosen = [difference for difference in differences if difference.action == action]
            size = self._store.size
            for begin in range(0, len(chosen), size):
                again += self._send_chunk(action, chosen[begin : begin + size])
        return again

    def _unsent(self, difference: Difference) -> Outcome:
        if difference.action == SKIPPED:
            return Outcome("skipped", (), EXISTS_ALREADY)
        return Outcome("same", (), format_reason(difference))

    def _send_chunk(self, action: str, chunk: list[Difference]) -> list[str]:
        if self._is_ended:
            self.outcomes |= {difference.name: Outcome(NOT_BEGUN) for difference in chunk}
            return []
        try:
            answer = self._store.send(action, chunk)
        except CliError as error:
            self._end(error, chunk)
            return []
        self._sent += len(chunk)
        self._session.output.progress(self._sent, self._total)
        return self._read_answer(action, chunk, answer)

    def _end(self, error: CliError, chunk: list[Difference]) -> None:
        """Note that a request has failed: none is sent after it."""
        # Nothing was done: the error is the whole result, and its exit code that of the line.
        if not self._sent:
            error.hint = self._extend_hint(error, chunk)
            raise error from None
        self._is_ended = True
        self._plan.code = error.exit_code
        reason = f"{error.message}; {error.hint}" if error.hint else error.message
        self.outcomes |= {difference.name: Outcome(FAILED, (), reason) for difference in chunk}

    def _extend_hint(self, error: CliError, chunk: list[Difference]) -> str:
        """Return the hint of the first request's error, with what may be done where that is not known."""
        from airflowctl.api.server_errors import IN_DOUBT

        if error.hint != IN_DOUBT:
            return error.hint
        rest = self._total - len(chunk)
        others = f", {rest:,} are not begun" if rest else ""
        message = f"{len(chunk):,} may or may not be done{others}"
        return f"{message}: the same import again sends what still differs"

    def _read_answer(self, action: str, chunk: list[Difference], answer: Answer) -> list[str]:
        done, problems = answer
        word = "created" if action == CREATE else "changed"
        left = [difference for difference in chunk if difference.name not in done]
        for difference in chunk:
            if difference.name in done:
                fields = difference.fields if action == CHANGE else ()
                self.outcomes[difference.name] = Outcome(word, fields, format_reason(difference))
        if any(problem.get("status_code") in (_GONE, _CONFLICT) for problem in problems):
            return [difference.name for difference in left]
        reasons = self._reasons(left, problems)
        for difference in left:
            reason = reasons.get(difference.name, "")
            # Of what the server itself has skipped its answer says nothing.
            if not problems and self._plan.skips:
                self.outcomes[difference.name] = Outcome("skipped", (), EXISTS_ALREADY)
            else:
                self.outcomes[difference.name] = Outcome(FAILED, (), reason or NO_REASON)
        return []

    def _reasons(self, left: list[Difference], problems: list[dict[str, Any]]) -> dict[str, str]:
        """Return the errors of a bulk answer by the names in them; the first for those that none names."""
        quoted = {repr(difference.name): difference.name for difference in left}  # as the server prints names
        first = str(problems[0].get("error")) if problems else ""
        result = dict.fromkeys((difference.name for difference in left), first)
        for problem in problems:
            for name in find_names(str(problem.get("error")), quoted):
                result[quoted[name]] = str(problem.get("error"))
        return result
