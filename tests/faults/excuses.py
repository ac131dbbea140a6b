"""What the checks do not want of a line, and why: the one list of excuses."""

from __future__ import annotations

from typing import NamedTuple

from tests.faults.runs import Case


class Excuse(NamedTuple):
    """`checks` are not wanted of lines that begin with one of `begins` (all lines where it is empty), under
    faults whose `kind/name` begins with one of `faults`."""

    checks: tuple[str, ...]
    begins: tuple[str, ...]
    reason: str
    faults: tuple[str, ...] = ("",)


_MANY_AT_ONCE = (
    "assets state clear", "connections import", "dagrun delete", "dagrun mark", "dags clear", "dags pause",
    "dags unpause", "pools import", "roles import", "tasks clear", "tasks mark-all", "users import",
    "variables import", "workers queues", "workers shutdown-all",
)  # fmt: skip
_REPORTS = (
    "status", "health", "diagnose", "why", "jobs check", "connections test", "dags list-import-errors",
    "plugins", "stuck", "triage",
)  # fmt: skip
EXCUSES = (
    Excuse(
        ("stdout", "message"),
        _MANY_AT_ONCE,
        "each thing has a row with its result and its reason; one that failed makes the exit code 1",
    ),
    Excuse(
        ("code", "stdout"),
        ("api ",),
        "it shows what came, whatever that is, and the body of a refusal too",
    ),
    Excuse(
        ("code", "stdout", "message"),
        _REPORTS,
        "what is wrong is the answer: it stands on stdout, and the exit code is 0 or 1",
    ),
    Excuse(
        ("stdout",),
        ("logs ", "dagrun logs ", "tasks logs "),
        "lines of a log are printed as they come, and the list is closed: the error says that it is not all",
    ),
    Excuse(
        ("code",),
        ("hitl approve", "hitl reject", "hitl respond"),
        "the options that the server names decide whether the line is right; nothing was sent before it is",
    ),
    Excuse(
        ("code",),
        ("tasks clear some_id --run-id some_id --yes --follow",),
        "of how many runs tasks would be cleared is known by the server's plan; nothing was cleared before",
        ("field/", "paging/", "shape/"),
    ),
    Excuse(
        ("code",),
        ("pools list --columns", "pools list --sort"),
        "whether a column exists is known by the first row; a list changes nothing",
        ("field/", "paging/", "shape/"),
    ),
    Excuse(
        ("code",),
        ("users remove-role",),
        "whether the user has the role is known by the server's answer; nothing was sent that changes one",
        ("field/", "paging/", "shape/"),
    ),
    Excuse(
        ("code",),
        ("users import",),
        "a user whom the server does not list is new, and one without a password is an error of the file",
        ("field/",),
    ),
    Excuse(
        ("code",),
        ("connections create-default-connections", "connections delete", "pools delete", "variables delete"),
        "an answer without a body has none that could be broken",
        ("bytes/", "wire/length"),
    ),
    Excuse(
        ("code",),
        ("users ", "roles ", "permissions "),
        "a server without such a route, and without a document, has no FAB auth manager",
        ("status/404-no-route",),
    ),
    Excuse(
        ("limits",),
        ("stuck", "workers shutdown-all"),
        "an answer is read up to 64 MB: four are read at once, or one for each of 120 workers",
        ("bytes/gzip-bomb",),
    ),
    Excuse(
        ("limits",),
        (),
        "the answer itself is that large",
        ("field/text-long",),
    ),
)


def is_excused(case: Case, check: str) -> bool:
    """Whether the list of excuses has this check of this case."""
    line = " ".join(case.words)
    return any(
        check in excuse.checks
        and case.fault.startswith(excuse.faults)
        and (not excuse.begins or line.startswith(excuse.begins))
        for excuse in EXCUSES
    )
