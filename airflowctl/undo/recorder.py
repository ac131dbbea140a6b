"""Records the changes of a line: reads things before each request, and keeps them at the line's end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from airflowctl.core.command import Command
from airflowctl.core.errors import CliError, ConfigError, Interrupted, Unreachable
from airflowctl.core.next_line import suggest
from airflowctl.core.sensitive import holds_secret
from airflowctl.core.undo import LISTED, Undo
from airflowctl.core.wording import format_count
from airflowctl.undo.entry import Entry, Item, has_mask
from airflowctl.undo.journal import MOST_ITEMS
from airflowctl.undo.reading import Key, kept_fields, key_of, read
from airflowctl.undo.secret_values import is_harmless
from airflowctl.undo.targets import Request, Target, read_targets

if TYPE_CHECKING:
    from airflowctl.api.client import Client
    from airflowctl.core.environment import Environment
    from airflowctl.core.redaction import Redactor
    from airflowctl.undo.journal import Journal

SERVER_FAULT = 500
_NO_KIND = Undo("", why_not="changes of this kind are not taken back")


class RecorderContext(NamedTuple):
    """What a recorder needs of the session of its line. `kinds` are the kinds of names that commands take."""

    api: Callable[[], Client]
    environment: Callable[[], Environment]
    kinds: Callable[[], Collection[str]]
    journal: Callable[[], Journal]  # built where something is kept: its folder may be missing
    redact: Redactor
    note: Callable[[str], object]


class Recorder:
    """Collects what a line changes. The client sends each request of the line through `record_request`."""

    def __init__(self, command: Command, values: Mapping[str, Any], context: RecorderContext) -> None:
        self._command, self._values, self._context = command, values, context
        self._spec = command.undo or _NO_KIND
        self._targets: dict[Key, Target] = {}  # of all requests; the first sight of each thing counts
        self._after: dict[Key, dict[str, Any] | None] = {}
        self._why_not = self._spec.why_not
        self._is_within = False  # a request, which may take others: those are not looked at for themselves
        self.is_in_doubt = False  # whether a request was sent whose outcome is not known

    def around(
        self,
        op: str,
        query: Mapping[str, Any] | None,
        body: Any,
        path: Mapping[str, str],
        send: Callable[[], Any],
    ) -> Any:
        """Send a request of the line by `send`, and return its answer. Raises CliError."""
        # Reads of the line change nothing, and a read for the record would record itself.
        if op not in self._spec.changes or self._is_within:
            return send()
        now = self._read_targets(Request(op, query or {}, body, path))
        # Before the request leaves: Ctrl-C may come at any moment after this line.
        self.is_in_doubt = self._is_within = True
        try:
            answer = send()
        except CliError as error:
            # With a broken connection or a fault of the server, the change may have been made (decision
            # 0012).
            self.is_in_doubt = isinstance(error, Unreachable | Interrupted) or error.status >= SERVER_FAULT
            raise
        finally:
            self._is_within = False
        self.is_in_doubt = False
        self._note_targets(now)
        self._after.update(self._fields_after(op, body, answer, now))
        return answer

    def _read_targets(self, request: Request) -> dict[Key, Target]:
        """Return what a request is about to change. Raises Unreachable and Interrupted: then it is not
        sent."""
        try:
            targets = read_targets(self._context.api(), self._spec, request)
        except (Unreachable, Interrupted):
            raise  # nothing is changed before the state before it is known
        except CliError as error:
            self._why_not = f"what was there could not be read: {error.message}"
            return {}
        # Reading the state of thousands of things would cost more than the change itself.
        if len(targets) > MOST_ITEMS:
            self._why_not = f"more than {MOST_ITEMS:,} things were changed"
            return {}
        return targets

    def _note_targets(self, now: Mapping[Key, Target]) -> None:
        for key, target in now.items():
            first_target = self._targets.setdefault(key, target)
            # A line may change one thing twice: what was before the first change is what comes back.
            fields = tuple(dict.fromkeys((*first_target.fields, *target.fields)))
            self._targets[key] = first_target._replace(fields=fields)

    def _fields_after(
        self, op: str, body: Any, answer: Any, now: Mapping[Key, Target]
    ) -> dict[Key, dict[str, Any] | None]:
        spec = self._spec
        if op == spec.delete:
            return dict.fromkeys(now)
        # An answer for many things says only how many: what each is now follows from the body.
        if spec.changes[op] == LISTED:
            return {key: {**(target.before or {}), **body} for key, target in now.items()}
        if isinstance(answer, dict) and all(name in answer for name in (*spec.keys, spec.fields[0])):
            return {key_of(spec, answer): kept_fields(spec, answer)}
        try:
            return read(self._context.api(), spec, now)
        except CliError as error:
            self._why_not = f"what is there now could not be read: {error.message}"
            return {}

    def keep(self) -> None:
        """Keep the line's changes, if any; a file that cannot be written is a warning."""
        if self.is_in_doubt:
            self._why_not = "whether the server has done it is not known"
        items = self._items()
        if self._spec.changes and not items and not self._why_not:
            if self._targets:
                return  # what was to be changed was so already
            self._why_not = _NO_KIND.why_not
        try:
            entry = self._context.journal().add(self._entry(items), self._is_harmless)
        except ConfigError as error:
            self._context.note(f"undo cannot take this back: {error.message}")
            return
        # Of many things a user would not know any more which were another way before.
        if len(items) > 1 and not entry.obstacle():
            count = format_count(len(items), self._spec.kind)
            self._context.note(
                f"{count} as before, within an hour: {suggest('undo', '--change', entry.number)}"
            )

    def _items(self) -> tuple[Item, ...]:
        changes = []
        for key, target in self._targets.items():
            if key not in self._after:
                continue
            before, after, fields = target.before, self._after[key], target.fields
            if not self._spec.is_whole:
                # Only what the line wrote: another user's change of another field must not be taken back with
                # it.
                before, after = _select(before, fields), _select(after, fields)
            changes.append(Item(key, before, after, fields))
        return tuple(item for item in changes if item.is_change)

    def _entry(self, items: tuple[Item, ...]) -> Entry:
        is_known = bool(self._spec.changes)
        environment = self._context.environment()
        return Entry(
            0,
            0.0,
            environment.name,
            environment.url,
            environment.username,
            self._command.line,
            self._spec.kind if is_known else "",
            items,
            self._why_not,
            self._look_command(),
            "" if items else self._names(),
        )

    def _look_command(self) -> tuple[str, ...]:
        dag = next(
            (self._values[param.name] for param in self._command.params if param.complete == "dag"), None
        )
        return (*self._spec.look, dag) if self._spec.look and isinstance(dag, str) else ()

    def _names(self) -> str:
        """Return the names of the line's arguments for the list of changes, without values."""
        kinds = self._context.kinds()
        chosen = [self._values[param.name] for param in self._command.arguments if param.complete in kinds]
        texts = [str(name) for value in chosen for name in (value if isinstance(value, tuple) else (value,))]
        return " ".join(text for text in texts if text != "None" and not holds_secret(text))

    def _is_harmless(self, item: Item, field: str) -> bool:
        """Return whether the values of a field may be written to the disk."""
        redact = self._context.redact
        values = [(fields or {}).get(field) for fields in (item.before, item.after)]
        return all(is_harmless(self._spec, item.key, field, value, redact) for value in values)

    def losses(self) -> str:
        """Return a sentence, for the question before the line, on what undo could not bring back; empty where
        there is nothing, or it cannot be read."""
        param = next(
            (candidate for candidate in self._command.params if candidate.complete == self._spec.kind), None
        )
        name = self._values.get(param.name) if param else None
        if not isinstance(name, str) or len(self._spec.keys) != 1 or not self._spec.fields:
            return ""
        try:
            fields = read(self._context.api(), self._spec, [(name,)])[name,] or {}
        except CliError:
            return ""
        written = fields if self._command.op == self._spec.delete else self._written_fields(fields)
        masked = [field for field in written if has_mask(fields[field])]
        if not masked:
            return ""
        return f"undo cannot bring back its {' and '.join(masked)}: the server masks what is there"

    def _written_fields(self, fields: Mapping[str, Any]) -> list[str]:
        """Return the fields that the line writes, by the names of its options."""
        # Options of connections are called as in the classic command, fields as in the API.
        options = {name.removeprefix("conn_") for name, value in self._values.items() if value}
        return [name for name in fields if name in options or options & {"uri", "json"}]


def _select(fields: dict[str, Any] | None, names: tuple[str, ...]) -> dict[str, Any] | None:
    return None if fields is None else {name: fields[name] for name in names if name in fields}
