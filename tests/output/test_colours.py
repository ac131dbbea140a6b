"""When there are colours: --color, and the variables that other programs know too."""

from __future__ import annotations

import pytest

from tests.support.program import Program
from tests.support.stub import Stub, reply


@pytest.mark.parametrize(
    ("when", "environ", "terminal", "coloured"),
    [
        (None, {}, True, True),
        (None, {}, False, False),
        (None, {"NO_COLOR": "1"}, True, False),
        (None, {"TERM": "dumb"}, True, False),
        (None, {"CLICOLOR": "0"}, True, False),
        (None, {"CLICOLOR": "1"}, False, False),
        (None, {"FORCE_COLOR": "1"}, False, True),
        (None, {"FORCE_COLOR": "true"}, False, True),
        (None, {"FORCE_COLOR": "0"}, False, False),
        (None, {"FORCE_COLOR": ""}, False, False),
        (None, {"CLICOLOR_FORCE": "1"}, False, True),
        (None, {"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, False, True),
        (None, {"CLICOLOR_FORCE": "0", "CLICOLOR": "0"}, True, False),
        (None, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        (None, {"FORCE_COLOR": "1", "TERM": "dumb"}, True, False),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {}, True, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("on", {}, False, True),
        ("never", {}, True, False),
        ("off", {}, True, False),
    ],
)
def test_when_there_are_colours(
    online: Program, stub: Stub, when: str | None, environ: dict[str, str], terminal: bool, coloured: bool
) -> None:
    run = {"dag_run_id": "r", "state": "success"}
    stub.answer = lambda _: reply({"dag_runs": [run], "total_entries": 1})
    line = ("dagrun", "list", "etl", *(("--color", when) if when else ()))
    done = online.with_environ(**environ)(*line, "-o", "table", terminal=terminal)
    assert ("\x1b[32m" in done.out) is coloured
    for output in ("plain", "tsv", "csv", "json", "jsonl", "yaml", "name"):
        assert "\x1b" not in online.with_environ(**environ)(*line, "-o", output, terminal=terminal).out
