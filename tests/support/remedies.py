"""What the lines change that `why` prints of the staged situations: of each row the lines that a user would
run, one after the other, and how the server shows that they did what they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.support.staging import Stage

Look = Callable[[Stage], Any]


class Step(NamedTuple):
    """A printed line, by its first words, and what its user types. `look` sees something of the server that
    is another thing afterwards, and then is `becomes` where that is known. A line that only shows something
    has no look: `shows` are words of what it prints."""

    begin: str
    look: Look | None = None
    becomes: Any = None
    shows: str = ""
    stdin: str = ""


def task(dag_id: str, run_id: str, task_id: str, index: int | None = None) -> Look:
    """Look at a task's instance: its state and its tries."""
    path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}"
    path += "" if index is None else f"/{index}"

    def look(stage: Stage) -> Any:
        row = stage.api.get(path).json()
        return row["state"], row["try_number"], row["max_tries"]

    return look


def run(dag_id: str, run_id: str) -> Look:
    return lambda stage: stage.runs.state(dag_id, run_id)


def count_runs(dag_id: str) -> Look:
    return lambda stage: stage.api.get(f"/dags/{dag_id}/dagRuns").json()["total_entries"]


def paused(dag_id: str) -> Look:
    return lambda stage: stage.api.get(f"/dags/{dag_id}").json()["is_paused"]


def answered(dag_id: str, run_id: str, task_id: str) -> Look:
    path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
    return lambda stage: stage.api.get(path).json()["response_received"]


def count_backfills(dag_id: str) -> Look:
    return lambda stage: stage.api.get("/backfills", params={"dag_id": dag_id}).json()["total_entries"]


def paused_backfill(dag_id: str) -> Look:
    """Look at the flag: a run that began before the pause would hide in a count what unpausing changes."""
    query = {"dag_id": dag_id}
    return lambda stage: stage.api.get("/backfills", params=query).json()["backfills"][0]["is_paused"]


def again(dag_id: str, task_id: str, run_id: str = "r1", index: int | None = None) -> tuple[Step, ...]:
    """Return the step that lets a task run again."""
    return (Step(f"tasks clear {dag_id}", task(dag_id, run_id, task_id, index)),)


def reads(begin: str, shows: str) -> tuple[Step, ...]:
    return (Step(begin, shows=shows),)


