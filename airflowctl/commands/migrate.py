"""Moving scripts that call the classic `airflow`."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.results import Rows
    from airflowctl.session.session import Session

_FILES = arg("path", "A file, or a folder to look through.", repeatable=True, required=True, complete="path")


@command(
    "migrate check",
    "Find the calls of the classic airflow in files, and say what becomes of each.",
    _FILES,
    about="Looks at the words of each call and at what reads its output: pipes, variables, tests, files."
    " A call is the same, the same with --classic, changed, several calls, stays local, impossible over the"
    " API, or unsure where its words are known only when it runs. Exits 6 when something must change. No"
    " request is sent.",
    examples=("airflowctl migrate check deploy.sh", "airflowctl migrate check . -o json"),
)
def check(session: Session, path: tuple[str, ...]) -> Rows:
    from airflowctl.domain.migration.findings import make_rows, summary
    from airflowctl.domain.migration.scan import scan

    files = list(scan(path, session.output.note))
    findings = [finding for _, found in files for finding in found]
    session.output.note(summary(findings, len(files)))
    return make_rows(findings)
