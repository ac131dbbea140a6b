"""`pools`, on a real Airflow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.support.command_results import check_refused, import_results, read_column, read_names, write_file
from tests.support.program import Program
from tests.support.stub import Stub, reply


def test_a_pool_is_set_updated_and_deleted(ctl: Program, api: httpx.Client, pools: str) -> None:
    made = ctl("pools", "set", pools, "3", "for tests", "--include-deferred", "-o", "json").json
    assert (made["slots"], made["description"], made["include_deferred"]) == (3, "for tests", True)
    assert ctl("pools", "update", "--pool", pools, "--slots", "5").code == 0
    found = api.get(f"/pools/{pools}").json()
    assert (found["slots"], found["description"], found["include_deferred"]) == (5, "for tests", True)
    assert ctl("pools", "set", pools, "-1", "changed").code == 0
    found = api.get(f"/pools/{pools}").json()
    assert (found["slots"], found["description"], found["include_deferred"]) == (-1, "changed", False)
    assert ctl("pools", "delete", pools, "--dry-run").out == f"would delete {pools}\n"
    assert ctl("pools", "delete", pools).out == f"deleted {pools}\n"
    check_refused(ctl("pools", "delete", pools), pools)
    check_refused(ctl("pools", "delete", pools, "--dry-run"), pools)
    check_refused(ctl("pools", "update", pools, "--slots", "1"), pools)


def test_a_pool_as_the_official_program_makes_it(ctl: Program, pools: str) -> None:
    line = ("pools", "create", "--name", pools, "--slots", "2", "--description", "x")
    assert ctl(*line, "-o", "json").json["slots"] == 2
    check_refused(ctl(*line), f"there is a pool {pools} already", "pools update")


def test_default_pool_stays_and_can_be_resized(ctl: Program, api: httpx.Client) -> None:
    check_refused(ctl("pools", "delete", "default_pool"), "default_pool cannot be deleted", code=2)
    assert ctl("pools", "update", "default_pool", "--slots", "129").code == 0
    assert api.get("/pools/default_pool").json()["slots"] == 129
    assert ctl("pools", "update", "default_pool", "--slots", "128").code == 0
    check_refused(ctl("pools", "update", "default_pool", "--description", "x"), "Default Pool")
    check_refused(ctl("pools", "update", "default_pool"), "nothing to change", code=2)


def test_pools_travel_in_files(ctl: Program, api: httpx.Client, pools: str, tmp_path: Path) -> None:
    a, b = f"{pools}a", f"{pools}b"
    classic = {a: {"slots": 1, "description": "one"}, b: {"slots": 2, "description": ""}, f"{pools}c": {}}
    file = write_file(tmp_path, "pools.json", classic)
    plan = ctl("pools", "import", file, "--partial", "--dry-run", "-o", "json")
    assert import_results(plan, "name") == {
        a: "would be created",
        b: "would be created",
        f"{pools}c": "would fail",
    }
    assert ctl("pools", "import", file).code == 2  # all or nothing
    assert api.get(f"/pools/{a}").status_code == 404
    done = ctl("pools", "import", file, "--partial", "-o", "json")
    assert (import_results(done, "name"), done.code) == (
        {a: "created", b: "created", f"{pools}c": "failed"},
        1,
    )
    official = write_file(tmp_path, "official.json", [{"name": a, "slots": 9}])
    assert import_results(ctl("pools", "import", official, "-a", "skip", "-o", "json"), "name") == {
        a: "skipped"
    }
    failed = ctl("pools", "import", official, "-a", "fail", "-o", "json")
    assert (import_results(failed, "name"), failed.code) == ({a: "failed"}, 1)
    assert import_results(ctl("pools", "import", official, "-o", "json"), "name") == {a: "changed"}
    assert api.get(f"/pools/{a}").json()["slots"] == 9
    out = tmp_path / "out.json"
    assert ctl("pools", "export", str(out)).out.startswith("exported ")
    known = json.loads(out.read_text())
    assert known[b] == {"slots": 2, "description": "", "include_deferred": False}
    assert json.loads(ctl("pools", "export", "-").out) == known


@pytest.fixture
def pool(api: httpx.Client, unique: str) -> Iterator[str]:
    """A pool."""
    name = f"{unique} pool/ü"
    body = {"name": name, "slots": 3, "description": "three at once", "include_deferred": True}
    api.post("/pools", json=body).raise_for_status()
    yield name
    api.delete(f"/pools/{quote(name, safe='')}").raise_for_status()


def test_pools_list(ctl: Program, pool: str, unique: str) -> None:
    assert {"default_pool", pool} <= set(read_names(ctl("pools", "list", "-o", "name")))
    done = ctl("pools", "list", "--pattern", unique)
    assert read_column(done, "name") == [pool]
    assert read_column(done, "slots") == read_column(done, "open_slots") == ["3"]
    assert read_names(ctl("pools", "list", "--pattern", unique, "--limit", "0", "-o", "name")) == []


def test_a_pool_as_the_server_has_it(ctl: Program, api: httpx.Client, pool: str) -> None:
    shown = ctl("pools", "get", pool, "-o", "json").json
    assert shown == api.get(f"/pools/{quote(pool, safe='')}").json()
    assert shown["slots"] == 3
    assert shown["include_deferred"] is True


def test_a_pool_that_the_bulk_answer_refuses_is_not_set(program: Program, stub: Stub) -> None:
    errors = [{"error": "the pool is locked", "status_code": 409}]
    stub.answer = lambda _: reply({"create": {"success": [], "errors": errors}})
    done = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")("pools", "set", "p", "1")
    assert (done.out, done.code) == ("", 1)
    assert "p: the pool is locked" in done.err
