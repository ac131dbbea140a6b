"""The plan of an import: each item of a file compared with the server."""

from __future__ import annotations

from airflowctl.core.sensitive import is_sensitive_name
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.bulk_results import NOT_BEGUN, WOULD_FAIL
from airflowctl.domain.differences import CHANGE, CREATE, EXISTS, Difference, compare
from airflowctl.domain.differences import SKIP as SKIPPED
from airflowctl.domain.file_params import FAIL, SKIP
from airflowctl.domain.import_items import FieldError
from airflowctl.domain.masks import is_masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from airflowctl.domain.file_params import ImportValues
    from airflowctl.domain.import_items import Item
    from airflowctl.domain.import_kind import Kind
    from airflowctl.session.session import Session

EXISTS_ALREADY = "it exists already"
_LONGEST_SHOWN = 60  # characters of a value


class Outcome(NamedTuple):
    """What became of an item, or would: a word, the fields, and a reason."""

    result: str
    fields: tuple[str, ...] = ()
    reason: str = ""


class Plan:
    """The differences by name, and the problems that only a look at the server shows."""

    def __init__(self, session: Session, kind: Kind, settings: ImportValues, items: Iterable[Item]) -> None:
        self._session = session
        self._kind = kind
        self._comparison = kind.load()[1]
        self.store = kind.open(session, settings)
        self._settings = settings
        self._items = {item.name: item for item in items}
        self.names = list(self._items)
        self.problems: list[tuple[Item, FieldError]] = []
        self.differences: dict[str, Difference] = {}
        self.code = 0  # of an error that ended it
        self.look(self.names)

    @property
    def is_refused(self) -> bool:
        """Return whether nothing may be sent, because something exists already that must not."""
        return any(difference.action == EXISTS for difference in self.differences.values())

    @property
    def skips(self) -> bool:
        """Return whether what exists is left alone."""
        return self._settings.action == SKIP

    def look(self, names: Iterable[str]) -> None:
        """Compare items of these names with what the server has now."""
        current = self.store.read(self._items) if self._items else {}
        for name in names:
            self._compare(self._items[name], current.get(name))

    def _compare(self, item: Item, current: Mapping[str, Any] | None) -> None:
        if current is not None and self._settings.action in (SKIP, FAIL):
            action = EXISTS if self._settings.action == FAIL else SKIPPED
            self.differences[item.name] = Difference(item.name, action)
            return
        try:
            difference = compare(
                self._comparison,
                item.name,
                item.fields,
                current,
                is_replaced=self._settings.replace,
                has_literal_stars=item.name in self._settings.literal_stars,
            )
            self.store.check(item.name, item.fields)
        except FieldError as error:
            self.problems.append((item, error))
            return
        note = self._note(difference)
        self.differences[item.name] = difference._replace(note=note) if note else difference

    def _note(self, difference: Difference) -> str:
        # Only a connection sends a stored secret to where it leads.
        if self._kind.key != "connection_id":
            return ""
        from airflowctl.domain.connections.kept_secrets import find_new_target

        return find_new_target(difference)

    def preview(self) -> dict[str, Outcome]:
        """Return what would become of each item."""
        return {name: self._preview(difference) for name, difference in self.differences.items()}

    def _preview(self, difference: Difference) -> Outcome:
        if self.is_refused:
            reason = EXISTS_ALREADY if difference.action == EXISTS else "another one exists already"
            return Outcome(WOULD_FAIL, (), reason)
        reason = format_reason(difference)
        if difference.action == CREATE:
            return Outcome("would be created", self._show_fields(difference), reason)
        if difference.action == CHANGE:
            return Outcome("would be changed", self._show_fields(difference), reason)
        if difference.action == SKIPPED:
            return Outcome("would be skipped", (), EXISTS_ALREADY)
        return Outcome("same", (), reason)

    def _show_fields(self, difference: Difference) -> tuple[str, ...]:
        """`host: old -> new`, and `(set)` for what is or may be secret."""
        shown = []
        for field in difference.fields:
            before, after = difference.before.get(field), difference.after.get(field)
            if _is_secret(difference.name, field, before, after):
                shown.append(f"{field}: (set)")
            elif difference.action == CREATE:
                shown.append(f"{field}: {_cut(after)}")
            else:
                shown.append(f"{field}: {_cut(before)} -> {_cut(after)}")
        return tuple(shown)

    def refuse(self) -> dict[str, Outcome]:
        """Return what becomes of each item where something exists that must not."""
        return {
            name: Outcome("failed", (), EXISTS_ALREADY)
            if difference.action == EXISTS
            else Outcome(NOT_BEGUN, (), "another one exists already")
            for name, difference in self.differences.items()
        }


def format_reason(difference: Difference) -> str:
    """Return what a user should know of an item that is right."""
    kept = f"secret kept: {', '.join(difference.kept)}" if difference.kept else ""
    return "; ".join(filter(None, (kept, difference.note)))


def _is_secret(name: str, field: str, before: Any, after: Any) -> bool:
    # An extra is one text, and each part of it may be a secret.
    is_of_secret = field in ("password", "extra") or (field == "value" and is_sensitive_name(name))
    return is_of_secret or is_masked(before) or is_masked(after)


def _cut(value: Any) -> str:
    value = ", ".join(value) if isinstance(value, list) else value
    text = "(none)" if value in (None, "") else " ".join(str(value).split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
