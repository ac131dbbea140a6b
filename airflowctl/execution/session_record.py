"""The lines of a session and what came of them, written to a Markdown file while they run."""

from __future__ import annotations

from airflowctl.core.errors import CliError, OutputFailed
from airflowctl.core.results import Record, Rows
from airflowctl.core.sensitive import holds_secret
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution.private_lines import is_private, public_text

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Printable
    from airflowctl.session.session import Session

_MOST_ROWS = 100
_LEFT_OUT = "(left out: it may hold a secret)"


class SessionRecord:
    """Appends each line, its result and its exit code to a file for this user only."""

    def __init__(self, path: str, session: Session, *, replaces: bool) -> None:
        """Make the file. Raises UsageError where there is one already, CliError where none can be made."""
        from airflowctl.storage.new_file import write_new_file

        self.path, self._session = path, session
        head = f"# {_now()}: {session.place}{session.mark}\n"
        write_new_file(path, self._hide(head), replaces=replaces)

    def add(self, text: str, code: int, result: Printable, meaning: str) -> None:
        """Append a line, and what it stood for. One that may hold a secret is its command alone, and has no
        result here."""
        session, words = self._session, text.split()
        # A line behind a blank is kept nowhere, as in the history.
        if not words or text.startswith(" ") or words[0] == "record":
            return
        is_secret = any(is_private(line, session.lookup) for line in (text, meaning)) or words[0] == "auth"
        # A backquote would end the heading's code.
        shown, meant = (public_text(line, session.lookup).replace("`", "'") for line in (text, meaning))
        parts = [f"\n## `{shown}`\n\n{_now()}, {f'exit code {code}' if code else 'done'}\n"]
        if meaning != text:
            parts.append(f"\nIt stood for `{meant}`.\n")
        if code and (problem := session.parts.last_error):
            parts.append(f"\n> error: {problem.message}\n")
        if result is not None and not is_secret and (body := self._render(result)):
            parts.append(f"\n{body}")
        try:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(self._hide("".join(parts)))
        except OSError as error:
            session.output.error(OutputFailed(f"cannot write {self.path}: {error.strerror}"))

    def _render(self, result: Printable) -> str:
        from airflowctl.output.streams import Caught

        more = ""
        if isinstance(result, Rows):
            items = list(result.items)
            if len(items) > _MOST_ROWS:
                more = f"\nThe first {_MOST_ROWS} of {len(items):,} rows.\n"
            result = result._replace(items=items[:_MOST_ROWS])
        is_table = isinstance(result, Rows | Record)
        out = Caught(is_terminal=False)
        options = self._session.options._replace(output="markdown" if is_table else None, query=None)
        try:
            self._session.with_options(options).into(out).output.show(result)
        # What cannot be shown as Markdown is left out; its line and exit code stand there.
        except CliError:
            return ""
        lines = (_LEFT_OUT if holds_secret(line) else line for line in out.getvalue().splitlines())
        text = "\n".join(lines)
        if not text:
            return ""
        return f"{text}\n{more}" if is_table else f"```text\n{text.replace('```', '` ` `')}\n```\n"

    def _hide(self, text: str) -> str:
        return self._session.parts.redact(text)


def _now() -> str:
    from datetime import UTC, datetime

    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
