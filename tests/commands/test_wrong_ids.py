"""Ids that are not there or lead elsewhere, and each answer in each format: the same for all nouns."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.support.command_results import check_refused, read_variable
from tests.support.formats import FORMATS
from tests.support.program import Program

COST = "their last runs cost a request for each Dag that is shown\n"


@pytest.mark.parametrize(
    "line",
    [
        ["variables", "delete", "nosuch/../{victim}"],
        ["variables", "delete", "../variables/{victim}"],
        ["variables", "delete", "{victim}#frag"],
        ["variables", "delete", "{victim}?x=1"],
        ["variables", "delete", "{victim}%00"],
        ["variables", "delete", "{victim}/"],
        ["variables", "set", "nosuch/../{victim}?x", "--json", "broken"],
        ["variables", "get", "../variables/{victim}"],
        ["variables", "get", "../pools/default_pool"],
        ["pools", "get", "../variables/{victim}"],
        ["pools", "get", "default_pool#x"],
        ["pools", "get", "default_pool?x=1"],
        ["pools", "get", "nosuch/../default_pool"],
        ["connections", "get", "../variables/{victim}"],
        ["dags", "get", "../variables/{victim}"],
        ["dags", "get", "demo_etl/details"],
        ["dags", "pause", "nosuch/../demo_etl"],
        ["dags", "pause", "demo_etl?x=1"],
        ["dagrun", "get", "demo_etl", "../../dags"],
        ["tasks", "list", "demo_etl/../demo_long"],
    ],
    ids=" ".join,
)
def test_an_id_never_reaches_another_object(
    line: list[str], ctl: Program, api: httpx.Client, unique: str, forget: list[str]
) -> None:
    forget.append(unique)
    api.post("/variables", json={"key": unique, "value": "stays"}).raise_for_status()
    done = ctl(*(word.format(victim=unique) for word in line))
    assert done.code in (1, 2)
    check_refused(done, code=done.code)
    assert read_variable(api, unique)["value"] == "stays"
    assert api.get("/dags/demo_etl").json()["is_paused"] is False


WRONG_IDS = [
    "dags get nosuch",
    "dags details nosuch",
    "dags pause nosuch",
    "dags unpause nosuch",
    "dags trigger nosuch",
    "dagrun list nosuch",
    "dagrun get nosuch nosuch",
    "dagrun get demo_etl nosuch",
    "tasks list nosuch",
    "tasks states-for-dag-run nosuch nosuch",
    "tasks states-for-dag-run demo_etl nosuch",
    "connections get nosuch",
    "variables get nosuch",
    "variables delete nosuch",
    "pools get nosuch",
]


@pytest.mark.parametrize("line", WRONG_IDS)
def test_a_wrong_id_is_one_clear_line(line: str, ctl: Program) -> None:
    check_refused(ctl(*line.split()), "nosuch", "not found")


@pytest.mark.parametrize("line", WRONG_IDS)
def test_a_wrong_id_as_json_on_stderr(line: str, ctl: Program) -> None:
    done = ctl(*line.split(), "-o", "json")
    error = json.loads(done.err)["error"]
    assert (done.out, done.code) == ("", 1)
    assert (error["code"], error["status"]) == ("not_found", 404)
    assert "nosuch" in error["message"]


@pytest.mark.parametrize("noun", ["dags", "connections", "pools", "variables"])
def test_a_wrong_id_in_another_script_is_shown_as_it_was_typed(noun: str, ctl: Program) -> None:
    check_refused(ctl(noun, "get", "Ω mega 日本"), "Ω mega 日本")


@pytest.mark.parametrize("noun", ["dags", "connections"])
def test_an_id_with_a_slash_is_refused_by_its_name(noun: str, ctl: Program) -> None:
    done = ctl(noun, "get", "Ω mega/日本")
    assert done.code in (1, 2)
    check_refused(done, "Ω mega/日本", code=done.code)


@pytest.mark.parametrize(
    "line",
    [
        "health",
        "dags list",
        "dags get demo_etl",
        "dagrun list",
        "tasks list demo_etl",
        "connections list",
        "variables list --limit 3",
        "pools list",
        "pools get default_pool",
        "auth status",
    ],
)
def test_every_answer_in_every_format(line: str, ctl: Program) -> None:
    for output in FORMATS:
        done = ctl(*line.split(), "-o", output)
        costs = (line, output) == ("dags list", "wide")
        assert (done.err, done.code) == (COST if costs else "", 0), output
        assert "\x1b" not in done.out
    assert ctl(*line.split(), "-o", "json").json is not None
