"""`dags list`, `get`, `details`, `pause` and `unpause`, on a real Airflow."""

from __future__ import annotations

import httpx
import pytest

from tests.support.command_results import read_column, read_names
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply

DEMO = ["demo_etl", "demo_fails", "demo_long", "demo_mapped", "demo_waits"]


def test_dags_list_is_what_the_server_has(ctl: Program, api: httpx.Client) -> None:
    assert read_column(ctl("dags", "list"), "dag_id") == DEMO
    known = api.get("/dags", params={"order_by": "dag_id"}).json()["dags"]
    steady = [field for field in known[0] if not field.endswith("token")]
    shown = ctl("dags", "list", "-o", "json").json
    assert [[dag[field] for field in steady] for dag in shown] == [
        [dag[field] for field in steady] for dag in known
    ]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--pattern", "_ma"], ["demo_mapped"]),
        (["--pattern", "nosuch"], []),
        (["--tag", "etl"], ["demo_etl"]),
        (["--pattern", "emo%tl"], ["demo_etl"]),
        (["--pattern", "DEMO.ETL"], []),
        (["--pattern", "d_mo?etl".replace("?", "_")], ["demo_etl"]),
        (["--pattern", "etl|waits"], ["demo_etl", "demo_waits"]),
        (["--owner", "at"], ["demo_etl", "demo_fails", "demo_long", "demo_mapped"]),
        (["--tag", "etl", "--tag", "slow"], ["demo_etl", "demo_long"]),
        (["--owner", "data"], ["demo_etl", "demo_mapped"]),
        (["--owner", "data", "--owner", "finance"], ["demo_etl", "demo_mapped", "demo_waits"]),
        (["--owner", "data", "--tag", "mapped"], ["demo_mapped"]),
        (["--bundle-name", "dags-folder"], DEMO),
        (["-B", "nosuch"], []),
        (["--no-stale"], DEMO),
        (["--limit", "2"], DEMO[:2]),
        (["--limit", "0"], []),
    ],
)
def test_dags_list_filters(options: list[str], found: list[str], ctl: Program) -> None:
    assert read_names(ctl("dags", "list", "-o", "name", *options)) == found


def test_dags_list_by_the_state_of_the_last_run(ctl: Program, failed_run: Done) -> None:
    assert "demo_fails" in read_names(ctl("dags", "list", "-o", "name", "--state", "failed"))
    assert "demo_fails" not in read_names(ctl("dags", "list", "-o", "name", "--state", "success"))


@pytest.mark.parametrize("command", ["get", "details"])
def test_a_dag_as_the_server_has_it(command: str, ctl: Program, api: httpx.Client) -> None:
    path = "/dags/demo_etl" + ("/details" if command == "details" else "")
    shown, known = ctl("dags", command, "demo_etl", "-o", "json").json, api.get(path).json()
    assert shown.keys() == known.keys()
    assert shown["tags"] == known["tags"]
    assert shown["is_paused"] is False
    assert shown["max_active_tasks"] == 16
    assert shown["description"] == "Extract, transform and load a few orders"


def test_a_person_sees_less_of_a_dag_than_a_machine(ctl: Program, api: httpx.Client) -> None:
    known = api.get("/dags/demo_etl").json()
    shown = ctl("dags", "get", "demo_etl", terminal=True).lines
    fields = [line.split()[0] for line in shown if not line.startswith(" ")]  # not the rest of a long value
    assert fields[:3] == ["dag_id", "description", "is_paused"]
    assert "file_token" not in fields
    assert set(fields) < set(known)
    assert ctl("dags", "get", "demo_etl").lines[0].split("\t") == list(known)
    assert ctl("dags", "get", "demo_etl", "--columns", "file_token", terminal=True).out.startswith(
        "file_token"
    )


def test_dags_details_has_parameters_and_documentation(ctl: Program) -> None:
    dag = ctl("dags", "details", "demo_etl", "-o", "json").json
    assert dag["params"]["region"]["value"] == "eu"
    assert "made-up orders" in dag["doc_md"]


def test_pausing_and_unpausing(ctl: Program, api: httpx.Client) -> None:
    try:
        for command, paused in (("pause", True), ("pause", True), ("unpause", False)):
            done = ctl("dags", command, "demo_waits", "-o", "json")
            assert done.json["dag_id"] == "demo_waits"
            assert done.json["is_paused"] is paused
            assert (done.err, done.code) == ("", 0)
            assert api.get("/dags/demo_waits").json()["is_paused"] is paused
            mine = read_names(ctl("dags", "list", "-o", "name", "--paused"))
            assert ("demo_waits" in mine) is paused
            others = read_names(ctl("dags", "list", "-o", "name", "--no-paused"))
            assert ("demo_waits" in others) is not paused
    finally:
        api.patch("/dags/demo_waits", json={"is_paused": False}).raise_for_status()


def test_the_last_run_of_each_dag_is_shown_where_it_is_asked_for(ctl: Program, mapped: str) -> None:
    fields = "dag_id,last_run_id,last_run_state,last_run_duration"
    done = ctl("dags", "list", "--pattern", "demo_ma", "--columns", fields)
    assert "cost a request for each Dag" in done.err
    newest = ctl("dagrun", "list", "demo_mapped", "--limit", "1", "-o", "json").json[0]
    wanted = [newest[name] for name in ("dag_id", "dag_run_id", "state", "duration")]
    assert done.lines[1].split("\t") == [str(value) for value in wanted]
    assert "last_run_state" in ctl("dags", "list", "--pattern", "demo_ma", "-o", "wide").lines[0]
    assert "last_run_id" not in ctl("dags", "list", "--pattern", "demo_ma", "-o", "json").json[0]


@pytest.mark.parametrize(("status", "code"), [(404, 1), (403, 4)])
@pytest.mark.parametrize("words", [("-o", "wide"), ("--columns", "dag_id,last_run_state", "-o", "jsonl")])
def test_a_last_run_that_cannot_be_read_is_no_success(
    online: Program, stub: Stub, status: int, code: int, words: tuple[str, ...]
) -> None:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/dags"):
            return reply({"dags": [{"dag_id": "a"}, {"dag_id": "b"}], "total_entries": 2})
        if "/dags/a/" in request.path:
            return reply({"dag_runs": [], "total_entries": 0})
        return reply({"detail": "no"}, status)

    stub.answer = answer
    done = online("dags", "list", *words)
    assert (done.code, "not known" in done.out, "the last run of b is not known" in done.err) == (
        code,
        True,
        True,
    )
    assert len(done.lines) == 2 + ("wide" in words)
    batch = online("-f", "-", stdin=f"dags list {' '.join(words)}\nversion\n")
    assert (batch.code, "airflowctl" in batch.out) == (code, False)
