"""`variables`, on a real Airflow."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx
import pytest

from tests.support.command_results import check_refused, read_column, read_variable
from tests.support.program import Done, Program


def test_the_life_of_a_variable(ctl: Program, api: httpx.Client, unique: str) -> None:
    assert ctl("variables", "set", unique, "one") == Done(f"created {unique}\n", "", 0)
    assert ctl("variables", "get", unique) == Done("one\n", "", 0)
    assert ctl("variables", "set", unique, "two") == Done(f"changed {unique}\n", "", 0)
    assert read_variable(api, unique)["value"] == "two"
    assert ctl("variables", "list", "--pattern", unique, "-o", "jsonl").json == read_variable(api, unique)
    assert ctl("variables", "delete", unique) == Done(f"deleted {unique}\n", "", 0)
    check_refused(ctl("variables", "get", unique), unique)
    assert ctl("variables", "get", unique, "--default", "none of it") == Done("none of it\n", "", 0)


def test_only_what_was_named_changes(ctl: Program, api: httpx.Client, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    assert ctl("variables", "set", unique, "one", "--description", "what for").code == 0
    assert ctl("variables", "set", unique, "two").code == 0
    assert read_variable(api, unique)["description"] == "what for"
    assert ctl("variables", "set", unique, "two", "--description", "").code == 0
    assert (read_variable(api, unique)["value"], read_variable(api, unique)["description"]) == ("two", "")


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
    kept = read_variable(api, f"{unique}_twin")["value"]
    done = ctl("variables", "set", unique, "--", value)
    assert (done.err, done.code) == ("", 0)
    assert read_variable(api, unique)["value"] == kept
    assert ctl("variables", "get", unique, "-o", "json").json["value"] == kept
    assert ctl("variables", "get", unique).out.removesuffix("\n") == kept.removesuffix("\n")
    assert kept == value or float(kept) == float(value)


def test_a_value_that_is_json(ctl: Program, api: httpx.Client, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    assert ctl("variables", "set", "--json", unique, '{"ü": [1, 2.50, true, null]}').code == 0
    assert json.loads(read_variable(api, unique)["value"]) == {"ü": [1, 2.5, True, None]}
    tidy = ctl("variables", "get", "-j", unique).out
    assert '\n  "ü": [' in tidy
    assert json.loads(tidy) == {"ü": [1, 2.5, True, None]}


def test_what_is_no_json_is_refused_before_it_is_sent(ctl: Program, api: httpx.Client, unique: str) -> None:
    check_refused(ctl("variables", "set", "-j", unique, "{'a': 1}"), "not JSON", code=2)
    assert api.get(f"/variables/{unique}").status_code == 404


def test_reading_text_as_json_says_that_it_is_none(ctl: Program, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    ctl("variables", "set", unique, "plain words")
    check_refused(ctl("variables", "get", "--json", unique), unique, "not JSON")


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
        assert read_variable(api, key)["value"] == f"{word} it"
    assert read_variable(api, key)["key"] == key
    assert ctl("variables", "get", "--", key) == Done("changed it\n", "", 0)
    assert [row["key"] for row in ctl("variables", "list", "--pattern", unique, "-o", "json").json] == [key]
    assert ctl("variables", "delete", "--", key).code == 0
    assert api.get(f"/variables/{quote(key, safe='')}").status_code == 404


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_a_key_that_cannot_be_asked_for(key: str, ctl: Program) -> None:
    for command in ("get", "delete"):
        check_refused(ctl("variables", command, key), f"'{key}'", code=2)


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
    assert (
        read_column(ctl("variables", "list", "--pattern", prefix, *options), "key") == many_variables[:count]
    )
    rows = ctl("variables", "list", "--pattern", prefix, "-o", "json", *options).json
    assert [row["key"] for row in rows] == many_variables[:count]
    assert all(row["value"].endswith("xxx") for row in rows)
