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


WINDOW = ("--from-date", "2026-05-01", "--to-date", "2026-05-04")
PATH = "/dags/daily/dagRuns/backfill__2026-05-0{}T00:00:00+00:00"


def _mark(api: httpx.Client, day: int, state: str) -> None:
    assert api.patch(PATH.format(day), json={"state": state}).is_success


def _finish(ctl: Program, number: str) -> None:
    assert ctl("backfill", "cancel", number, "-y").code == 0


def test_the_failed_dates_of_a_backfill_run_again(ctl: Program, api: httpx.Client) -> None:
    """There is no scheduler here: the runs are marked by hand, and a backfill ends by being cancelled."""
    made = read_json(ctl("backfill", "create", "daily", *WINDOW, "--max-active-runs", "3", "-o", "json"))
    number = str(made["id"])
    got = read_json(ctl("backfill", "get", number, "-o", "json"))
    assert (got["runs"], got["failed_dates"], got["seconds_left"]) == ({"queued": 4}, [], None)
    assert {name: got[name] for name in made} == made
    _mark(api, 1, "success")
    _mark(api, 2, "failed")
    _mark(api, 3, "success")
    waited = ctl("backfill", "watch", number, "--timeout", "1")
    assert waited.code == 3
    assert f"backfill {number} of daily has not ended after 1 s: 2 success, 1 failed, 1 queued" in waited.err
    assert f"airflowctl backfill watch {number}" in waited.err
    check_refused(ctl("backfill", "rerun", number, "-y"), "one backfill at a time", code=2)
    _finish(ctl, number)  # the one that is queued is marked failed

    ended = ctl("backfill", "watch", number)
    assert ended.code == 5, ended
    assert [line.split("\t")[3] for line in ended.lines[1:]] == ["success", "failed", "success", "failed"]
    assert f"backfill {number}: 2 runs failed: 2026-05-02, 2026-05-04" in ended.err
    assert f"again: airflowctl backfill rerun {number} --follow" in ended.err
    assert read_json(ctl("backfill", "get", number, "-o", "json"))["failed_dates"] == [
        "2026-05-02T00:00:00Z", "2026-05-04T00:00:00Z",
    ]  # fmt: skip
    plan = read_json(ctl("backfill", "rerun", number, "--dry-run", "-o", "json"))
    assert [row["logical_date"][:10] for row in plan] == ["2026-05-02", "2026-05-04"]
    check_refused(ctl("backfill", "rerun", number), "give --yes", code=2)

    again = read_json(ctl("backfill", "rerun", number, "-y", "-o", "json"))
    assert (again["max_active_runs"], again["reprocess_behavior"]) == (3, "failed")
    # What was planned is what was done: both failed dates have left the old one, and no others.
    assert read_json(ctl("backfill", "get", str(again["id"]), "-o", "json"))["runs"] == {"queued": 2}
    assert read_json(ctl("backfill", "get", number, "-o", "json"))["runs"] == {"success": 2}
    _mark(api, 2, "success")
    _mark(api, 4, "success")
    assert ctl("backfill", "watch", str(again["id"])).code == 0
    assert read_json(ctl("backfill", "rerun", number, "-y", "-o", "json")) == []
    _finish(ctl, str(again["id"]))


def test_what_is_cleared_of_a_cancelled_backfill_is_said_not_to_begin(
    ctl: Program, api: httpx.Client
) -> None:
    """Airflow pauses what it cancels, and unpauses nothing that has ended."""
    window = ("--from-date", "2026-05-11", "--to-date", "2026-05-12")
    number = str(read_json(ctl("backfill", "create", "daily", *window, "-o", "json"))["id"])
    _finish(ctl, number)
    why = ctl("why", "daily", "2026-05-12")
    assert f"airflowctl backfill rerun {number}" in why.out
    assert "dagrun clear" not in why.out
    assert ctl("dagrun", "clear", "daily", "2026-05-12", "-y").code == 0
    why = ctl("why", "daily", "2026-05-12")
    assert f"its backfill {number} was cancelled, and stays paused" in why.out
    assert "backfill unpause" not in why.out
    ended = ctl("backfill", "watch", number)
    assert ended.code == 5
    assert f"1 run of backfill {number} will not begin: it was cancelled" in ended.err
    for line in [text.split() for text in why.out.splitlines() if "airflowctl dagrun mark" in text]:
        assert ctl(*line[1:], "-y").code == 0
    again = read_json(ctl("backfill", "rerun", number, "-y", "-o", "json"))
    assert read_json(ctl("backfill", "get", str(again["id"]), "-o", "json"))["runs"] == {"queued": 2}
    _finish(ctl, str(again["id"]))


def test_a_watch_says_what_lets_no_run_begin(ctl: Program) -> None:
    window = ("--from-date", "2026-05-21", "--to-date", "2026-05-21")
    number = str(read_json(ctl("backfill", "create", "daily", *window, "-o", "json"))["id"])
    assert ctl("backfill", "pause", number).code == 0
    waited = ctl("backfill", "watch", number, "--timeout", "1")
    assert (
        f"the backfill is paused: no run of it begins until: airflowctl backfill unpause {number}"
        in waited.err
    )
    _finish(ctl, number)
