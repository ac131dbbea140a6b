"""Situations in which a person asks `why`, staged on a real Airflow, and what has to be said of each.

The rows are those of a table of 69 that were staged once by hand; `before` is what `why` said of them then:
R right, P partly, W a wrong cause or a wrong "all well", S nothing.
"""

from __future__ import annotations

from typing import NamedTuple


class Situation(NamedTuple):
    """`line` are the words after `why`. It is staged once the run, or a task in it, is in the state `ready`
    (`failed`, or `task_id state`). `says` are words of the answer, with one space between words."""

    name: str
    line: str
    ready: str
    says: tuple[str, ...]

    @property
    def before(self) -> str:
        """What was said of it before evidence was asked for."""
        return next((verdict for verdict, names in _BEFORE.items() if self.name in names), "R")


_BEFORE = {
    "W": (
        "failure callback raises too", "heartbeat lost", "run marked failed by a user",
        "trigger that cannot be loaded", "broken deploy on the worker", "backfill at its own limit",
        "backfill paused", "no decision of the scheduler yet",
    ),
    "S": (
        "branch skips the join", "short circuit", "skip exception", "soft fail",
        "date without a run, no catchup", "one of two assets came",
    ),
    "P": (
        "no such Jinja filter", "variable missing in a template", "XCom that is not there",
        "retry pending", "state race after an answer", "child Dag failed", "log file gone",
        "backfill cancelled",
        "Dag that never could be read", "Dag with a syntax error", "Dag processor down, new Dag",
        "auto-paused after 2 failures", "parallelism reached", "depends_on_past", "wait_for_downstream",
        "end date passed", "deferred far into the future", "sensor of another Dag",
    ),
}  # fmt: skip
_ROWS = (
    (
        "Python exception",
        "f_exc r1",
        "failed",
        ("load failed", "KeyError: 'rowz'", "evidence: its log, try 1"),
    ),
    (
        "3 of 12 mapped tasks",
        "f_mapped r1",
        "failed",
        ("each[7], each[9], each[10] failed", "ValueError: bad part 7"),
    ),
    (
        "failure in a task group",
        "f_group r1",
        "failed",
        ("prep.clean failed", "RuntimeError: cleaning broke", "not run because of it: prep.shape, finish"),
    ),
    (
        "two failures in a group",
        "f_group2 r1",
        "failed",
        ("load.a failed", "load.b failed", "not run because of them: after"),
    ),
    ("setup failed", "f_setup r1", "failed", ("make failed", "OSError: no cluster quota left")),
    (
        "teardown failed, run green",
        "f_teardown r1",
        "success",
        ("drop2 failed", "OSError: cluster would not go", "a failed teardown does not count"),
    ),
    ("killed by SIGKILL", "f_kill9 r1", "failed", ("hog failed", "Process terminated by signal", "OOM")),
    (
        "execution_timeout",
        "f_timeout r1",
        "failed",
        ("AirflowTaskTimeout", "execution_timeout of the task is 5 s"),
    ),
    (
        "dagrun_timeout",
        "f_dagrun_timeout r1",
        "failed",
        ("none of its tasks did: it took longer than its dag_run_timeout of 20 s",),
    ),
    ("sensor timed out", "f_sensor_to r1", "failed", ("wait_file failed", "AirflowSensorTimeout")),
    (
        "chained exception, two tries",
        "f_cause r1",
        "failed",
        ("RuntimeError: load failed, try 2", "it began with ConnectionRefusedError: port 5432", "Tries"),
    ),
    (
        "12 tasks not run",
        "f_chain r1",
        "failed",
        ("src failed", "exit code 127", "not run because of it: step_0", "and 7 more"),
    ),
    (
        "exit code 127",
        "f_bash127 r1",
        "failed",
        ("non-zero exit code 127", "spark-submitt: command not found"),
    ),
    ("connection missing", "f_conn r1", "failed", ("query failed", "conn_id `warehouse_x` isn't defined")),
    (
        "a provider's default connection missing",
        "w_resched r1",
        "failed",
        ("wait_f failed", "conn_id `fs_default` isn't defined"),
    ),
    ("variable missing", "f_var r1", "failed", ("readv failed", "no_such_var_x")),
    (
        "module missing in a task",
        "f_modtask r1",
        "failed",
        ("No module named 'sklearn_not_here'", "'sklearn_not_here' is not installed where the task ran"),
    ),
    (
        "no such Jinja filter",
        "f_jinja2 r1",
        "failed",
        ("No filter named 'nofilter'", "the template of the field bash_command is: echo {{ ds | nofilter }}"),
    ),
    (
        "variable missing in a template",
        "f_jinja r1",
        "failed",
        ("nope_x", "the template of the field bash_command is: echo {{ var.value.nope_x }}"),
    ),
    (
        "XCom that is not there",
        "f_xcom r1",
        "failed",
        ("'NoneType' object is not subscriptable", "nothing pushed no XCom 'table'"),
    ),
    ("XCom that cannot be mapped", "f_mapbad r1", "failed", ("UnmappableXComTypePushed",)),
    (
        "retry pending",
        "f_retry r1",
        "flaky up_for_retry",
        ("will be tried again (try 1 of 4 failed, the next", "ConnectionError: warehouse refused"),
    ),
    (
        "failure callback raises too",
        "f_callback r1",
        "failed",
        (
            "bad failed",
            "ValueError: original cause",
            "the on_failure_callback of bad failed too: RuntimeError: callback broke",
            "the on_success_callback of fine failed too",
        ),
    ),
    (
        "heartbeat lost",
        "f_zombie2 r1",
        "failed",
        ("undead2 failed", "the server's record: Task did not emit heartbeat within time limit"),
    ),
    ("run marked failed by a user", "w_max_runs m1", "failed", ("sleep failed", "op marked the run failed")),
    (
        "trigger that cannot be loaded",
        "f_trigfail r1",
        "failed",
        (
            "bt failed",
            "TaskDeferralError: Trigger failure",
            "ModuleNotFoundError: No module named 'no_such_module_x'",
        ),
    ),
    (
        "broken deploy on the worker",
        "r_brk r1",
        "a up_for_reschedule",
        ("a cannot be started", "broken deploy"),
    ),
    (
        "child Dag failed",
        "f_parent r1",
        "failed",
        (
            "start_child failed",
            "the run that it started, f_child",
            "price failed: ValueError: no price for a row",
        ),
    ),
    (
        "log file gone",
        "f_chain gone",
        "failed",
        ("src failed", "not known: Could not read served logs", "The server says of its log"),
    ),
    ("backfill cancelled", "w_bf2 2026-11-05", "failed", ("its backfill", "was cancelled by admin")),
    (
        "green run with a failed task",
        "f_rule r1",
        "success",
        ("b_fail failed", "the run succeeded all the same", "notify: trigger rule all_done"),
    ),
    (
        "branch skips the join",
        "f_branch r1",
        "success",
        (
            "right was skipped: the branch pick chose left",
            "join was skipped: right was skipped, and its trigger rule is all_success",
        ),
    ),
    ("short circuit", "m_params r1", "success", ("j was skipped: gate let nothing after it run",)),
    ("skip exception", "f_skipexc r1", "success", ("maybe was skipped: it says: no new files on sftp",)),
    (
        "soft fail",
        "f_softfail r1",
        "success",
        (
            "wait_soft was skipped: it says: Sensor has timed out",
            "use_soft was skipped: wait_soft was skipped",
        ),
    ),
    ("Dag gone from the files", "f_gone r1", "success", ("the Dag is stale",)),
    ("file broken later", "f_latebreak", "", ("its file cannot be read", "broken later")),
    (
        "Dag that never could be read",
        "f_import",
        "",
        (
            "no Dag f_import is known",
            "unread.py: ModuleNotFoundError: No module named 'pandas_not_installed'",
        ),
    ),
    ("Dag with a syntax error", "f_syntax", "", ("no Dag f_syntax is known", "f_syntax.py", "SyntaxError")),
    ("Dag processor down, new Dag", "x_new", "", ("no Dag x_new is known", "dag_processor is unhealthy")),
    (
        "paused Dag with a queued run",
        "w_paused r1",
        "queued",
        ("the Dag is paused: its tasks are not started", "admin paused it"),
    ),
    ("never run, paused", "m_warn", "", ("the Dag is paused: no run of it is started",)),
    (
        "auto-paused after 2 failures",
        "m_auto",
        "",
        ("the Dag is paused", "the scheduler paused it", "max_consecutive_failed_dag_runs is 2"),
    ),
    ("scheduler down", "w_paused r1", "", ("scheduler is unhealthy", "nothing is started")),
    ("Dag processor down", "w_paused r1", "", ("dag_processor is unhealthy", "no file is read")),
    ("triggerer down", "f_defer r1", "", ("wait_time waits for a trigger, and triggerer is unhealthy",)),
    ("pool full", "w_pool_full r1", "", ("wait for pool 'tiny': 0 of its 1 slots are free",)),
    ("pool without slots", "w_pool_zero r1", "sleep scheduled", ("sleep can never run", "pool 'zero' has 0")),
    (
        "pool too small",
        "w_pool_small r1",
        "sleep scheduled",
        ("sleep can never run: it wants 5 slots, and pool 'tiny2' has 2",),
    ),
    (
        "no such pool",
        "w_pool_none r1",
        "sleep scheduled",
        ("sleep cannot run: there is no pool 'not_there'",),
    ),
    (
        "max_active_runs",
        "w_max_runs m2",
        "queued",
        ("max_active_runs of the Dag is 1, and 1 run of it is running", "first to end: m1"),
    ),
    (
        "backfill at its own limit",
        "w_bf2 2026-11-04",
        "queued",
        ("max_active_runs of its backfill", "is 1, and 1 run of it is running"),
    ),
    ("backfill paused", "w_bf3 2026-11-04", "queued", ("its backfill", "is paused: no run of it is started")),
    ("max_active_tasks", "w_max_tasks r1", "", ("max_active_tasks of the Dag is 1, and 1 are active",)),
    ("max_active_tis_per_dag", "w_conc r1", "", ("max task concurrency has been reached",)),
    ("parallelism reached", "w_parallel r1", "", ("are queued for",)),
    (
        "no decision of the scheduler yet",
        "w_conc r1",
        "",
        ("the scheduler has not decided on this run yet",),
    ),
    (
        "depends_on_past",
        "w_past past22",
        "running",
        ("step waits (depends_on_past) for the run before, past21: step is failed",),
    ),
    (
        "wait_for_downstream",
        "w_downstream ds22",
        "running",
        ("a waits (wait_for_downstream) for the run before, ds21", "b is failed"),
    ),
    ("start date to come", "w_future", "", ("the Dag has no run yet: the first is due in",)),
    ("end date passed", "w_ended", "", ("the Dag has no run yet: its end_date 2026-02-01 has passed",)),
    ("run_after in an hour", "m_params later", "queued", ("the run is due in",)),
    (
        "date without a run, no catchup",
        "w_tonight 2025-01-01",
        "",
        ("has no run of the logical date", "catchup is False"),
    ),
    (
        "one of two assets came",
        "w_asset_both",
        "",
        ("it waits for the asset op_rates; op_orders came", "op_rates is made by w_make_rates.m"),
    ),
    (
        "question to a person",
        "w_hitl r1",
        "ask awaiting_input",
        ("ask waits for a person: Load 7 rows into prod?",),
    ),
    ("approval", "w_approve r1", "approve awaiting_input", ("approve waits for a person: Release?",)),
    (
        "deferred far into the future",
        "f_defer r1",
        "wait_time deferred",
        ("wait_time waits", "for DateTimeTrigger, until 2030-01-01T00:00:00Z"),
    ),
    (
        "sensor of another Dag",
        "w_external r1",
        "wait_other up_for_reschedule",
        ("wait_other waits for k_never.x", "k_never has no run of the logical date"),
    ),
    # By the words and the record of the answers that the table was made from: no way to stage it is known.
    (
        "state race after an answer",
        "f_exc r1",
        "",
        ("load failed", "the server's record: the executor says that it ended as failed", "(state mismatch)"),
    ),
)

# Of these there are the answers of a real Airflow with its words and fields, put together: no way to stage
# them at will is known.
PUT_TOGETHER = ("no decision of the scheduler yet", "state race after an answer")
SITUATIONS = tuple(Situation(*row) for row in _ROWS)
