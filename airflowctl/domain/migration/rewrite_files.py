"""`migrate rewrite`: the files of a line, shown or written."""

from __future__ import annotations

from airflowctl.core.errors import DIFFERS, DONE, UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.migration.rewritten import diff, rewrite, write
from airflowctl.domain.migration.scan import scan

if TYPE_CHECKING:
    from airflowctl.session.session import Session


def rewrite_files(session: Session, paths: tuple[str, ...], *, shows: bool, writes: bool) -> Text:
    """Return what changes in the files. Raises UsageError."""
    if not shows and not writes:
        raise UsageError(
            "say what to do with the changes", "give --diff to see them, --write to write the files"
        )
    results = [rewrite(file, findings) for file, findings in scan(paths, session.output.note) if findings]
    changed = [result for result in results if result.text != result.file.text]
    if writes:
        for result in changed:
            write(result)
    calls = sum(len(result.left) for result in results)
    verb = "changed" if writes else "would change"
    left = f"; look at {format_count(calls, 'call')}, which a comment names" if calls else ""
    session.output.note(f"{format_count(len(changed), 'file')} {verb}{left}")
    text = "".join(map(diff, changed)) if shows else ""
    data = [
        {
            "file": result.file.path,
            "changed": result.text != result.file.text,
            "written": writes and result.text != result.file.text,
            "left": [
                {"line_number": finding.line, "verdict": finding.verdict.word} for finding in result.left
            ],
        }
        for result in results
    ]
    return Text(text, data, DIFFERS if changed and not writes else DONE)
