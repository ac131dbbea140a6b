"""Situations staged on a real Airflow with all its parts: what `why` says of them, and what the lines do that
it prints. The answers of all 69 situations, recorded there, are in tests/commands/test_situations.py."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import serves
from tests.support.situations import PUT_TOGETHER, SITUATIONS, Situation
from tests.support.staging import KIND, PREPARE, Stage
from tests.support.waiting import until

staged_airflow = serves(KIND)
# Of each of these the run that is started with all others reaches its end, or its hold, within two minutes.
QUICK = (
    "f_exc r1", "f_mapped r1", "f_group r1", "f_teardown r1", "f_kill9 r1", "f_timeout r1", "f_cause r1",
    "f_bash127 r1", "f_conn r1", "f_var r1", "f_modtask r1", "f_jinja r1", "f_xcom r1", "f_mapbad r1",
    "f_retry r1",
    "f_callback r1", "f_trigfail r1", "f_parent r1", "f_rule r1", "f_branch r1", "m_params r1",
    "f_skipexc r1",
    "w_pool_zero r1", "w_pool_small r1", "w_pool_none r1", "w_paused r1", "m_warn", "w_future", "w_ended",
    "m_params later", "w_tonight 2025-01-01", "w_asset_both", "w_hitl r1", "w_approve r1", "f_defer r1",
    "w_external r1", "w_past past22", "m_auto", "f_import",
)  # fmt: skip
# Backfills are not among them: Airflow creates none on SQLite while others write.
ROWS = [
    pytest.param(it, id=it.name)
    for it in SITUATIONS
    if it.line in QUICK and "down" not in it.name and it.name not in PUT_TOGETHER
]
# A line of why, the beginning of a line that it prints, and the kind of a finding that is gone afterwards.
MENDED = (
    ("w_pool_small r1", "pools update", "pool_too_small"),
    ("w_pool_zero r1", "pools update", "pool_too_small"),
    ("w_pool_none r1", "pools set", "no_pool"),
    ("w_paused r1", "dags unpause", "paused"),
    ("w_asset_both", "dags trigger", "waits_for_assets"),
    ("w_hitl r1", "hitl respond", "human_input"),
    ("w_approve r1", "hitl approve", "human_input"),
    ("f_retry r1", "tasks clear", "failed"),
    ("m_auto", "dags unpause", "paused"),
    ("w_tonight 2025-01-01", "backfill create", "no_run_of_date"),
)


@pytest.fixture(scope="session")
def stage(staged_airflow: LocalAirflow) -> Iterator[Stage]:
    stage = Stage(staged_airflow)
    dag_ids = (line.removesuffix(" r1") for line in QUICK if line.endswith(" r1") and line not in PREPARE)
    stage.stage(tuple(dag_ids))
    yield stage


@pytest.mark.time_limit(600)
@pytest.mark.parametrize("situation", ROWS)
def test_the_cause_is_named(situation: Situation, stage: Stage) -> None:
    stage.prepare(situation.line)
    dag_id, _, run_id = situation.line.partition(" ")
    if situation.ready:
        stage.wait(dag_id, run_id, situation.ready)

    def missing() -> list[str]:
        done = stage.why(situation.line)
        said = " ".join(f"{done.out} {done.err}".split())
        return [words for words in situation.says if words not in said]

    until(lambda: not missing(), f"{situation.says} in {stage.why(situation.line).out}")


@pytest.mark.time_limit(600)
@pytest.mark.parametrize(("line", "begin", "kind"), MENDED)
def test_the_line_that_is_printed_mends_it(line: str, begin: str, kind: str, stage: Stage) -> None:
    stage.prepare(line)
    until(lambda: kind in kinds(stage, line), f"{kind} of {line}")
    printed = explain(stage, line)["next"]
    chosen = next(it for it in printed if it.startswith(f"airflowctl {begin}"))
    done = stage.program(*shlex.split(chosen)[1:], "--yes")
    assert done.code == 0, done
    until(lambda: kind not in kinds(stage, line), f"another answer than {kind}")


@pytest.mark.time_limit(600)
def test_from_a_missing_connection_to_green_with_printed_lines(stage: Stage) -> None:
    stage.wait("f_conn", "r1", "failed")
    printed = explain(stage, "f_conn r1")["next"]
    add = next(line for line in printed if line.startswith("airflowctl connections add"))
    clear = next(line for line in printed if line.startswith("airflowctl tasks clear"))
    value = json.dumps({"conn_type": "generic", "host": "db"})
    assert stage.program(*shlex.split(add)[1:], stdin=value).code == 0
    assert stage.program(*shlex.split(clear)[1:], "--yes").code == 0
    stage.wait("f_conn", "r1", "success")
    assert stage.why("f_conn r1").out.startswith("✓ f_conn r1 succeeded")


def explain(stage: Stage, line: str) -> Any:
    return stage.program("why", *line.split(), "-o", "json").json


def kinds(stage: Stage, line: str) -> list[str]:
    return [finding["kind"] for finding in explain(stage, line)["findings"]]
