"""The check of a file of commands before its first request: every line, all that is wrong in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.batches import Batch
from tests.support.program import Program
from tests.support.stub import Stub


def test_nothing_is_sent_when_any_line_is_wrong(batch: Batch, stub: Stub) -> None:
    done = batch("variables set a 1", "variables set b 2", "variables sett c 3")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    first, hint = done.err.splitlines()
    assert first == f"{batch.file}:3:11: error: unknown command 'variables sett'"
    assert hint.startswith("  did you mean set")


# Each with the column that is named.
WRONG = {
    "unknown noun": ("varaibles get a", 1),
    "unknown verb": ("variables gte a", 11),
    "no verb": ("variables", 1),
    "unknown option": ("variables get a --nope", 17),
    "no value": ("variables get a --default", 1),
    "not a number": ("variables list --limit x", 24),
    "not a number, joined": ("variables list --limit=x", 16),
    "not a choice": ("dags list --state done", 19),
    "not JSON": ("dags trigger etl --conf '{'", 25),
    "not a date": ("dags trigger etl -l soon", 21),
    "missing": ("variables get", 1),
    "too much": ("variables get a b", 17),
    "format": ("variables get a -o nope", 20),
    "bytes": ("variables get a --columns ,", 27),
    "indented": ("   variables  gte a", 15),
    "open quote": ("variables get 'a", 15),  # the last: whatever follows is in the quote
}


@pytest.mark.parametrize(("line", "column"), WRONG.values(), ids=WRONG)
def test_every_kind_of_mistake_is_found_before_the_first_request(
    batch: Batch, stub: Stub, line: str, column: int
) -> None:
    done = batch("variables set k v", "", line)
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert done.err.startswith(f"{batch.file}:3:{column}: error: ")


@pytest.mark.parametrize("content", [b"version\nvariables get a\\", b"version\nvariables get a\\\n"])
def test_a_backslash_before_the_end_of_all(batch: Batch, stub: Stub, content: bytes) -> None:
    done = batch.bytes(content)
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert done.err.startswith(f"{batch.file}:2:16: error: nothing stands after the last backslash")


def test_all_wrong_lines_are_reported(batch: Batch, stub: Stub) -> None:
    done = batch("variables set k v", *(line for line, _ in WRONG.values()), "# fine", "version")
    places = [line.partition(": error: ")[0] for line in done.err.splitlines() if ": error: " in line]
    columns = [column for _, column in WRONG.values()]
    assert places == [f"{batch.file}:{number}:{column}" for number, column in enumerate(columns, 2)]
    assert (done.out, done.code, stub.requests) == ("", 2, [])


def test_mistakes_of_standard_input_are_placed_too(batch: Batch) -> None:
    assert batch.program(stdin="version\n\ndags lst\n").err.startswith("stdin:3:6: error: unknown command")


def test_mistakes_in_json_say_where(batch: Batch) -> None:
    done = batch("version", "dags lst", "dags get 'a", options=("-o", "json"))
    errors = [json.loads(line)["error"] for line in done.err.splitlines()]
    assert [(error["code"], error["where"]) for error in errors] == [
        ("usage", f"{batch.file}:2:6"),
        ("usage", f"{batch.file}:3:10"),
    ]


def test_help_in_a_file_is_no_mistake(batch: Batch) -> None:
    done = batch("dags trigger -h", "help dags")
    assert (done.err, done.code) == ("", 0)
    assert "airflowctl dags trigger DAG_ID" in done.out


def test_a_mask_in_a_file_is_found_before_the_first_line_runs(
    online: Program, stub: Stub, tmp_path: Path
) -> None:
    """No server has to be asked for that of a variable; that of a connection may stand for what is stored."""
    variables, batch = tmp_path / "v.json", tmp_path / "batch"
    variables.write_text('{"": "1", "ok": "2", "x": "call *** please"}')
    batch.write_text(f"variables set first 1\nvariables import {variables}\n")
    done = online("-f", str(batch))
    assert (done.code, stub.requests) == (2, [])
    assert "1:11: error: " not in done.err
    assert f"{variables}:1:22: error: x: value: it holds ***, the server's mask" in done.err
    assert f"{variables}:1:2: error: : a key has 1 to 250 letters" in done.err
    batch.write_text(f"variables import {variables} --literal-stars x --partial\n")
    assert online("-f", str(batch), "--check").code == 0
