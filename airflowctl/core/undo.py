"""What `undo` knows of each kind of thing: how it is read before a change, and how it is written back."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.typed import NamedTuple

# How the things that an operation changes are known before it is sent.
PATH = "path"  # its path names one
BODY = "body"  # its body is a new one
ENTITIES = "entities"  # the actions of its body name them
LISTED = "listed"  # its query chooses them as the list operation's does
PLANNED = "planned"  # the server's dry run of it lists them


class Undo(NamedTuple):
    """One kind of thing whose changes are kept.

    `path` are the parameters of the API's paths that name one, `keys` the same as fields of a record.
    `changes` maps each operation that changes such things to how they are known beforehand. `fields` are
    those that are kept and written back; of them, `secret` never reach the disk, `named` are as secret as
    the thing's name says, `required` must be known to create one anew and `steady` stand in the body of every
    update. `read` reads one, `read_unmapped` one whose last key is -1; `list`, `items` and `scope` (how many
    of `path` it wants) read many. `name_in_update` is the body's field for the name. `sent` maps fields to
    those of a body where they differ, `accepts` to the only values that the API takes. `is_whole`: a change
    of any field is a conflict; else of those that were changed. `why_not`: no change of this kind is ever
    undone, for this reason; `look` are the words of the command that shows what is there now, for the Dag of
    the change. `aside` is what the server did along with the change, and undo does not take back.
    """

    kind: str
    path: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    changes: Mapping[str, str] = {}
    fields: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    steady: tuple[str, ...] = ()
    read: str = ""
    read_unmapped: str = ""
    list: str = ""
    items: str = ""
    scope: int = 0
    update: str = ""
    create: str = ""
    delete: str = ""
    name_in_update: str = ""
    has_mask: bool = True
    sent: Mapping[str, str] = {}
    accepts: Mapping[str, tuple[str, ...]] = {}
    is_whole: bool = True
    why_not: str = ""
    look: tuple[str, ...] = ()
    aside: str = ""


VARIABLE = Undo(
    "variable",
    path=("variable_key",),
    keys=("key",),
    changes={
        "patch_variable": PATH,
        "post_variable": BODY,
        "delete_variable": PATH,
        "bulk_variables": ENTITIES,
    },
    fields=("value", "description", "team_name"),
    named=("value",),
    required=("value",),
    steady=("value",),
    read="get_variable",
    list="get_variables",
    items="variables",
    update="patch_variable",
    create="post_variable",
    delete="delete_variable",
    name_in_update="key",
)
CONNECTION = Undo(
    "connection",
    path=("connection_id",),
    keys=("connection_id",),
    changes={
        "patch_connection": PATH,
        "post_connection": BODY,
        "delete_connection": PATH,
        "bulk_connections": ENTITIES,
    },
    fields=(
        "conn_type", "description", "host", "login", "schema", "port", "password", "extra", "team_name",
    ),
    secret=("password", "extra"),
    required=("conn_type",),
    steady=("conn_type",),
    read="get_connection",
    list="get_connections",
    items="connections",
    update="patch_connection",
    create="post_connection",
    delete="delete_connection",
    name_in_update="connection_id",
)  # fmt: skip
POOL = Undo(
    "pool",
    path=("pool_name",),
    keys=("name",),
    changes={"patch_pool": PATH, "post_pool": BODY, "delete_pool": PATH, "bulk_pools": ENTITIES},
    fields=("slots", "description", "include_deferred", "team_name"),
    required=("slots",),
    steady=("slots", "include_deferred"),
    read="get_pool",
    list="get_pools",
    items="pools",
    update="patch_pool",
    create="post_pool",
    delete="delete_pool",
    name_in_update="pool",
)
PAUSE = Undo(
    "dag",
    path=("dag_id",),
    keys=("dag_id",),
    changes={"patch_dag": PATH, "patch_dags": LISTED},
    fields=("is_paused",),
    read="get_dag",
    list="get_dags",
    items="dags",
    update="patch_dag",
    has_mask=False,
    is_whole=False,
)
RUN = Undo(
    "run",
    path=("dag_id", "dag_run_id"),
    keys=("dag_id", "dag_run_id"),
    changes={"patch_dag_run": PATH, "bulk_dag_runs": ENTITIES},
    fields=("state", "note"),
    read="get_dag_run",
    list="get_dag_runs",
    items="dag_runs",
    scope=1,
    update="patch_dag_run",
    accepts={"state": ("success", "failed", "queued")},
    is_whole=False,
    # The server sets them along with the run's, and does not say what they were.
    aside="the states of the run's tasks, which the server set along with the run's, stay as they are",
)
TASK = Undo(
    "task instance",
    path=("dag_id", "dag_run_id", "task_id", "map_index"),
    keys=("dag_id", "dag_run_id", "task_id", "map_index"),
    changes={
        "patch_task_instance": PLANNED,
        "patch_task_instance_by_map_index": PLANNED,
        "patch_task_group_instances": PLANNED,
        "bulk_task_instances": ENTITIES,
    },
    fields=("state", "note"),
    read="get_mapped_task_instance",
    read_unmapped="get_task_instance",
    list="get_task_instances",
    items="task_instances",
    scope=2,
    update="patch_task_instance_by_map_index",
    sent={"state": "new_state"},
    accepts={"state": ("success", "failed", "skipped")},
    is_whole=False,
    aside="what the mark let run, or run again, is not taken back",
)
CLEAR = Undo(
    "clear",
    why_not="a clear is not taken back: the tasks run again, and what they had is gone",
    look=("dagrun", "list"),
)
RAW = Undo("request", why_not="what a raw request changes is not known")
NONE = Undo("")  # of a command that takes changes back itself
KINDS = {kind.kind: kind for kind in (VARIABLE, CONNECTION, POOL, PAUSE, RUN, TASK)}
