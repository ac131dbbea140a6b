"""Moving scripts that call the classic `airflow`."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.results import Rows, Text
    from airflowctl.core.rich_results import Report
    from airflowctl.session.session import Session

_FILES = arg("path", "A file, or a folder to search.", repeatable=True, required=True, complete="path")


@command(
    "migrate check",
    "Find the calls of the classic airflow in files, and report what each call needs.",
    _FILES,
    about="Checks the words of each call and what reads its output: pipes, variables, tests, files. A"
    " call is the same, the same with --classic, changed, several calls, stays local, impossible"
    " over the API, or unsure if its words are known only when it runs. Exits 6 when something"
    " must change, 1 when nothing must and a file could not be read. No request is sent.",
    examples=("airflowctl migrate check deploy.sh", "airflowctl migrate check . -o json"),
)
def check(session: Session, path: tuple[str, ...]) -> Rows | Report:
    from airflowctl.domain.migration.check_report import is_for_report, make_report
    from airflowctl.domain.migration.findings import make_rows, summary
    from airflowctl.domain.migration.scan import scan
    from airflowctl.domain.migration.source_file import NO_TEXT

    unread: list[str] = []
    files = list(scan(path, unread.append))
    for text in unread:
        session.output.note(text)
    findings = [finding for _, file_findings in files for finding in file_findings]
    session.output.note(summary(findings, len(files)))
    rows = make_rows(findings, is_whole=all(text.endswith(NO_TEXT) for text in unread))
    return make_report(findings, rows) if is_for_report(session) else rows


@command(
    "migrate rewrite",
    "Change the calls of the classic airflow in files, with a comment where the change is not certain.",
    _FILES,
    flag(
        "--diff", help="Print what would change as a diff, which patch reads; exits 6 if there is a change."
    ),
    flag("--write", help="Write the files."),
    about="Every byte outside the changed words stays, and a second run changes nothing. A comment `#"
    " airflowctl: keep` on the line of a call, or above it, keeps the call as it is. The printed"
    " lines are those of the files, with any secrets in them. No request is sent.",
    examples=("airflowctl migrate rewrite deploy.sh --diff", "airflowctl migrate rewrite . --write"),
)
def rewrite(session: Session, path: tuple[str, ...], diff: bool, write: bool) -> Text:
    from airflowctl.domain.migration.rewrite_files import rewrite_files

    return rewrite_files(session, path, shows=diff, writes=write)


@command(
    "migrate plan",
    "List what the calls in files need over the API: permissions, a login on their machine, settings to"
    " delete.",
    _FILES,
    about="The roles are those that Airflow creates; a role of your own needs the permissions listed"
    " beside them. Database settings that no call needs any more are listed with the places where"
    " they are set. No request is sent.",
    examples=("airflowctl migrate plan .github deploy.sh", "airflowctl migrate plan . -o json"),
)
def plan(session: Session, path: tuple[str, ...]) -> Report:
    from airflowctl.domain.migration.plan import make_plan
    from airflowctl.domain.migration.scan import scan

    return make_plan(list(scan(path, session.output.note)))
