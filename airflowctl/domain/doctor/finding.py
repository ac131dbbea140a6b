"""What a check of `doctor` finds, and how a report shows it."""

from __future__ import annotations

from airflowctl.core.errors import DONE, REFUSED, CliError
from airflowctl.core.rich_results import BAD, GOOD, WARN, Report, Section
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

OK, WARNING, PROBLEM, UNKNOWN = "ok", "warning", "problem", "not checked"
_TONES = {OK: GOOD, WARNING: WARN, PROBLEM: BAD, UNKNOWN: ""}


class Finding(NamedTuple):
    """`check` is the stable name of the check, `state` one of OK, WARNING, PROBLEM and UNKNOWN, `detail` a
    sentence without secrets, `fix` what fixes it: a line to run, or words."""

    check: str
    state: str
    detail: str
    fix: str = ""


def from_error(check: str, error: CliError) -> Finding:
    """Return the problem that an error of ours describes."""
    return Finding(check, PROBLEM, error.message, error.hint)


def make_report(findings: Iterable[Finding]) -> Report:
    """Return the findings as a report; its exit code is 1 where one of them is a problem."""
    rows = list(findings)
    has_problem = any(finding.state == PROBLEM for finding in rows)
    data = {"ok": not has_problem, "findings": [finding._asdict() for finding in rows]}
    return Report(tuple(map(_section, rows)), data, REFUSED if has_problem else DONE)


def _section(finding: Finding) -> Section:
    tone = _TONES[finding.state]
    if finding.state == OK:
        return Section(f"{finding.check}: {finding.detail}", (), tone)
    if finding.state == UNKNOWN:
        return Section(f"{finding.check}: {finding.state}, {finding.detail}", (), tone)
    fix = (f"to fix it: {finding.fix}",) if finding.fix else ()
    return Section(f"{finding.check}: {finding.state}", (finding.detail, *fix), tone)
