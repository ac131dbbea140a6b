"""`backfill`, on a real Airflow."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import logged_in, past
from tests.support.command_results import check_refused, read_json, read_names
from tests.support.program import Program


@pytest.fixture(scope="module")
def ctl(other_airflow: LocalAirflow) -> Program:
    return logged_in(other_airflow)


@pytest.fixture(scope="module")
def api(ctl: Program) -> Iterator[httpx.Client]:
    with past(ctl) as client:
        yield client


def test_a_backfill_from_plan_to_end(ctl: Program) -> None:
    window = ("daily", "--from-date", "2026-03-01", "--to-date", "2026-03-03", "-o", "json")
    plan = read_json(ctl("backfill", "create", *window, "--dry-run"))
    assert [row["logical_date"][:10] for row in plan] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    assert read_json(ctl("backfill", "create-dry-run", *window)) == plan
    assert read_json(ctl("backfill", "list", "daily", "-o", "json")) == []
    made = read_json(
        ctl("backfill", "create", *window, "--dag-run-conf", '{"a": 1}', "--max-active-runs", "2")
    )
    assert (made["dag_run_conf"], made["max_active_runs"]) == ({"a": 1}, 2)
    number = str(made["id"])
    assert read_names(ctl("backfills", "list", "daily", "-o", "name")) == [number]
    check_refused(ctl("backfill", "create", *window[:-2]), "already")
    assert read_json(ctl("backfill", "pause", number, "-o", "json"))["is_paused"] is True
    assert read_json(ctl("backfill", "unpause", number, "-o", "json"))["is_paused"] is False
    check_refused(ctl("backfill", "cancel", number), "give --yes", code=2)
    assert read_json(ctl("backfill", "cancel", number, "-y", "-o", "json"))["completed_at"]
    assert read_json(ctl("backfill", "get", number, "-o", "json"))["completed_at"]
    old = ctl(
        "dags", "backfill", "--dag-id", "daily", "-s", "2026-03-01", "--end-date", "2026-03-01", "--dry-run"
    )
    assert old.err.startswith("now: airflowctl backfill create")


def test_a_backfill_that_cannot_be(ctl: Program) -> None:
    window = ("--from-date", "2026-03-01", "--to-date", "2026-03-03")
    check_refused(ctl("backfill", "create", "nosuch", *window), "nosuch")
    check_refused(ctl("backfill", "create", "waiting", *window), "waiting")
    check_refused(ctl("backfill", "create", "daily"), "missing option --from-date", code=2)
    check_refused(ctl("backfill", "list", "nosuch"), "nosuch", "airflowctl dags list")
    for verb in ("get", "pause", "unpause"):
        check_refused(ctl("backfill", verb, "999"), "999")
