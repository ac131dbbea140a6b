"""Editing a thing of the server: opened in the user's editor, compared, agreed to, and only then sent."""

from __future__ import annotations

from airflowctl.core.errors import INTERRUPTED, Conflict, Declined, FormLeft, UsageError
from airflowctl.core.options import BATCH
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list
from airflowctl.domain.differences import SAME, compare
from airflowctl.domain.editing.edit_text import list_difference, read_file, render_file
from airflowctl.domain.import_items import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.domain.differences import Difference
    from airflowctl.domain.editing.subject import Subject
    from airflowctl.output.editor import EditedFile
    from airflowctl.session.session import Session


def edit(session: Session, subject: Subject, line: str) -> Text:
    """Let the user edit a thing; return what became of it. `line` are the words of the command. Raises
    UsageError where no user can edit, or the user leaves: nothing was sent."""
    from airflowctl.execution.end_signals import EndSignals
    from airflowctl.output.editor import EditedFile

    if session.mode == BATCH or not session.console.can_ask:
        raise UsageError(f"{line} opens an editor, and there is no terminal for it")
    current = subject.fetch()
    text = render_file(subject, subject.render(current), f"{session.place}{session.mark}")
    with EndSignals() as signals:
        try:
            with EditedFile(f"{subject.noun}.yaml", session.streams.environ) as file:
                return _Edit(session, subject, line, file).run(current, text)
        except KeyboardInterrupt:
            # Being ended is no Ctrl-C, after which the shell goes to its next prompt.
            if (code := signals.exit_code(INTERRUPTED)) != INTERRUPTED:
                raise SystemExit(code) from None
            raise


class _Edit:
    def __init__(self, session: Session, subject: Subject, line: str, file: EditedFile) -> None:
        self._session, self._subject, self._line, self._file = session, subject, line, file

    def run(self, current: Mapping[str, Any], text: str) -> Text:
        """Edit until what was typed is right, agreed to, and about what the server has."""
        subject, name, before = self._subject, self._subject.name, text
        while True:
            text = self._file.edit(text)
            if text == before:
                return self._unchanged()
            try:
                difference = self._compare(current, text)
            except UsageError as error:
                self._offer_again(error)
                continue
            if difference.action == SAME:
                return self._unchanged(difference.kept)
            self._show(difference)
            try:
                self._session.console.confirm(f"{subject.noun} {name} would be changed.", self._line)
            except Declined as error:  # who sees a mistake in the difference wants to fix it
                self._offer_again(error)
                continue
            now = subject.fetch()
            moved = _find_moved(subject.render(current), subject.render(now))
            if not moved:
                subject.send(difference)
                fields = [*difference.fields]
                return Text(f"changed {name}: {format_list(fields)}", {"name": name, "changed": fields})
            self._offer_again(
                Conflict(f"{name} has been changed on the server meanwhile: {', '.join(moved)}")
            )
            current = now

    def _compare(self, current: Mapping[str, Any], text: str) -> Difference:
        fields = read_file(self._subject, text)
        if fields.get("password"):
            self._session.parts.redact.learn(str(fields["password"]))
        try:
            return compare(self._subject.compare_by, self._subject.name, fields, current)
        except FieldError as error:
            raise UsageError(": ".join((*map(str, error.path), str(error)))) from None

    def _show(self, difference: Difference) -> None:
        note = self._session.output.note
        for row in list_difference(difference):
            note(row)
        if difference.kept:
            note(f"kept as stored: {format_list([*difference.kept])}")
        if self._subject.noun == "connection":
            from airflowctl.domain.connections.kept_secrets import find_new_target

            if warning := find_new_target(difference):
                note(f"warning: {warning}")

    def _offer_again(self, error: UsageError | Conflict) -> None:
        """Let the user go back to what was typed. Raises the error where the user does not want to."""
        is_no = isinstance(error, Declined)
        if not is_no:
            self._session.output.note(error.message)
        answer = self._session.console.ask_consent(f"edit again? {'[y/N]' if is_no else '[Y/n]'} ").lower()
        if answer in ("y", "yes") or not (answer or is_no):
            return
        raise error if isinstance(error, (Conflict, Declined)) else FormLeft("nothing was sent")

    def _unchanged(self, kept: tuple[str, ...] = ()) -> Text:
        why = f"; kept as stored: {format_list([*kept])}" if kept else ""
        return Text(f"nothing was changed{why}", {"name": self._subject.name, "changed": []})


def _find_moved(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the fields that are other than they were."""
    return [name for name in {**before, **now} if before.get(name) != now.get(name)]
