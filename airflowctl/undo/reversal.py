"""Reverses a change: plans what to write, checks whether it may be, and sends the requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from airflowctl.core.errors import CliError, NotLoggedIn, ReadOnly, Unreachable
from airflowctl.core.undo import Undo
from airflowctl.undo.entry import MASK, Entry, Fields, Item, has_mask, name_of, obstacle
from airflowctl.undo.reading import Key, path_of, read
from airflowctl.undo.secret_values import format_value

if TYPE_CHECKING:
    from airflowctl.api.client import Client

UPDATE, CREATE, DELETE = "change", "create", "delete"
_NOTHING = (None, "")  # a note that was never written is the same as an empty one


class Step(NamedTuple):
    """What is done to a thing. `now` are its fields at present, `wanted` those that are written; `lost` are
    the fields that cannot come back. With a `problem` nothing is done."""

    item: Item
    action: str
    now: Fields
    wanted: dict[str, Any]
    lost: tuple[str, ...] = ()
    problem: str = ""

    @property
    def result(self) -> str:
        """Return the state of the thing after the step, in words."""
        return {UPDATE: "as before", CREATE: "created again", DELETE: "deleted"}[self.action]


def plan(client: Client, entry: Entry) -> list[Step]:
    """Read each thing of a change from the server, and return the steps that take it back. Raises
    CliError."""
    spec = entry.spec
    now = read(client, spec, (item.key for item in entry.items))
    return [_step(spec, item, now[item.key]) for item in entry.items]


def take_back(client: Client, spec: Undo, step: Step) -> None:
    """Send the request of a step. Raises CliError."""
    path = path_of(spec, step.item.key)
    names = dict(zip(spec.keys, step.item.key, strict=True))
    if step.action == DELETE:
        client.call(spec.delete, **path)
    elif step.action == CREATE:
        client.call(spec.create, body={**names, **step.wanted})
    else:
        body = {spec.sent.get(name, name): value for name, value in step.wanted.items()}
        # Without it the server would take each field that is left out for one to be emptied.
        query = {"update_mask": tuple(body)} if spec.has_mask else {}
        client.call(spec.update, query=query, body={**_required_fields(spec, step), **body}, **path)


def take_all_back(client: Client, spec: Undo, steps: list[Step]) -> dict[Key, str]:
    """Send the requests of all steps without a problem. Return why each of the others was not done, by key.
    Raises CliError where there is one step only, else where no other could be done."""
    failed = {}
    for step in steps:
        if step.problem:
            failed[step.item.key] = step.problem
            continue
        try:
            take_back(client, spec, step)
        # Each step after it would fail in the same way, and the user is to see that error once.
        except (NotLoggedIn, ReadOnly, Unreachable):
            raise
        except CliError as error:
            # With one thing the server's error is the answer; with many, each has its own.
            if len(steps) == 1:
                raise
            failed[step.item.key] = error.message
    return failed


def _step(spec: Undo, item: Item, now: Fields) -> Step:
    if item.before is None:
        step = Step(item, DELETE, now, {})
    elif item.after is None:
        wanted = {name: _without_mask(value) for name, value in item.before.items()}
        known = {name: value for name, value in wanted.items() if value is not None}
        step = Step(item, CREATE, now, known, item.masked_fields)
    else:
        before, after = item.before, item.after
        names = [
            name
            for name in item.fields
            if name not in item.masked_fields and before.get(name) != after.get(name)
        ]
        step = Step(item, UPDATE, now, {name: before.get(name) for name in names}, item.masked_fields)
    return step._replace(problem=obstacle(spec, item) or _conflict(item, now))


def _conflict(item: Item, now: Fields) -> str:
    """Return what another user has changed since; empty for nothing."""
    if now is None and item.after is None:
        return ""
    if now is None:
        return "it is gone since"
    if item.after is None:
        return "it is there again since"
    # Values that were not kept, as they may be secret, cannot be compared with those of now.
    names = [name for name in item.after if name not in item.held]
    changed = [name for name in names if not _is_same(now.get(name), item.after[name])]
    return f"its {' and '.join(changed)} changed since" if changed else ""


def _is_same(value: Any, other: Any) -> bool:
    return value == other or (value in _NOTHING and other in _NOTHING)


def _without_mask(value: Any) -> Any:
    """Return the known part of a value: the members of a JSON object that are no mask; None for nothing."""
    if not has_mask(value):
        return value
    try:
        members = json.loads(value)
    except ValueError:
        return None
    if not isinstance(members, dict):
        return None
    # A mask that is written back would replace the real value on the server.
    known = {name: part for name, part in members.items() if MASK not in json.dumps(part)}
    return json.dumps(known) if known else None


def _required_fields(spec: Undo, step: Step) -> dict[str, Any]:
    """Return the fields that the server requires in every body, though the update mask leaves them out."""
    # Of the default pool the server takes neither its name nor anything but slots and deferred tasks.
    if step.item.key == ("default_pool",):
        return {}
    now = step.now or {}
    known = {name: now.get(name) for name in spec.steady}
    return {spec.name_in_update: step.item.key[0], **known} if spec.name_in_update else known


def describe(entry: Entry, step: Step, redact: Callable[[str], str]) -> list[str]:
    """Return the lines that describe a step: what it writes, field by field, and what cannot come back."""
    name = f"{entry.kind} {name_of(step.item.key)}"
    if step.problem:
        return [f"{name}: not possible: {step.problem}"]
    if step.action == DELETE:
        return [f"{name}: delete it; it was not there before"]
    lines = [f"{name}: create it again"] if step.action == CREATE else []
    lines += [
        f"{name}: {field}: {now} -> {then}" for field, now, then in field_changes(entry.spec, step, redact)
    ]
    if step.lost:
        lines.append(
            f"{name}: the {' and '.join(step.lost)} cannot come back: the server masks what was there"
        )
    return lines


def field_changes(spec: Undo, step: Step, redact: Callable[[str], str]) -> list[tuple[str, str, str]]:
    """Return each field that is written, as it is now and as it will be; what may be secret is `(set)`."""
    now, key = step.now or {}, step.item.key
    return [
        (
            name,
            format_value(spec, key, name, now.get(name), redact),
            format_value(spec, key, name, value, redact),
        )
        for name, value in step.wanted.items()
    ]
