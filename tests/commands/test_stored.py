"""Connections, variables and pools on a real Airflow; how commands say no, and every format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.commands.test_commands import column, names, refused
from tests.support.formats import FORMATS, WITH_FIELDS
from tests.support.program import Done, Program

# Connections

SECRETS = ("hunter2-canary", "extra-canary")


@pytest.fixture
def connections(api: httpx.Client, unique: str) -> Iterator[list[str]]:
    """Two connections, one with a password and a secret in its extra."""
    ids = [f"{unique}.db", f"{unique}_web"]
    db = {
        "connection_id": ids[0], "conn_type": "postgres", "host": "db.example.com", "login": "ann",
        "schema": "shop", "port": 5432, "password": SECRETS[0], "description": "Ünïcode",
        "extra": json.dumps({"api_key": SECRETS[1], "sslmode": "require"}),
    }  # fmt: skip
    api.post("/connections", json=db).raise_for_status()
    api.post("/connections", json={"connection_id": ids[1], "conn_type": "http"}).raise_for_status()
    yield ids
    for conn_id in ids:
        api.delete(f"/connections/{conn_id}").raise_for_status()


def test_connections_list(ctl: Program, connections: list[str], unique: str) -> None:
    done = ctl("connections", "list", "--pattern", unique)
    assert column(done, "connection_id") == connections
    assert column(done, "conn_type") == ["postgres", "http"]
    assert column(done, "port") == ["5432", ""]
    assert column(done, "description") == ["Ünïcode", ""]
    assert names(ctl("connections", "list", "--pattern", unique, "--limit", "1", "-o", "name")) == [
        connections[0]
    ]
    assert set(connections) <= set(names(ctl("connections", "list", "-o", "name")))


def test_a_connection_as_the_server_has_it(ctl: Program, api: httpx.Client, connections: list[str]) -> None:
    shown = ctl("connections", "get", connections[0], "-o", "json").json
    assert shown == api.get(f"/connections/{connections[0]}").json()
    assert shown["port"] == 5432
    assert shown["schema"] == "shop"


@pytest.mark.parametrize("output", WITH_FIELDS)
def test_the_secrets_of_a_connection_stay_on_the_server(
    output: str, ctl: Program, connections: list[str]
) -> None:
    one = ctl("connections", "get", connections[0], "-o", output, "--debug")
    every = ctl("connections", "list", "-o", output, "--columns", "connection_id,password,extra")
    assert one.code == every.code == 0
    assert "***" in one.out.replace("\\*", "*")  # as `markdown` writes it
    assert not [secret for secret in SECRETS if secret in str((one, every))]


# Variables


@pytest.fixture
def forget(api: httpx.Client) -> Iterator[list[str]]:
    """Variables to delete afterwards, whether they exist or not."""
    keys: list[str] = []
    yield keys
    entities = {"action": "delete", "entities": keys, "action_on_non_existence": "skip"}
    api.patch("/variables", json={"actions": [entities]}).raise_for_status()


def variable(api: httpx.Client, key: str) -> Any:
    """The record on the server."""
    answer = api.get(f"/variables/{quote(key, safe='')}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_life_of_a_variable(ctl: Program, api: httpx.Client, unique: str) -> None:
    assert ctl("variables", "set", unique, "one") == Done(f"created {unique}\n", "", 0)
    assert ctl("variables", "get", unique) == Done("one\n", "", 0)
    assert ctl("variables", "set", unique, "two") == Done(f"changed {unique}\n", "", 0)
    assert variable(api, unique)["value"] == "two"
    assert ctl("variables", "list", "--pattern", unique, "-o", "jsonl").json == variable(api, unique)
    assert ctl("variables", "delete", unique) == Done(f"deleted {unique}\n", "", 0)
    refused(ctl("variables", "get", unique), unique)
    assert ctl("variables", "get", unique, "--default", "none of it") == Done("none of it\n", "", 0)


def test_only_what_was_named_changes(ctl: Program, api: httpx.Client, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    assert ctl("variables", "set", unique, "one", "--description", "what for").code == 0
    assert ctl("variables", "set", unique, "two").code == 0
    assert variable(api, unique)["description"] == "what for"
    assert ctl("variables", "set", unique, "two", "--description", "").code == 0
    assert (variable(api, unique)["value"], variable(api, unique)["description"]) == ("two", "")


VALUES = [
    "",
    " ",
    "  both sides  ",
    "two\nlines\n",
    "carriage\r\nreturns\r\n",
    "tab\there",
    "naïve Ωmega 日本 🎈",
    "\"quoted\" 'twice' \\n",
    "null",
    "0.10",
    "-1",
    "--option",
    "{'a': 1}",
    '{"b": 1, "a": [1.0, null]}',
    "a % b & c # d ? e",
    "\x1b]0;title\x07 \x9b2J",
    "x" * 100_000,
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_a_value_is_kept_byte_for_byte(
    value: str, ctl: Program, api: httpx.Client, unique: str, forget: list[str]
) -> None:
    """As kept when it is sent without the program: the server writes numbers its own way when it is asked."""
    forget += [unique, f"{unique}_twin"]
    api.post("/variables", json={"key": f"{unique}_twin", "value": value}).raise_for_status()
    kept = variable(api, f"{unique}_twin")["value"]
    done = ctl("variables", "set", unique, "--", value)
    assert (done.err, done.code) == ("", 0)
    assert variable(api, unique)["value"] == kept
    assert ctl("variables", "get", unique, "-o", "json").json["value"] == kept
    assert ctl("variables", "get", unique).out.removesuffix("\n") == kept.removesuffix("\n")
    assert kept == value or float(kept) == float(value)


def test_a_value_that_is_json(ctl: Program, api: httpx.Client, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    assert ctl("variables", "set", "--json", unique, '{"ü": [1, 2.50, true, null]}').code == 0
    assert json.loads(variable(api, unique)["value"]) == {"ü": [1, 2.5, True, None]}
    tidy = ctl("variables", "get", "-j", unique).out
    assert '\n  "ü": [' in tidy
    assert json.loads(tidy) == {"ü": [1, 2.5, True, None]}


def test_what_is_no_json_is_refused_before_it_is_sent(ctl: Program, api: httpx.Client, unique: str) -> None:
    refused(ctl("variables", "set", "-j", unique, "{'a': 1}"), "not JSON", code=2)
    assert api.get(f"/variables/{unique}").status_code == 404


def test_reading_text_as_json_says_that_it_is_none(ctl: Program, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    ctl("variables", "set", unique, "plain words")
    refused(ctl("variables", "get", "--json", unique), unique, "not JSON")


KEYS = [
    "with space", " spaces ", "100%", "h%41x", "h%2Fz", "a#frag", "a?x=1", "a&b=c+d", "a/b", "a//b", "/lead",
    "trail/", "x..y/.z", "naïve Ωmega 日本語/%23", "q'\"q", "a\tb", "back\\slash", ";semi",
    "--option", "~", "*",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_no_path(key: str, ctl: Program, api: httpx.Client, unique: str, forget: list[str]) -> None:
    key += unique
    forget.append(key)
    for word in ("created", "changed"):
        assert ctl("variables", "set", "--", key, f"{word} it").code == 0
        assert variable(api, key)["value"] == f"{word} it"
    assert variable(api, key)["key"] == key
    assert ctl("variables", "get", "--", key) == Done("changed it\n", "", 0)
    assert [row["key"] for row in ctl("variables", "list", "--pattern", unique, "-o", "json").json] == [key]
    assert ctl("variables", "delete", "--", key).code == 0
    assert api.get(f"/variables/{quote(key, safe='')}").status_code == 404


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
    refused(done, code=done.code)
    assert variable(api, unique)["value"] == "stays"
    assert api.get("/dags/demo_etl").json()["is_paused"] is False


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_a_key_that_cannot_be_asked_for(key: str, ctl: Program) -> None:
    for command in ("get", "delete"):
        refused(ctl("variables", command, key), f"'{key}'", code=2)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 250),
        (["--limit", "0"], 0),
        (["--limit", "1"], 1),
        (["--limit", "100"], 100),
        (["--limit", "101"], 101),
        (["--limit", "250"], 250),
        (["--limit", "251"], 250),
    ],
)
def test_a_list_of_more_than_a_page_is_whole(
    options: list[str], count: int, ctl: Program, many_variables: list[str]
) -> None:
    prefix = many_variables[0].removesuffix("000")
    assert column(ctl("variables", "list", "--pattern", prefix, *options), "key") == many_variables[:count]
    rows = ctl("variables", "list", "--pattern", prefix, "-o", "json", *options).json
    assert [row["key"] for row in rows] == many_variables[:count]
    assert all(row["value"].endswith("xxx") for row in rows)


# Pools


@pytest.fixture
def pool(api: httpx.Client, unique: str) -> Iterator[str]:
    """A pool."""
    name = f"{unique} pool/ü"
    body = {"name": name, "slots": 3, "description": "three at once", "include_deferred": True}
    api.post("/pools", json=body).raise_for_status()
    yield name
    api.delete(f"/pools/{quote(name, safe='')}").raise_for_status()


def test_pools_list(ctl: Program, pool: str, unique: str) -> None:
    assert {"default_pool", pool} <= set(names(ctl("pools", "list", "-o", "name")))
    done = ctl("pools", "list", "--pattern", unique)
    assert column(done, "name") == [pool]
    assert column(done, "slots") == column(done, "open_slots") == ["3"]
    assert names(ctl("pools", "list", "--pattern", unique, "--limit", "0", "-o", "name")) == []


def test_a_pool_as_the_server_has_it(ctl: Program, api: httpx.Client, pool: str) -> None:
    shown = ctl("pools", "get", pool, "-o", "json").json
    assert shown == api.get(f"/pools/{quote(pool, safe='')}").json()
    assert shown["slots"] == 3
    assert shown["include_deferred"] is True


# Saying no

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
    refused(ctl(*line.split()), "nosuch", "not found")


@pytest.mark.parametrize("line", WRONG_IDS)
def test_a_wrong_id_as_json_on_stderr(line: str, ctl: Program) -> None:
    done = ctl(*line.split(), "-o", "json")
    error = json.loads(done.err)["error"]
    assert (done.out, done.code) == ("", 1)
    assert (error["code"], error["status"]) == ("not_found", 404)
    assert "nosuch" in error["message"]


@pytest.mark.parametrize("noun", ["dags", "connections", "pools", "variables"])
def test_a_wrong_id_in_another_script_is_shown_as_it_was_typed(noun: str, ctl: Program) -> None:
    refused(ctl(noun, "get", "Ω mega 日本"), "Ω mega 日本")


@pytest.mark.parametrize("noun", ["dags", "connections"])
def test_an_id_with_a_slash_is_refused_by_its_name(noun: str, ctl: Program) -> None:
    done = ctl(noun, "get", "Ω mega/日本")
    assert done.code in (1, 2)
    refused(done, "Ω mega/日本", code=done.code)


# Formats


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
        assert (done.err, done.code) == ("", 0), output
        assert "\x1b" not in done.out
    assert ctl(*line.split(), "-o", "json").json is not None


def test_a_paused_dag_is_not_waited_for_by_accident(
    ctl: Program, api: httpx.Client, paused_dag: str, unique: str
) -> None:
    assert ctl("dags", "trigger", paused_dag, "-r", unique).code == 0
    assert api.get(f"/dags/{paused_dag}").json()["is_paused"] is True  # triggering unpauses nothing
    assert api.get(f"/dags/{paused_dag}/dagRuns/{unique}").json()["state"] == "queued"
