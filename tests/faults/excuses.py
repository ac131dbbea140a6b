"""What the checks do not want of a line, and why: the one list of excuses."""

from __future__ import annotations

from typing import NamedTuple

from tests.faults.runs import Case


class Excuse(NamedTuple):
    """`check` is not wanted of lines that begin with one of `begins` (all lines where it is empty), under
    faults whose `kind/name` begins with `fault`."""

    check: str
    begins: tuple[str, ...]
    reason: str
    fault: str = ""


_MANY_AT_ONCE = (
    "assets state clear", "connections import", "dagrun delete", "dagrun mark", "dags clear", "dags pause",
    "dags unpause", "pools import", "roles import", "tasks clear", "users import", "variables import",
    "workers queues", "workers shutdown-all",
)  # fmt: skip
EXCUSES = (
    Excuse(
        "stdout",
        _MANY_AT_ONCE,
        "each of several things has a row with its result; one that failed makes the exit code 1",
    ),
    Excuse(
        "message",
        _MANY_AT_ONCE,
        "the reason stands in the row of what failed",
    ),
    Excuse(
        "code",
        ("api ",),
        "it shows what came, whatever that is",
    ),
    Excuse(
        "stdout",
        ("api ",),
        "the body of a refusal is shown too",
    ),
    Excuse(
        "message",
        (
            "status",
            "health",
            "diagnose",
            "jobs check",
            "connections test",
            "dags list-import-errors",
            "plugins",
        ),
        "what is wrong is the answer: it stands on stdout, and the exit code is 0 or 1",
    ),
    Excuse(
        "code",
        ("status", "health", "diagnose", "jobs check", "connections test"),
        "what is wrong is the answer: it stands on stdout, and the exit code is 0 or 1",
    ),
    Excuse(
        "stdout",
        ("status", "health", "diagnose", "jobs check", "connections test"),
        "what is wrong is the answer",
    ),
)


def is_excused(case: Case, check: str) -> bool:
    """Whether the list of excuses has this check of this case."""
    line = " ".join(case.words)
    return any(
        excuse.check == check
        and case.fault.startswith(excuse.fault)
        and (not excuse.begins or line.startswith(excuse.begins))
        for excuse in EXCUSES
    )