_CONNECTION = json.dumps({"conn_type": "generic", "host": "db"})
_OF_FILES = json.dumps({"conn_type": "fs"})
STEPS: dict[str, tuple[Step, ...]] = {
    "Python exception": again("f_exc", "load"),
    "3 of 12 mapped tasks": again("f_mapped", "each", index=9),
    "failure in a task group": again("f_group", "prep.clean"),
    "two failures in a group": again("f_group2", "load.a"),
    "setup failed": again("f_setup", "make"),
    "teardown failed, run green": again("f_teardown", "drop2"),
    "killed by SIGKILL": again("f_kill9", "hog"),
    "execution_timeout": again("f_timeout", "hang"),
    "dagrun_timeout": (Step("dagrun clear", task("f_dagrun_timeout", "r1", "long")),),
    "sensor timed out": again("f_sensor_to", "wait_file"),
    "chained exception, two tries": again("f_cause", "db"),
    "12 tasks not run": again("f_chain", "src"),
    "exit code 127": again("f_bash127", "cmd"),
    "connection missing": (
        Step("connections add warehouse_x", stdin=_CONNECTION),
        Step("tasks clear f_conn", run("f_conn", "r1"), "success"),
    ),
    "a provider's default connection missing": (
        Step("connections add fs_default", stdin=_OF_FILES),
        *again("w_resched", "wait_f"),
    ),
    "variable missing": (
        Step("variables set no_such_var_x", stdin="7"),
        Step("tasks clear f_var", run("f_var", "r1"), "success"),
    ),
    "module missing in a task": again("f_modtask", "ml"),
    "no such Jinja filter": again("f_jinja2", "tmpl2"),
    "variable missing in a template": (
        Step("variables set nope_x", stdin="7"),
        *again("f_jinja", "tmpl"),
    ),
    "XCom that is not there": (Step("xcom list"), *again("f_xcom", "wants")),
    "XCom that cannot be mapped": again("f_mapbad", "number"),
    "retry pending": (Step("tasks clear f_retry --task-id flaky --now", task("f_retry", "r1", "flaky")),),
    "failure callback raises too": again("f_callback", "bad"),
    "heartbeat lost": again("f_zombie2", "undead2"),
    "run marked failed by a user": again("w_max_runs", "sleep", "m1"),
    "trigger that cannot be loaded": again("f_trigfail", "bt"),
    "broken deploy on the worker": reads("tasks logs r_brk a r1", "broken deploy"),
    "child Dag failed": (
        Step("dagrun clear f_child", lambda stage: _child(stage)),
        *again("f_parent", "start_child"),
    ),
    "log file gone": again("f_chain", "src", "gone"),
    "backfill cancelled": (Step("backfill rerun", count_backfills("w_bf2")),),
    "green run with a failed task": again("f_rule", "b_fail"),
    "branch skips the join": reads("tasks logs f_branch pick r1", "left"),
    "short circuit": reads("tasks logs m_params gate r1", "False"),
    "skip exception": reads("tasks logs f_skipexc maybe r1", "no new files on sftp"),
    "soft fail": reads("tasks logs f_softfail wait_soft r1", "Sensor has timed out"),
    "Dag gone from the files": reads("dags source f_gone", "I am here"),
    "file broken later": reads("dags get-import-error", "broken later"),
    "Dag that never could be read": reads("dags get-import-error", ".py"),
    "Dag with a syntax error": reads("dags get-import-error", "SyntaxError"),
    "Dag processor down, new Dag": reads("status", "dag_processor"),
    "paused Dag with a queued run": (Step("dags unpause w_paused", run("w_paused", "r1"), "success"),),
    "never run, paused": (Step("dags unpause m_warn", paused("m_warn"), False),),
    "auto-paused after 2 failures": (Step("dags unpause m_auto", paused("m_auto"), False),),
    "scheduler down": reads("status", "scheduler"),
    "Dag processor down": reads("status", "dag_processor"),
    "triggerer down": reads("status", "triggerer"),
    "pool full": (
        Step("tasks instances --pool tiny", shows="w_pool_full"),
        Step("pools update tiny --slots 2", lambda stage: _active(stage, "w_pool_full"), 2),
    ),
    "pool without slots": (Step("pools update zero", run("w_pool_zero", "r1"), "success"),),
    "pool too small": (Step("pools update tiny2", run("w_pool_small", "r1"), "success"),),
    "no such pool": (Step("pools set not_there", run("w_pool_none", "r1"), "success"),),
    "max_active_runs": reads("diagnose w_max_runs m1", "is running"),
    "backfill at its own limit": reads("diagnose w_bf2", "is running"),
    "backfill paused": (Step("backfill unpause", paused_backfill("w_bf3"), False),),
    "max_active_tasks": reads("tasks instances w_max_tasks", "running"),
    "max_active_tis_per_dag": reads("tasks instances w_conc", "running"),
    "parallelism reached": reads("tasks instances", "running"),
    "depends_on_past": again("w_past", "step", "past21"),
    "wait_for_downstream": again("w_downstream", "b", "ds21"),
    "start date to come": reads("dags next-execution w_future", "2099"),
    "end date passed": (Step("dags trigger w_ended", count_runs("w_ended")),),
    "run_after in an hour": reads("dagrun get m_params later", "2099"),
    "date without a run, no catchup": (Step("backfill create w_tonight", count_runs("w_tonight")),),
    "one of two assets came": (Step("dags trigger w_make_rates", count_runs("w_asset_both"), 1),),
    "question to a person": (Step("hitl respond", answered("w_hitl", "r1", "ask"), True),),
    "approval": (Step("hitl approve", run("w_approve", "r1"), "success"),),
    "deferred far into the future": reads("tasks render f_defer wait_time r1", "2030-01-01"),
    "sensor of another Dag": reads("diagnose k_never", "has no run of the logical date"),
}  # fmt: skip


def _child(stage: Stage) -> Any:
    """Look at the task of the newest run of the child Dag."""
    rows = stage.api.get("/dags/f_child/dagRuns/~/taskInstances").json()["task_instances"]
    return [(row["state"], row["try_number"]) for row in rows]


def _active(stage: Stage, dag_id: str) -> int:
    query = {"state": ["running"]}
    answer = stage.api.get(f"/dags/{dag_id}/dagRuns/~/taskInstances", params=query)
    count: int = answer.json()["total_entries"]
    return count
