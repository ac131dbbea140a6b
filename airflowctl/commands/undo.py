"""Undo the last change. What was there is kept for an hour when a person changes something."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, command, opt
from airflowctl.core.converters import whole_number
from airflowctl.core.effect import OVERWRITE, effect
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.undo import KINDS, NONE
from airflowctl.core.wording import format_count
from airflowctl.domain.params import DRY_RUN

if TYPE_CHECKING:
    from airflowctl.session.session import Session


LISTED = ("number", "time", "environment", "user", "change", "undo", "reason")
_OPS = tuple(
    dict.fromkeys(
        op
        for kind in KINDS.values()
        for op in (kind.read, kind.read_unmapped, kind.list, kind.update, kind.create, kind.delete)
        if op
    )
)


@command(
    "undo",
    "Undo the last change, within an hour.",
    opt("--change", help="The change of this number in undo list.", convert=whole_number, metavar="N"),
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    uses=_OPS,
    invalidates=("variable", "connection", "pool", "dag", "run"),
    effect=effect(OVERWRITE, in_handler=True),
    undo=NONE,
    about="Changes of variables, connections, pools, pauses, notes and marks are recorded when they are"
    " made in the shell or on a terminal, not by scripts. It shows what it will write, asks first,"
    " and refuses if something has changed since. Values that the server masks cannot be restored.",
    examples=("airflowctl undo", "airflowctl undo --dry-run"),
)
def undo(session: Session, change: int | None, dry_run: bool) -> Rows:
    from airflowctl.domain.undo_choice import choose_change
    from airflowctl.domain.undo_report import list_outcomes, list_steps, show_steps
    from airflowctl.undo import reversal

    if not dry_run:
        # Before the requests: a script has no user to see what would be written.
        session.console.require_user("undo")
    entry = choose_change(session, change)
    steps = reversal.plan(session.api, entry)
    if dry_run:
        return list_steps(session, entry, steps)
    show_steps(session, entry, steps)
    ready = [step for step in steps if not step.problem]
    session.console.confirm(
        f"{entry.summary}: {format_count(len(ready), entry.kind)} would be as before.", "undo"
    )
    failed = reversal.take_all_back(session.api, entry.spec, steps)
    # What failed stays, so that the same line tries it again.
    session.parts.journal.keep_only(entry, tuple(failed))
    return list_outcomes(entry, steps, failed)


@command(
    "undo list",
    "List the recorded changes of the last hour, the newest first.",
    about="`reason` says why a change cannot be undone, as far as that is known without a request.",
    examples=("airflowctl undo list", "airflowctl undo list -o json"),
)
def list_changes(session: Session) -> Rows:
    from airflowctl.domain.undo_report import change_row

    rows = (change_row(entry) for entry in session.parts.journal.entries())
    return Rows(
        rows, LISTED, "number", {"user": "", "reason": None}, "nothing was changed within the last hour"
    )
