"""Files of imports are read strictly: all that is wrong is said at once, with places, and nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply


def empty(request: Request) -> Reply:
    """A server without any of these things, which does what it is asked."""
    noun = request.path.rpartition("/")[2]
    if noun not in ("variables", "connections", "pools"):
        return lets_in(request)
    if request.method == "GET":
        return reply({noun: [], "total_entries": 0})
    action = request.json["actions"][0]
    keys = [item.get("key") or item.get("connection_id") or item["name"] for item in action["entities"]]
    return reply({action["action"]: {"success": keys, "errors": []}})


@pytest.fixture
def server(online: Program, stub: Stub) -> Program:
    stub.answer = empty
    return online


def errors(done: Done, file: Path) -> list[str]:
    """What is wrong in the file, without its name, where nothing was done."""
    assert (done.out, done.code) == ("", 2), done
    lines = [line for line in done.err.splitlines() if not line.startswith("  ")]
    assert all(line.startswith(f"{file}:") for line in lines), done.err
    return [line.removeprefix(f"{file}:").replace(" error:", "") for line in lines]


def sent(stub: Stub) -> list[dict[str, Any]]:
    """The things in all requests that change something."""
    bodies = [request.json for request in stub.requests if request.method != "GET"]
    return [item for body in bodies for action in body["actions"] for item in action["entities"]]


WRONG = {
    "variables": [
        ("x.json", '{\n "b_a": 1,\n "b_a": 2\n}', ["3:2: b_a is there twice (first at 2:2)"]),
        ("x.json", '{"a": {"b": 1, "b": 2}}', ["1:16: b is there twice (first at 1:8)"]),
        ("x.yaml", "b_a: 1\nb_a: 2\n", ["2:1: b_a is there twice (first at 1:1)"]),
        ("x.env", "b_a=1\nb_a=2\n", ["2:1: b_a is there twice (first at 1:1)"]),
        (
            "x.yaml",
            "1: a\n~: b\ntrue: c\n3.5: d\n",
            [
                "1:1: the name 1 is no text: write it in quotes",
                "2:1: the name ~ is no text: write it in quotes",
                "3:1: the name true is no text: write it in quotes",
                "4:1: the name 3.5 is no text: write it in quotes",
            ],
        ),
        ("x.yaml", "a: 1\n---\nb: 2\n", ["2:1: a second document begins here: a file has one"]),
        ("x.yaml", "a: !!binary aGk=\n", ["1:4: the tag tag:yaml.org,2002:binary is not for imports"]),
        (
            "x.yaml",
            "a: .nan\nb: .inf\n",
            [
                "1:4: .nan is no number that JSON has",
                "2:4: .inf is no number that JSON has",
            ],
        ),
        ("x.yaml", "a: *b\n", ["1:4: there is no &b"]),
        (
            "x.json",
            '{"a": NaN, "b": 1e999}',
            [
                "1:7: NaN is no number that JSON has",
                "1:17: 1e999 is too large a number",
            ],
        ),
        ("x.json", '{"a": 1,\n  b}', ["2:3: not JSON: Expecting property name enclosed in double quotes"]),
        ("x.json", "[" * 200 + "]" * 200, ["1:2: deeper than 100 levels"]),
        (
            "x.json",
            '{"a": {"value": 1, "description": 5}}',
            [
                "1:20: a: description: must be text: write it in quotes",
            ],
        ),
        (
            "x.json",
            '[{"value": 1}, {"key": 5, "value": 1}, {"key": "a"}, 5]',
            [
                "1:2: entry 1: not an object with a field key",
                "1:16: entry 2: key: must be text",
                "1:40: a: no value",
                "1:54: entry 4: not an object with a field key",
            ],
        ),
        (
            "x.json",
            '[{"key": "a", "value": 1}, {"key": "a", "value": 2}]',
            [
                "1:28: a is there twice (first at 1:2)",
            ],
        ),
        (
            "x.json",
            '{"ok": 1, "": 2, "c": "\\ud800"}',
            [
                "1:11: : a key has 1 to 250 letters",
                "1:18: c: it has half a letter (a lone surrogate), which is no text",
            ],
        ),
        (
            "x.env",
            "a\n =1\nb='x\nAIRFLOW_VAR_C=1\n",
            [
                "1:1: not NAME=VALUE",
                "2:1: not NAME=VALUE",
                "3:1: the value of b begins with a quote that is no pair round the whole value",
            ],
        ),
        (
            "x.env",
            "AIRFLOW_VAR_C=1\nTOMTOM=2\n",
            [
                "2:1: TOMTOM has no AIRFLOW_VAR_ before it, and other lines have: write all alike",
            ],
        ),
        ("x.json", "5", ["1:1: not an object of variables by name, nor a list of them"]),
    ],
    "pools": [
        ("x.json", '[{"slots": 3}]', ["1:2: entry 1: not an object with a field name"]),
        (
            "x.json",
            '{"b_8": {"slots": 1, "include_deferred": "no"}}',
            [
                "1:22: b_8: include_deferred: must be true or false",
            ],
        ),
        (
            "x.json",
            '{"a": {"slots": "5"}, "b": {"slots": 5.0}, "c": {"slots": true}, "d": {}, "e": {"slots": -2}}',
            [
                "1:8: a: slots: must be an integer",
                "1:29: b: slots: must be an integer",
                "1:50: c: slots: must be an integer",
                "1:66: d: it has no slots",
                "1:81: e: slots: must be an integer from -1 to 2147483647",
            ],
        ),
        ("x.json", '{"a": {"slots": 1, "slotz": 2}}', ["1:20: a: slotz: no such field: slotz"]),
        (
            "x.json",
            '[{"name": "b", "slots": 1}, {"name": "b", "slots": 2}]',
            [
                "1:29: b is there twice (first at 1:2)",
            ],
        ),
        ("x.json", '{"a": {"name": "b", "slots": 1}}', ["1:8: a: name: it is also called b"]),
        (
            "x.yaml",
            "a: {slots: 1, include_deferred: no}\n",
            ["1:15: a: include_deferred: must be true or false"],
        ),
    ],
    "connections": [
        (
            "x.json",
            '{"a": {"uri": "http://h", "conn_type": "http"}}',
            [
                "1:27: a: conn_type: uri and conn_type are both there",
            ],
        ),
        ("x.json", '{"a": {"conn_id": "b", "conn_type": "http"}}', ["1:8: a: conn_id: it is also called b"]),
        (
            "x.json",
            '{"a": {"conn_type": "x", "extra": "{}", "extra_dejson": {}}}',
            [
                "1:41: a: extra_dejson: extra and extra_dejson are both there",
            ],
        ),
        (
            "x.json",
            '{"a": {"conn_type": "x", "extra": [1]}, "b": {"conn_type": "x", "extra": 5}}',
            [
                "1:26: a: extra: the extra is not a JSON object",
                "1:65: b: extra: the extra is not a JSON object",
            ],
        ),
        (
            "x.json",
            '{"a": {"conn_type": "x", "port": true}, "b": {"conn_type": "x", "port": 99999999999}}',
            [
                "1:26: a: port: must be an integer from 0 to 65535",
                "1:65: b: port: must be an integer from 0 to 65535",
            ],
        ),
        ("x.yaml", "a:\n  conn_type: x\n  login: 123\n", ["3:3: a: login: must be text: write it in quotes"]),
        (
            "x.json",
            '{"a": {"host": "h"}, "a b": "http://h", "c": 5, "d": "postgres"}',
            [
                "1:2: a: it has no conn_type",
                "1:22: a b: an id has 1 to 200 letters, digits, _, - and dots",
                "1:41: c: neither a URI nor an object of fields",
                "1:49: d: not a URI like TYPE://HOST:PORT/SCHEMA; its type has letters, digits,"
                " +, - and dots",
            ],
        ),
        (
            "x.env",
            "A=http://u:p@https://h:443\n",
            [
                "1:1: A: a host with :// in it must be percent-encoded (%3A%2F%2F), or use JSON",
            ],
        ),
    ],
}


@pytest.mark.parametrize(
    ("noun", "name", "text", "wanted"), [(noun, *row) for noun, rows in WRONG.items() for row in rows]
)
def test_what_is_wrong_in_a_file(
    noun: str, name: str, text: str, wanted: list[str], server: Program, stub: Stub, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text)
    assert errors(server(noun, "import", str(file)), file) == wanted
    assert stub.requests == []
    batch = server(stdin=f"variables set first 1\n{noun} import {file}\n")
    assert batch.code == 2
    assert f"{file}:{wanted[0].partition(' ')[0]}" in batch.err
    assert stub.requests == []


RIGHT: list[tuple[str, str, str, Any]] = [
    ("variables", "x.json", '\ufeff{"a": 1}', {"a": "1"}),
    ("variables", "x.yaml", "\ufeffa: 1\r\n", {"a": "1"}),
    ("variables", "x.env", "\ufeffa=1\r\nb=2\r\n", {"a": "1", "b": "2"}),
    (
        "variables",
        "x.env",
        "export a=1\n  b = 'x y' \nc=\"'\"\nd=\n# e=1\n",
        {"a": "1", "b": "x y", "c": "'", "d": ""},
    ),
    (
        "variables",
        "x.env",
        "AIRFLOW_VAR_A=1\nexport AIRFLOW_VAR_B=2\nAIRFLOW_CONN_X=http://h\n",
        {"a": "1", "b": "2"},
    ),
    (
        "variables",
        "x.yaml",
        "start: 2026-11-01\nat: 2026-11-01 10:00:00\n",
        {
            "start": "2026-11-01",
            "at": "2026-11-01 10:00:00",
        },
    ),
    (
        "variables",
        "x.yaml",
        "NO: yes\na: off\nb: 1_000\nc: 12:30\nd: 0o17\ne: 1e3\nf: ~\n",
        {
            "NO": "yes",
            "a": "off",
            "b": "1_000",
            "c": "12:30",
            "d": "15",
            "e": "1000.0",
            "f": "null",
        },
    ),
    (
        "variables",
        "x.yaml",
        "x: &x {a: 1}\ny: {<<: *x, b: 2}\n",
        {
            "x": '{\n  "a": 1\n}',
            "y": '{\n  "a": 1,\n  "b": 2\n}',
        },
    ),
    (
        "variables",
        "x.json",
        '{"a": {"value": 1, "other": 2}, "b": {"description": "d"}, "c": {"value": 1}}',
        {
            "a": '{\n  "value": 1,\n  "other": 2\n}',
            "b": '{\n  "description": "d"\n}',
            "c": "1",
        },
    ),
    (
        "variables",
        "x.json",
        '[{"key": "a", "value": "1", "description": null, "is_encrypted": true, "team_name": null}]',
        {"a": "1"},
    ),
    ("variables", "x.json", '{"variables": [{"key": "a", "value": "1"}], "total_entries": 1}', {"a": "1"}),
    (
        "variables",
        "airflow_settings.yaml",
        "airflow:\n  connections:\n    - conn_id:\n      conn_uri:\n  pools:\n  variables:\n"
        "    - variable_name: a\n      variable_value: 1\n    - variable_name:\n      variable_value:\n",
        {"a": "1"},
    ),
    (
        "pools",
        "x.yaml",
        "airflow:\n  pools:\n    - pool_name: a\n      pool_slot: 3\n      pool_description:\n",
        {"a": 3},
    ),
    (
        "pools",
        "x.json",
        '[{"name": "a", "slots": 3, "occupied_slots": 0, "open_slots": 3, "team_name": null}]',
        {"a": 3},
    ),
    (
        "connections",
        "x.yaml",
        "airflow:\n  connections:\n    - conn_id: a\n      conn_type: http\n      conn_host: h\n"
        "      conn_port: 80\n      conn_extra: {x: 1}\n    - conn_id:\n      conn_type:\n",
        {"a": "http"},
    ),
    ("connections", "x.yaml", "connections:\n  - conn_id: a\n    conn_type: postgresql\n", {"a": "postgres"}),
    (
        "connections",
        "x.json",
        '{"a": {"uri": "postgresql://h"}, "b": {"conn_type": "google-cloud-platform"}}',
        {
            "a": "postgres",
            "b": "google_cloud_platform",
        },
    ),
    (
        "connections",
        "x.env",
        'AIRFLOW_CONN_BDB="postgres://h"\nAIRFLOW_CONN_J=\'{"conn_type": "http"}\'\n',
        {
            "bdb": "postgres",
            "j": "http",
        },
    ),
]


@pytest.mark.parametrize(("noun", "name", "text", "wanted"), RIGHT)
def test_what_is_right_in_a_file(
    noun: str, name: str, text: str, wanted: Any, server: Program, stub: Stub, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text, newline="")
    done = server(noun, "import", str(file))
    assert done.code == 0, done
    found = {
        item.get("key") or item.get("connection_id") or item["name"]: item.get(
            "value", item.get("conn_type", item.get("slots"))
        )
        for item in sent(stub)
    }
    assert found == wanted


def test_a_file_with_many_connections_is_read(server: Program, stub: Stub, tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    fields = {
        "conn_type": "http",
        "host": "h",
        "login": "l",
        "port": 80,
        "extra": '{"a": 1}',
        "description": "d",
    }
    file.write_text("".join(f"c{number}: {json.dumps(fields)}\n" for number in range(2000)))
    assert server("connections", "import", str(file)).code == 0
    assert len(sent(stub)) == 2000
