"""What must hold of every run, whatever the server says: each check gives the words of what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from tests.faults.all_faults import FAULTS
from tests.faults.excuses import is_excused
from tests.faults.runs import LONGEST, Outcome, read_json

_DOCUMENTED = frozenset({0, 1, 2, 3, 4, 5, 130, 141})
_FAULT = re.compile(r"unexpected \w+(?:Error|Exception|Exit)?:|fault in airflowctl|Fatal Python")
_TRACE = re.compile(rf"Traceback|Unhandled|Exception ignored|{_FAULT.pattern}")
_LONGEST_ERROR, _LONGEST_JSON_ERROR = (
    2500,
    66_000,
)  # letters; JSON has the whole reason of the server, to a limit
_BUSIEST, _LARGEST, _MOST_ASKED = 5.0, 300, 200  # seconds of a processor, MB, requests
_NO_NAME = re.compile(r"(?:None|nan|NaN|True|False|inf|\.\.?|\[.*|\{.*)")
_ALIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")

Check = Callable[[Outcome, Outcome], Iterator[str]]


def check_code(outcome: Outcome, good: Outcome) -> Iterator[str]:
    """A documented code, which fits the fault."""
    if outcome.code not in _DOCUMENTED:
        yield f"exit code {outcome.code}" if outcome.code is not None else "killed"
        return
    codes = FAULTS[outcome.case.fault].codes or {good.code}
    # A fault of a later request may be of no account for the line, which then ends as in the good run.
    if outcome.case.place == "all" and outcome.code not in codes | ({0} if not outcome.requests else set()):
        yield f"exit code {outcome.code}, not {sorted(str(code) for code in codes)}"


def check_change(outcome: Outcome, good: Outcome) -> Iterator[str]:
    """Exit code 2 only where nothing was sent that may have changed something."""
    if outcome.code == 2 and outcome.changes:
        yield f"exit code 2 after {outcome.changes[0]['method']} {outcome.changes[0]['target']}"


def check_trace(outcome: Outcome, good: Outcome) -> Iterator[str]:
    # On stdout a traceback is a task's own, in its log.
    for text, words in ((outcome.err, _TRACE), (outcome.out, _FAULT)):
        if match := words.search(text):
            yield text[match.start() :][:160].replace("\n", " ")
            return


def check_message(outcome: Outcome, good: Outcome) -> Iterator[str]:
    """One error, not too long."""
    if outcome.code in (0, 5, None):
        return
    if "json" in outcome.case.options:
        objects = [line for line in outcome.err.splitlines() if line.startswith('{"error"')]
        shown = outcome.err[outcome.err.find('{"error"') :] if len(objects) == 1 else outcome.err
    else:
        objects = [line for line in outcome.err.splitlines() if line.startswith("error: ")]
        shown = objects[0] if objects else ""
    if len(objects) != 1:
        yield f"{len(objects)} errors: {outcome.err[:160]!r}"
    elif len(shown) > (_LONGEST_JSON_ERROR if "json" in outcome.case.options else _LONGEST_ERROR):
        yield f"an error of {len(shown)} letters"


def check_stdout(outcome: Outcome, good: Outcome) -> Iterator[str]:
    """Nothing where the line fails, but for the whole rows that a format which streams has printed before."""
    is_json = "json" in outcome.case.options
    has_failed = outcome.code not in (0, 5, 130, None)
    has_rows = not is_json and len(outcome.requests) > 1 and outcome.out.endswith("\n")
    if has_failed and outcome.out and not has_rows:
        yield f"exit code {outcome.code} with {outcome.out[:80]!r} on stdout"


def check_json(outcome: Outcome, good: Outcome) -> Iterator[str]:
    if "json" in outcome.case.options and outcome.out:
        try:
            read_json(outcome.out)
        except ValueError as error:
            try:  # logs are one object a line
                for line in outcome.out.splitlines():
                    read_json(line)
            except ValueError:
                yield f"stdout is no JSON: {error}"


def check_file(outcome: Outcome, good: Outcome) -> Iterator[str]:
    # Where a good run fails, as an export of masked secrets does, its file is written.
    if outcome.code and not good.code and outcome.files:
        yield f"exit code {outcome.code} and {', '.join(outcome.files)} was written"


def check_twice(outcome: Outcome, good: Outcome) -> Iterator[str]:
    """No change is sent more often than in the good run."""
    allowed = Counter((row["method"], row["target"], row["body"]) for row in good.changes)
    sent = Counter((row["method"], row["target"], row["body"]) for row in outcome.changes)
    for (method, target, _), number in sent.items():
        most = max(1, max((count for key, count in allowed.items() if key[0] == method), default=1))
        if number > most:
            yield f"{number} times {method} {target}"


def check_name(outcome: Outcome, good: Outcome) -> Iterator[str]:
    """No request for a thing without a name."""
    typed = set(outcome.case.words)
    for row in outcome.requests:
        parts = [unquote(part) for part in row["target"].partition("?")[0].split("/")[1:]]
        for part in parts:
            if part not in typed and _NO_NAME.fullmatch(part):
                yield f"{row['method']} {row['target'][:100]}"
                return
        if "" in parts:
            yield f"{row['method']} {row['target'][:100]}"
            return


def check_limits(outcome: Outcome, good: Outcome) -> Iterator[str]:
    if outcome.seconds > LONGEST or outcome.busy > _BUSIEST:
        yield f"{outcome.seconds:.1f} s, {outcome.busy:.1f} s of them busy"
    if len(outcome.requests) > max(_MOST_ASKED, 2 * len(good.requests)):
        yield f"{len(outcome.requests)} requests"
    if outcome.memory > _LARGEST:
        yield f"{outcome.memory:.0f} MB"


def check_alive(outcome: Outcome, good: Outcome) -> Iterator[str]:
    match = _ALIVE.search(outcome.err)
    if match:
        yield f"{match[0]!r} on stderr"


CHECKS: dict[str, Check] = {
    "code": check_code,
    "change": check_change,
    "trace": check_trace,
    "message": check_message,
    "stdout": check_stdout,
    "json": check_json,
    "file": check_file,
    "twice": check_twice,
    "name": check_name,
    "limits": check_limits,
    "alive": check_alive,
}


def find_faults(outcome: Outcome, good: Outcome) -> Iterator[tuple[str, str]]:
    """Each check that does not hold, with what is wrong."""
    for name, check in CHECKS.items():
        if not is_excused(outcome.case, name):
            yield from ((name, words) for words in check(outcome, good))
