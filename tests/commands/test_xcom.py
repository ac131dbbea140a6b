"""`xcom`, on a real Airflow."""

from __future__ import annotations

import json

from tests.support.command_results import check_refused, read_rows
from tests.support.program import Program


def test_an_xcom_is_native_json(ctl: Program, mapped: str) -> None:
    place = ("demo_mapped", mapped, "list_files")
    assert ctl("xcom", "get", *place, "return_value").json == [
        "north.csv",
        "east.csv",
        "south.csv",
        "west.csv",
    ]
    value = {"a": [1, None, {"b": "ü"}]}
    added = ctl("xcom", "add", *place, "--key", "a/b", "--value", json.dumps(value), "-o", "json")
    assert added.json["value"] == value
    assert ctl("xcom", "get", *place, "a/b").json == value
    check_refused(ctl("xcom", "add", *place, "a/b", "1"), "a/b")
    check_refused(ctl("xcom", "add", *place, "bare", "no json"), "not JSON", code=2)
    assert {row["key"] for row in read_rows(ctl("xcom", "list", *place))} == {"a/b", "return_value"}
    assert [row["key"] for row in read_rows(ctl("xcom", "list", *place, "--pattern", "a/"))] == ["a/b"]
    assert ctl("xcom", "edit", *place, "a/b", "7").code == 0
    assert ctl("xcom", "delete", *place, "a/b", "--dry-run", "-o", "json").json["value"] == 7
    assert ctl("xcom", "delete", *place, "a/b").out == "deleted a/b\n"
    check_refused(ctl("xcom", "get", *place, "a/b"), "a/b", "xcom list demo_mapped")


def test_the_xcom_of_one_of_the_mapped(ctl: Program, mapped: str) -> None:
    line = ("xcom", "get", "demo_mapped", "latest", "count_letters", "return_value")
    assert ctl(*line, "--map-index", "1").json == len("east.csv")
