"""Imports: what a file wants is compared with the server, and only what differs is sent, in chunks."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.effect import OVERWRITE
from airflowctl.core.errors import DIFFERS, DONE, REFUSED, UsageError
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count, format_list
from airflowctl.domain.import_files import read_document
from airflowctl.domain.import_items import FieldError

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from airflowctl.domain.differences import Difference
    from airflowctl.domain.document import Document
    from airflowctl.domain.file_params import ImportValues
    from airflowctl.domain.import_items import Item
    from airflowctl.domain.import_kind import Kind
    from airflowctl.session.session import Session


def check_source(session: Session, kind: Kind, values: Mapping[str, Any]) -> None:
    """Raise WrongFile with what is wrong in the file of an import: a batch asks before its first request."""
    stars = values.get("literal_stars") or ()
    document, _, _ = read_source(session, kind, values["file"], values.get("file_format"), stars)
    if document.is_damaged or not values.get("partial"):
        document.fail()


def read_source(
    session: Session, kind: Kind, file: str, file_format: str | None, literal_stars: Collection[str] = ()
) -> tuple[Document, list[Item], dict[str, str]]:
    """Return what is in a file, its items that are right, and the reasons of those that are not."""
    from airflowctl.domain.import_items import read_items

    shape, comparison = kind.load()
    document = read_document(session, file, file_format, kind.prefix)
    items, bad = read_items(document, shape)
    # Where a mask can stand for no stored secret it is wrong before the server is asked.
    if not comparison.keeps_secrets:
        for item in list(items):
            try:
                comparison.prepare(item.fields, None, item.name in literal_stars)
            except FieldError as error:
                items.remove(item)
                add_problem(document, bad, item, error)
    for item in items:
        # From here on no error and no --debug shows a password of the file.
        if item.fields.get("password"):
            session.parts.redact.learn(str(item.fields["password"]))
    return document, items, bad


def add_problem(document: Document, bad: dict[str, str], item: Item, error: FieldError) -> None:
    """Add what is wrong with an item to the problems of its document, and to the reasons by name."""
    field = ".".join(map(str, error.path))
    document.add((*item.path, *error.path), ": ".join(filter(None, (item.name, field, str(error)))))
    bad[item.name] = str(error)


def run_import(session: Session, kind: Kind, settings: ImportValues, line: str) -> Rows:
    """Import what is in a file. `line` are the words of the command. Raises WrongFile with all that is wrong,
    before anything is changed."""
    from airflowctl.domain.import_plan import Plan
    from airflowctl.domain.send_changes import send_changes

    document, items, bad = read_source(
        session, kind, settings.file, settings.file_format, settings.literal_stars
    )
    if document.is_damaged or not (items or bad):
        document.fail("nothing was sent")
    if not items and not bad:
        raise UsageError("there is nothing to import", f"{document.name} has no {kind.items}")
    if not settings.partial:
        document.fail("nothing was sent; --partial imports the others")
    plan = Plan(session, kind, settings, items)
    for item, error in plan.problems:
        add_problem(document, bad, item, error)
    # Wrong only beside what the server has, which the plan has read by now.
    if not settings.partial:
        document.fail("nothing was changed; --partial imports the others")
    if not settings.dry_run:
        _confirm(session, kind, plan.differences, line)
        _warn_of_targets(session, plan.differences)
    outcomes = plan.preview() if settings.dry_run else send_changes(session, plan)
    return _rows(session, kind, plan, outcomes, bad, settings)


def _confirm(session: Session, kind: Kind, differences: Mapping[str, Difference], line: str) -> None:
    """Ask, where a person is asked, before things that are there already are changed, naming them."""
    from airflowctl.domain.differences import CHANGE

    names = [name for name, difference in differences.items() if difference.action == CHANGE]
    if names and session.console.has_to_ask(OVERWRITE):
        noun = kind.items.removesuffix("s")
        warning = f"{format_count(len(names), noun)} would be overwritten: {format_list(names)}."
        session.console.confirm_change(OVERWRITE, warning, line)


def _warn_of_targets(session: Session, differences: Mapping[str, Difference]) -> None:
    for name, difference in differences.items():
        if difference.note:
            session.output.note(f"warning: {name}: {difference.note}")


def _rows(
    session: Session,
    kind: Kind,
    plan: Any,
    outcomes: Mapping[str, Any],
    bad: Mapping[str, str],
    settings: ImportValues,
) -> Rows:
    from airflowctl.domain.bulk_results import FAILED, NOT_BEGUN, WOULD_FAIL

    names = [*plan.names, *(name for name in bad if name not in plan.names)]
    wrong = WOULD_FAIL if settings.dry_run else FAILED
    rows = []
    for name in names:
        result, fields, reason = (wrong, (), bad[name]) if name in bad else outcomes[name]
        rows.append({kind.key: name, "result": result, "fields": [*fields] or None, "reason": reason or None})
    _note_sum(session, rows)
    results = {row["result"] for row in rows}
    code = DONE
    if results & {FAILED, NOT_BEGUN, WOULD_FAIL}:
        code = plan.code or REFUSED
    # As of diff: a script asks a dry run whether anything would be created or changed.
    elif settings.dry_run and any(result.startswith("would be c") for result in results):
        code = DIFFERS
    optional = {"fields": None, "reason": None}
    return Rows(
        rows, (kind.key, "result", "fields", "reason"), kind.key, optional, "nothing to do", code=code
    )


def _note_sum(session: Session, rows: list[dict[str, Any]]) -> None:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["result"]] = counts.get(row["result"], 0) + 1
    parts = ", ".join(f"{number:,} {result}" for result, number in counts.items())
    session.output.note(f"{len(rows):,} in all: {parts}")
