"""Pools: limits on how many tasks run at once."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import arg, command, flag, opt, toggle
from airflowctl.core.converters import signed_number, slashed_identifier
from airflowctl.core.effect import CHANGE, CREATES, DELETE, OVERWRITE, effect
from airflowctl.core.errors import Conflict, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Item, Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import file_params
from airflowctl.domain.file_params import ImportValues
from airflowctl.domain.params import DRY_RUN, LIMIT, TEAM, pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.domain.differences import Comparison
    from airflowctl.domain.import_items import Shape
    from airflowctl.domain.import_kind import Kind
    from airflowctl.session.session import Session

POOL = names("pool", op="get_pools", items="pools", key="name", search="pool_name_pattern")


def _teams(pool: Item) -> Iterator[tuple[str, str]]:
    """Yield the team of a pool, from Airflow 3.2 on: no operation lists the teams."""
    if team := pool.get("team_name"):
        yield str(team), ""


TEAMS = names("team", op="get_pools", items="pools", key="", read=_teams, order="name", fresh=300.0)
NAME = arg("name", "The name.", complete="pool", convert=slashed_identifier, aliases=("--name", "--pool"))
NEW_NAME = NAME._replace(complete="")
SLOTS = arg("slots", "The number of slots; -1 is no limit.", convert=signed_number, aliases=("--slots",))
DESCRIPTION = opt("--description", help="A description.", metavar="TEXT")
DEFERRED = flag("--include-deferred", help="Deferred tasks also take a slot.")
COLUMNS = ("name", "slots", "open_slots", "running_slots", "queued_slots", "description")


def _load() -> tuple[Shape, Comparison]:
    from airflowctl.domain.comparisons import POOL
    from airflowctl.domain.import_shapes import POOLS

    return POOLS, POOL


# The server's own update changes default_pool only by a mask, which servers before 3.2 do not take.
def import_kind() -> Kind:
    from airflowctl.domain.bulk_store import bulk_kind

    return bulk_kind("pools", "name", _load, path="pool_name", change="create")


FIELDS = ("slots", "description", "include_deferred", "team_name")


@command(
    "pools list",
    "List the pools.",
    pattern("names"),
    LIMIT,
    op="get_pools",
    classic="classic_pools:show_pools",
    examples=(
        "airflowctl pools list",
        "airflowctl pools list --sort -occupied_slots",
    ),
)
def list_pools(session: Session, pattern: str | None, limit: int | None) -> Rows:
    query = {"order_by": "name", "pool_name_pattern": pattern}
    return Rows(session.api.pages("get_pools", "pools", limit=limit, query=query), COLUMNS, "name")


@command(
    "pools get",
    "Show one pool.",
    NAME,
    op="get_pool",
    classic="classic_pools:show_pool",
    examples=("airflowctl pools get reports",),
)
def get(session: Session, name: str) -> Record:
    return Record(session.api.record("get_pool", "name", pool_name=name), "name")


@command(
    "pools set",
    "Create a pool, or change the pool of this name.",
    NAME,
    SLOTS,
    arg("description", "A description.", default=None, aliases=("--description",)),
    DEFERRED,
    TEAM,
    effect=effect(CHANGE, "pool", "name", repeatable=True),
    op="bulk_pools",
    undo=undo.POOL,
    uses=("get_pool",),
    invalidates=("pool",),
    about="As in the classic program, deferred tasks count only with --include-deferred. To change a"
    " single field, use `pools update`.",
    classic="classic_pools:set_pool",
    form="param_form:fill_params",
    examples=("airflowctl pools set reports 8 'for the nightly reports'",),
)
def set_pool(
    session: Session,
    name: str,
    slots: int,
    description: str | None,
    include_deferred: bool,
    team_name: str | None,
) -> Record:
    from airflowctl.domain.bulk_results import errors
    from airflowctl.domain.crud import drop_unset

    body: dict[str, Any] = {"name": name, "slots": slots, "include_deferred": include_deferred}
    body |= drop_unset(description=description, team_name=team_name)
    action = {"action": "create", "action_on_existence": "overwrite", "entities": [body]}
    answer = session.api.record("bulk_pools", "create", body={"actions": [action]})["create"] or {}
    for error in errors(answer):
        raise Conflict(f"{name}: {error.get('error')}")
    return Record(session.api.record("get_pool", "name", pool_name=name), "name", table=("name", *FIELDS))


@command(
    "pools create",
    "Create a pool; refused if one of this name exists.",
    NEW_NAME,
    SLOTS,
    DESCRIPTION,
    DEFERRED,
    TEAM,
    effect=CREATES,
    op="post_pool",
    undo=undo.POOL,
    invalidates=("pool",),
    form="param_form:fill_params",
    examples=("airflowctl pools create reports 8",),
)
def create(
    session: Session,
    name: str,
    slots: int,
    description: str | None,
    include_deferred: bool,
    team_name: str | None,
) -> Record:
    from airflowctl.domain.crud import create_entity, drop_unset

    body = drop_unset(
        name=name,
        slots=slots,
        description=description,
        include_deferred=include_deferred or None,
        team_name=team_name,
    )
    pool = create_entity(session, "pool", "name", body)
    return Record(pool, "name", table=("name", *FIELDS))


@command(
    "pools update",
    "Change only the given fields of a pool.",
    NAME,
    opt("--slots", help="The number of slots; -1 is no limit.", convert=signed_number, metavar="N"),
    DESCRIPTION,
    toggle(
        "--include-deferred",
        help="Deferred tasks take a slot too.",
        no_help="Deferred tasks take no slot.",
    ),
    TEAM,
    effect=effect(CHANGE, "pool", "name", repeatable=True),
    op="patch_pool",
    undo=undo.POOL,
    uses=("get_pool",),
    invalidates=("pool",),
    about="Of default_pool only the slots and --include-deferred can be changed.",
    examples=("airflowctl pools update reports --slots 16",),
)
def update(
    session: Session,
    name: str,
    slots: int | None,
    description: str | None,
    include_deferred: bool | None,
    team_name: str | None,
) -> Record:
    from airflowctl.domain.crud import drop_unset

    body = drop_unset(
        slots=slots, description=description, include_deferred=include_deferred, team_name=team_name
    )
    if not body:
        raise UsageError("nothing to change is named", "give --slots, --description or another option")
    query = {"update_mask": tuple(body)}
    if name != "default_pool":  # the server wants these in every body; only what the mask names is changed
        known = session.api.record("get_pool", "name", pool_name=name)
        required_fields = {
            "pool": name,
            "slots": known.get("slots"),
            "include_deferred": known.get("include_deferred"),
        }
        body = {**required_fields, **body}
    changed = session.api.record("patch_pool", "name", query=query, body=body, pool_name=name)
    return Record(changed, "name", table=("name", *FIELDS))


@command(
    "pools delete",
    "Delete a pool.",
    NAME,
    DRY_RUN,
    effect=effect(DELETE, "pool", "name", repeatable=True),
    op="delete_pool",
    undo=undo.POOL,
    uses=("get_pool",),
    invalidates=("pool",),
    about="Tasks that use it are no longer scheduled. default_pool cannot be deleted.",
    classic="classic_pools:delete_pool",
    examples=("airflowctl pools delete reports",),
)
def delete(session: Session, name: str, dry_run: bool) -> Text:
    from airflowctl.domain.crud import render_deletion

    if name == "default_pool":
        raise UsageError("default_pool cannot be deleted: tasks without a pool of their own need it")
    session.api.call("get_pool" if dry_run else "delete_pool", pool_name=name)
    return render_deletion(name, dry_run)


def _check(session: Session, values: Mapping[str, Any]) -> None:
    from airflowctl.domain.bulk import check_source

    check_source(session, import_kind(), values)


@command(
    "pools import",
    "Import pools from a file: only differences are sent, and nothing if the file has an error.",
    file_params.FROM._replace(reads=_check),
    file_params.existing("overwrite"),
    file_params.LIST_FORMAT,
    *file_params.OPTIONS,
    effect=effect(
        OVERWRITE, "pool", judge=file_params.overwrites("overwrite"), in_handler=True, repeatable=True
    ),
    op="bulk_pools",
    undo=undo.POOL,
    uses=("get_pools", "get_pool"),
    invalidates=("pool",),
    about='The file is {"NAME": {"slots": 3, "description": ""}, ...}, as pools export writes it, or the'
    " official program's list of such objects with a name in each. With --dry-run, exit 6 if something would"
    " change.",
    classic="classic_files:import_pools",
    examples=("airflowctl pools import pools.json",),
)
def import_pools(session: Session, values: ImportValues) -> Rows:
    from airflowctl.domain.bulk import run_import

    values = file_params.settle_action(values, "overwrite")
    return run_import(session, import_kind(), values, "pools import")


@command(
    "pools export",
    "Write pools to a file, as pools import reads it.",
    file_params.TO,
    *file_params.chosen_names("pool", "names"),
    file_params.LIST_FORMAT,
    op="get_pools",
    about="Only this user can read the file. An existing file is replaced only when the new one is complete.",
    classic="classic_files:export_pools",
    examples=("airflowctl pools export pools.json",),
)
def export_pools(
    session: Session, file: str, names: tuple[str, ...], pattern: str | None, file_format: str | None
) -> Text:
    from airflowctl.domain.export_files import Choice, Export, choose, write_export

    records = {}
    query = {"order_by": "name", "pool_name_pattern": pattern}
    for pool in session.api.pages("get_pools", "pools", query=query):
        record = {field: pool.get(field) for field in FIELDS}
        if record["team_name"] is None:
            del record["team_name"]
        records[pool["name"]] = record
    chosen = choose(records, names, "pools")
    export = Export("pools", chosen, ("json", "yaml"))
    return write_export(session, export, Choice(file, file_format, None, None))
