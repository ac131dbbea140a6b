"""Situations of the same kinds as those of tests/support/situations.py, which no report names."""

from __future__ import annotations

from tests.support.situations import Situation

_ROWS = (
    (
        "trigger rules that skip",
        "n_rules r1",
        "failed",
        (
            "bad failed",
            "r_all_failed was skipped: ok did not fail, and its trigger rule is all_failed",
            "r_all_skipped was skipped: ok was not skipped, and its trigger rule is all_skipped",
            "r_one_failed was skipped: no task before it failed, and its trigger rule is one_failed",
            "r_none_failed_min_one_success was skipped: no task before it succeeded",
            "r_all_done_min_one_success was skipped: no task before it succeeded",
            "r_none_skipped was skipped: skip was skipped",
        ),
    ),
    (
        "nothing to map over",
        "n_mapzero r1",
        "success",
        ("each was skipped: there was nothing to map it over: what none returned is empty",),
    ),
    (
        "callback of a skipped task raises",
        "n_skip_callback r1",
        "success",
        (
            "quiet was skipped: it says: nothing new",
            "the on_skipped_callback of quiet failed too: RuntimeError: callback broke",
        ),
    ),
    ("exit code of Python", "n_exit r1", "failed", ("leaves failed", "Task exited with exit code 3")),
    (
        "process that ends itself",
        "n_os_exit r1",
        "failed",
        ("drops failed", "Process exited abnormally with exit code 4"),
    ),
    (
        "fail_fast",
        "n_fail_fast r1",
        "success",
        (
            "first failed",
            "ValueError: the first",
            "slow failed",
            "Forcing task to fail due to dag's `fail_fast`",
        ),
    ),
    (
        "exception group",
        "n_group r1",
        "failed",
        ("ExceptionGroup: many (2 sub-exceptions)", "holds ValueError: a", "holds KeyError: 'b'"),
    ),
    ("teardown that fails the run", "n_teardown r1", "failed", ("drop failed", "OSError: would not go")),
    (
        "sensor of another Dag timed out",
        "n_external_timeout r1",
        "failed",
        ("ext failed", "timeout of the sensor is 6 s", "ext waited for k_never.x: k_never has no run"),
    ),
    (
        "sensor of another Dag that runs",
        "n_external_poke r1",
        "ext running",
        ("ext is running", "ext waits for k_never.x: k_never has no run of the logical date"),
    ),
    (
        "sensor of another Dag deferred",
        "n_external_deferred r1",
        "ext deferred",
        ("ext waits for k_never.x: k_never has no run of the logical date",),
    ),
    (
        "sensor of a date that runs",
        "n_poke r1",
        "until running",
        ("until waits until 2030-01-01T00:00:00Z",),
    ),
    (
        "sensor of a date in reschedule mode",
        "n_reschedule r1",
        "until up_for_reschedule",
        ("until waits until 2030-01-01T00:00:00Z",),
    ),
    (
        "child Dag is paused",
        "n_child_waits r1",
        "start running",
        ("start waits for the run that it started, n_idle manual__", "it is queued"),
    ),
    (
        "child Dag failed, deferred",
        "n_child_deferred r1",
        "failed",
        ("the run that it started, f_child", "price failed: ValueError: no price for a row"),
    ),
    (
        "child Dag unknown",
        "n_child_unknown r1",
        "failed",
        ("start failed", "there is no Dag no_such_dag, which it was to start"),
    ),
    (
        "run of the child Dag is there already",
        "n_child_again r1",
        "failed",
        ("start_again failed", "Dag Run already exists, marking task as failed."),
    ),
    (
        "question without an answer",
        "n_question r1",
        "failed",
        ("ask failed", "HITLTimeoutError", "response_timeout of the task is over"),
    ),
    (
        "XCom missing in a template",
        "n_template r1",
        "failed",
        ("UndefinedError: 'None' has no attribute 'x'", "none pushed no XCom 'table'"),
    ),
    ("template file missing", "n_file r1", "failed", ("TemplateNotFound: 'run_me.sh' not found",)),
    (
        "max_active_tis_per_dagrun",
        "n_one_a_run r1",
        "",
        ("max task concurrency per run has been reached",),
    ),
    (
        "retry with a backoff",
        "n_backoff r1",
        "busy up_for_retry",
        ("try 1 of 5 failed, the next", "with the backoff", "OSError: busy"),
    ),
    (
        "pool full of deferred tasks",
        "n_pool_deferred r1",
        "",
        ("waits for pool 'rep': 0 of its 2 slots are free", "--state running --state deferred"),
    ),
    (
        "module missing on the triggerer",
        "n_trigger r1",
        "failed",
        (
            "No module named 'neighbours_not_there'",
            "is not installed where its trigger ran: on the triggerer",
        ),
    ),
    (
        "asset, and one of two others",
        "n_mixed",
        "",
        ("it waits for one of the assets n_q, n_r; n_p came",),
    ),
    (
        "Dag with a cycle",
        "n_cycle",
        "",
        ("no Dag n_cycle is known", "its file cannot be read: cycle.py: AirflowDagCycleException"),
    ),
)
NEIGHBOURS = tuple(Situation(*row) for row in _ROWS)
# What has a run of its own that is started by hand.
ONCE = tuple(
    dict.fromkeys(
        [it.line.removesuffix(" r1") for it in NEIGHBOURS if it.line.endswith(" r1")] + ["n_make_p"]
    )
)
