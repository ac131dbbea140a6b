"""Taking back pauses, notes and marks on a real Airflow; a clear is named, and stays."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.support.program import Done, Program
from tests.support.waiting import until

DAGS = ("demo_etl", "demo_fails", "demo_long", "demo_mapped", "demo_waits")
ENDED = ("success", "failed")


def by_hand(ctl: Program, *argv: str) -> Done:
    """The line, by a person at a terminal, who agrees to everything."""
    done = ctl(*argv, answers="y\n")
    assert done.code == 0, done
    return done


def paused(api: httpx.Client) -> dict[str, bool]:
    dags = api.get("/dags", params={"dag_id_pattern": "demo"}).raise_for_status().json()["dags"]
    return {dag["dag_id"]: dag["is_paused"] for dag in dags}


@pytest.fixture
def dags(api: httpx.Client) -> Iterator[dict[str, bool]]:
    """Whether each Dag is paused: one of them is."""
    before = paused(api)
    api.patch("/dags/demo_long", json={"is_paused": True}).raise_for_status()
    yield paused(api)
    for dag_id, is_paused in before.items():
        api.patch(f"/dags/{dag_id}", json={"is_paused": is_paused}).raise_for_status()


@pytest.mark.parametrize(
    "line",
    [
        ("dags", "pause", "demo_etl"),
        ("dags", "unpause", "demo_long"),
        ("dags", "update", "demo_etl", "--is-paused"),
        ("dags", "pause", "--pattern", "demo"),
        ("dags", "pause", "--pattern", "demo", "--tag", "etl"),
        ("dags", "pause", "^demo_.*", "--treat-dag-id-as-regex"),
        ("dags", "unpause", "--pattern", "%long%"),
    ],
    ids=" ".join,
)
def test_pauses_come_back_as_they_were(
    line: tuple[str, ...], ctl: Program, api: httpx.Client, dags: dict[str, bool]
) -> None:
    by_hand(ctl, *line)
    changed = {name for name, is_paused in paused(api).items() if is_paused != dags[name]}
    assert changed
    done = by_hand(ctl, "undo", "-o", "json")
    assert {row["name"] for row in done.json} == changed
    assert paused(api) == dags


def test_the_others_come_back_where_one_was_changed_since(
    ctl: Program, api: httpx.Client, dags: dict[str, bool]
) -> None:
    by_hand(ctl, "dags", "pause", "--pattern", "demo")
    api.patch("/dags/demo_etl", json={"is_paused": False}).raise_for_status()
    done = ctl("undo", "-o", "json", answers="y\n")
    assert "dag demo_etl: not possible: its is_paused changed since" in done.err
    reasons = {row["name"]: row["reason"] for row in done.json}
    assert (reasons["demo_etl"], reasons["demo_fails"]) == ("its is_paused changed since", None)
    assert done.code == 1
    assert paused(api) == dags
    assert [row["change"] for row in ctl("undo", "list", "-o", "json").json] == ["dags pause demo_etl"]


@pytest.mark.parametrize(
    "line",
    [("dags", "pause", "--pattern", "demo"), ("dags", "pause", "^demo_.*", "--treat-dag-id-as-regex")],
    ids=" ".join,
)
def test_a_bulk_pause_ends_with_the_line_that_unpauses_what_it_paused(
    line: tuple[str, ...], ctl: Program, api: httpx.Client, dags: dict[str, bool]
) -> None:
    printed = by_hand(ctl, *line).err.splitlines()[-1]
    said, _, again = printed.partition(": airflowctl ")
    count = len([name for name, is_paused in paused(api).items() if is_paused and not dags[name]])
    assert said.endswith(f" {count} dags as before, within an hour")
    # Another change, between: the line is for this one.
    by_hand(ctl, "dags", "unpause", "demo_long")
    by_hand(ctl, *again.split())
    assert {**paused(api), "demo_long": dags["demo_long"]} == dags


def test_a_pause_that_changes_nothing_is_not_kept(ctl: Program, dags: dict[str, bool]) -> None:
    by_hand(ctl, "dags", "pause", "demo_long")
    assert ctl("undo", "list", "-o", "json").json == []


# Runs and their tasks


@pytest.fixture
def run(ctl: Program, api: httpx.Client, unique: str) -> Iterator[str]:
    """A run of demo_etl that has ended well; none of its tasks really ran."""
    assert ctl("dagrun", "trigger", "demo_etl", "--run-id", unique, "--run-after", "+1d").code == 0
    path = f"/dags/demo_etl/dagRuns/{unique}"
    for task in ("extract", "transform", "load"):
        api.patch(f"{path}/taskInstances/{task}", json={"new_state": "success"}).raise_for_status()
    api.patch(path, json={"state": "success"}).raise_for_status()
    yield unique
    api.delete(path).raise_for_status()


def of_run(api: httpx.Client, run: str) -> dict[str, object]:
    found = api.get(f"/dags/demo_etl/dagRuns/{run}").raise_for_status().json()
    return {"state": found["state"], "note": found["note"] or None}


def of_tasks(api: httpx.Client, run: str) -> dict[str, tuple[str, str | None]]:
    found = api.get(f"/dags/demo_etl/dagRuns/{run}/taskInstances").raise_for_status().json()
    return {one["task_id"]: (one["state"], one["note"] or None) for one in found["task_instances"]}


@pytest.mark.parametrize(
    "line",
    [
        ("dagrun", "note", "demo_etl", "RUN", "late"),
        ("dagrun", "mark", "failed", "demo_etl", "RUN"),
        ("dagrun", "mark", "failed", "demo_etl", "RUN", "--note", "by hand"),
    ],
    ids=" ".join,
)
def test_what_was_said_of_a_run_is_taken_back(
    line: tuple[str, ...], ctl: Program, api: httpx.Client, run: str
) -> None:
    before = of_run(api, run)
    by_hand(ctl, *(run if word == "RUN" else word for word in line))
    assert of_run(api, run) != before
    by_hand(ctl, "undo")
    assert of_run(api, run) == before


def test_the_note_before_it_comes_back(ctl: Program, api: httpx.Client, run: str) -> None:
    api.patch(f"/dags/demo_etl/dagRuns/{run}", json={"note": "one"}).raise_for_status()
    by_hand(ctl, "dagrun", "note", "demo_etl", run, "two")
    done = by_hand(ctl, "undo")
    assert 'note: "two" -> "one"' in done.err
    assert of_run(api, run)["note"] == "one"


def test_several_runs_come_back_each_as_it_was(ctl: Program, api: httpx.Client, run: str) -> None:
    runs = [f"{run}_{number}" for number in range(2)]
    for name in runs:
        assert ctl("dagrun", "trigger", "demo_etl", "-r", name, "--run-after", "+1d").code == 0
    by_hand(ctl, "dagrun", "mark", "failed", "demo_etl", *runs, run)
    done = by_hand(ctl, "undo", "-o", "json")
    assert {row["result"] for row in done.json} == {"as before"}
    assert [of_run(api, name)["state"] for name in (*runs, run)] == ["queued", "queued", "success"]
    by_hand(ctl, "dagrun", "delete", "demo_etl", *runs)


@pytest.mark.parametrize(
    "line",
    [
        ("tasks", "note", "demo_etl", "load", "RUN", "looked at"),
        ("tasks", "mark", "failed", "demo_etl", "load", "RUN"),
        ("tasks", "mark", "skipped", "demo_etl", "load", "RUN", "--note", "by hand"),
        ("tasks", "mark", "failed", "demo_etl", "load", "RUN", "--upstream"),
        ("tasks", "mark-all", "failed", "demo_etl", "RUN"),
    ],
    ids=" ".join,
)
def test_what_was_said_of_tasks_is_taken_back(
    line: tuple[str, ...], ctl: Program, api: httpx.Client, run: str
) -> None:
    before = of_tasks(api, run)
    by_hand(ctl, *(run if word == "RUN" else word for word in line))
    assert of_tasks(api, run) != before
    by_hand(ctl, "undo")
    assert of_tasks(api, run) == before


def test_a_state_that_the_api_does_not_set_does_not_come_back(
    ctl: Program, api: httpx.Client, unique: str
) -> None:
    assert ctl("dagrun", "trigger", "demo_etl", "-r", unique, "--run-after", "+1d").code == 0
    by_hand(ctl, "tasks", "mark", "success", "demo_etl", "extract", unique)
    done = ctl("undo", answers="y\n")
    assert (done.out, done.code) == ("", 1)
    said = " ".join(done.err.split())
    assert "the state was none, and the API sets only success, failed, skipped" in said
    by_hand(ctl, "dagrun", "delete", "demo_etl", unique)


def test_a_clear_is_named_and_stays(ctl: Program, api: httpx.Client, unique: str) -> None:
    assert ctl("dagrun", "trigger", "demo_etl", "-r", unique).code == 0
    until(lambda: of_run(api, unique)["state"] in ENDED, "the end of the run", 120)
    by_hand(ctl, "dagrun", "clear", "demo_etl", unique)
    listed = ctl("undo", "list", "-o", "json").json
    assert [(row["change"], row["undo"]) for row in listed] == [(f"dagrun clear demo_etl {unique}", False)]
    done = ctl("undo", answers="y\n")
    assert (done.out, done.code) == ("", 1)
    assert "a clear is not taken back" in " ".join(done.err.split())
    assert "airflowctl dagrun list demo_etl" in done.err
