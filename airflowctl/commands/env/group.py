"""`env group ...`: names that stand for several environments, as `@NAME` of `--each`."""

from __future__ import annotations

from airflowctl.commands.env import require_environment
from airflowctl.core.command import arg, command
from airflowctl.core.environment import check_name
from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session

GROUP = arg("group", "The group.", complete="group")


@command(
    "env group list",
    "List the groups and their environments.",
    about="Sends no request.",
    examples=("airflowctl env group list",),
)
def list_groups(session: Session) -> Rows:
    groups = session.environments.groups
    rows = [{"group": name, "environments": _members(session, name)} for name in groups.names()]
    empty = f"there are none yet: {suggest('env', 'group', 'set')}"
    return Rows(rows, ("group", "environments"), "group", empty=empty)


@command(
    "env group show",
    "Show the environments of a group.",
    GROUP,
    examples=("airflowctl env group show eu",),
)
def show_group(session: Session, group: str) -> Record:
    return Record({"group": group, "environments": _members(session, group)}, "group")


@command(
    "env group set",
    "Create a group of environments, or replace its list of environments.",
    GROUP,
    arg("name", "The environments.", repeatable=True, required=True, complete="environment"),
    about="Use it in a line with --each @GROUP.",
    examples=("airflowctl env group set eu prod-eu staging-eu",),
)
def set_group(session: Session, group: str, name: tuple[str, ...]) -> Record:
    check_name(group)
    for member in name:
        require_environment(session, member)
    members = tuple(dict.fromkeys(name))
    session.environments.groups.save(group, members)
    return Record({"group": group, "environments": list(members)}, "group")


@command(
    "env group delete",
    "Remove a group; its environments stay.",
    GROUP,
    examples=("airflowctl env group delete eu",),
)
def delete_group(session: Session, group: str) -> Text:
    groups = session.environments.groups
    if not groups.remove(group):
        raise _no_group(session, group)
    return Text(f"deleted group {group}", {"deleted": group})


def _members(session: Session, group: str) -> list[str]:
    members = session.environments.groups.get(group)
    if members is None:
        raise _no_group(session, group)
    return list(members)


def _no_group(session: Session, group: str) -> UsageError:
    known = session.environments.groups.names()
    listed = (
        f"there are: {', '.join(known)}" if known else f"make it: {suggest('env', 'group', 'set', group)}"
    )
    return UsageError(f"there is no group '{group}'", did_you_mean(group, known) or listed)
