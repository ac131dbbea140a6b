"""`dagrun list` and `get`, on a real Airflow."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.support.command_results import check_refused, read_column, read_names, read_rows
from tests.support.program import Done, Program


def test_dagrun_list_is_newest_first(ctl: Program, old_runs: list[str]) -> None:
    assert read_column(ctl("dagrun", "list", "demo_waits"), "dag_run_id") == old_runs


@pytest.mark.parametrize(
    ("options", "which"),
    [
        (["--limit", "2"], [0, 1]),
        (["--limit", "0"], []),
        (["--limit", "1000"], [0, 1, 2]),
        (["--state", "queued"], [0, 1, 2]),
        (["--state", "success"], []),
        (["--state", "success", "--state", "queued"], [0, 1, 2]),
        (["--run-type", "manual"], [0, 1, 2]),
        (["--run-type", "scheduled"], []),
        (["--due-after", "2020-05-02"], [0, 1]),
        (["--due-after", "2020-05-02T06:00:00"], [0, 1]),
        (["--due-after", "2020-05-02T06:00:01"], [0]),
        (["--due-before", "2020-05-02"], [2]),
        (["--due-before", "2020-05-02T08:00:00+02:00"], [1, 2]),
        (["--due-after", "2020-05-02", "--due-before", "2020-05-02T23:59:59"], [1]),
        (["--start-date", "2020-05-02"], []),  # they have no logical date
    ],
)
def test_dagrun_list_filters(options: list[str], which: list[int], ctl: Program, old_runs: list[str]) -> None:
    found = read_names(ctl("dagrun", "list", "demo_waits", "-o", "name", *options))
    assert found == [old_runs[place] for place in which]


def test_dagrun_list_of_all_dags(ctl: Program, old_runs: list[str], mapped_run: str) -> None:
    runs = ctl("dagrun", "list", "-o", "json").json
    pairs = [(run["dag_id"], run["dag_run_id"]) for run in runs]
    due = [run["run_after"] for run in runs]
    assert ("demo_mapped", mapped_run) in pairs
    assert pairs[-3:] == [("demo_waits", run) for run in old_runs]
    assert due == sorted(due, reverse=True)


def test_a_run_as_the_server_has_it(ctl: Program, api: httpx.Client, good_run: Done) -> None:
    run_id = good_run.json["dag_run_id"]
    done = ctl("dagrun", "get", "demo_etl", run_id, "-o", "json")
    assert (done.err, done.code) == ("", 0)
    assert done.json == api.get(f"/dags/demo_etl/dagRuns/{quote(run_id, safe='')}").json()
    assert isinstance(done.json["duration"], float)


def test_runs_are_filtered_by_the_server(ctl: Program, later: Any, unique: str) -> None:
    later(f"{unique}_a")
    later(f"{unique}_b")
    listed = ("dagrun", "list", "demo_etl", "--run-id-pattern", unique)
    assert [row["dag_run_id"] for row in read_rows(ctl(*listed))] == [f"{unique}_b", f"{unique}_a"]
    for given, count in {
        ("--due-after", "+1h"): 2,
        ("-e", "now"): 0,
        ("--triggered-by", "admin"): 2,
        ("--conf-contains", "us"): 2,
        ("--conf-contains", "asia"): 0,
        ("--state", "queued", "--run-type", "manual"): 2,
        ("--limit", "1"): 1,
        ("--no-backfill",): 2,
        ("--started-before", "2001-01-01"): 0,
    }.items():
        assert len(read_rows(ctl(*listed, *given))) == count, given


def test_the_classic_words_for_a_list_of_runs_work(ctl: Program, mapped: str) -> None:
    done = ctl("dags", "list-runs", "-d", "demo_mapped", "-o", "name")
    assert mapped in done.lines
    assert done.err == "now: airflowctl dagrun list\n"


def test_runs_of_several_dags(ctl: Program, mapped: str, etl: str) -> None:
    line = ("dagrun", "list", "demo_etl", "demo_mapped")
    found = read_rows(ctl(*line, "--state", "success", "--due-after", "-1d"))
    assert {row["dag_id"] for row in found} == {"demo_etl", "demo_mapped"}
    assert len(read_rows(ctl(*line, "--limit", "1"))) == 1
    check_refused(ctl(*line, "--bundle-version", "1"), "--bundle-version", "several Dags", code=2)
