"""The whole log of a task, on a real Airflow, as it is read by people and by programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.program import Done, Program

OURS = "ours"
FAILS, AGAIN, COUNT = f"demo_fails compute {OURS}", f"again flaky {OURS}", f"lines count {OURS}"
CONF = {"demo_fails": {}, "again": {}, "lines": {"lines": 30, "interval": 0}, "many": {"fails": 2}}


@pytest.fixture(scope="module")
def ran(working: Program, working_api: httpx.Client) -> Iterator[None]:
    """A run of each of some Dags, which are over."""
    for dag, conf in CONF.items():
        body = {"dag_run_id": OURS, "logical_date": None, "conf": conf}
        working_api.post(f"/dags/{dag}/dagRuns", json=body).raise_for_status()
    for dag in CONF:
        working("dagrun", "wait", dag, OURS)
    yield
    for dag in CONF:
        working_api.delete(f"/dags/{dag}/dagRuns/{OURS}").raise_for_status()


@pytest.fixture
def ctl(working: Program, ran: None) -> Program:
    return working


def logs(ctl: Program, words: str, *more: str, terminal: bool = False) -> Done:
    return ctl("tasks", "logs", *words.split(), *more, terminal=terminal)


def test_in_a_pipe_a_line_is_a_time_a_level_and_words(ctl: Program) -> None:
    done = logs(ctl, COUNT)
    assert (done.err, done.code) == ("", 0)
    found = [line for line in done.lines if " line 7 at " in line]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z INFO    line 7 at [\d.]+", found[0])
    assert len(found) == 1
    assert "\x1b" not in done.out
    assert ctl("logs", *COUNT.split()).out == done.out
    assert ctl("logs", "lines", "count").code == 0  # of the newest run


def test_a_failure_is_told_as_python_tells_it_with_the_lines_of_the_dag(ctl: Program) -> None:
    done = logs(ctl, FAILS)
    told = done.out[done.out.index("Traceback") :]
    cause, _, raised = told.partition("The above exception was the direct cause of the following exception:")
    assert re.search(
        r'  File "[^"]+/demo_fails.py", line \d+, in compute\n'
        r'    return int\(row\["orders"\]\) \* float\(row\["price"\]\)\n'
        r"ValueError: could not convert string to float: 'n/a'\n",
        cause,
    )
    assert re.search(r"# \d+ frames of Airflow: --unfold shows them\n", raised)
    assert '    raise RuntimeError("the price of a row is not a number") from error\n' in raised
    assert "RuntimeError: the price of a row is not a number\n" in raised
    assert raised.count("  File ") == 1
    assert logs(ctl, FAILS, "--unfold").out.count("  File ") > 5


def test_the_source_of_the_dag_is_asked_for_once_and_only_for_eyes(ctl: Program) -> None:
    def asked(*more: str) -> int:
        return logs(ctl, FAILS, "--debug", *more).err.count("GET /api/v2/dagSources/")

    assert asked() == 1
    assert [asked("-o", "json"), asked("--raw"), asked("--level", "critical")] == [0, 0, 0]


def test_groups_are_folded_but_nothing_that_the_task_printed_is(ctl: Program) -> None:
    folded = logs(ctl, AGAIN).out
    assert re.search(r"▸ Pre Execute \(\d+ lines\)\n", folded)
    assert "Filling up the DagBag" not in folded
    assert "::" not in folded
    assert "INFO    this is try 2" in folded
    unfolded = logs(ctl, AGAIN, "--unfold").out
    assert "▾ Pre Execute\n" in unfolded
    assert "Filling up the DagBag" in unfolded


def test_every_try_and_one_of_them(ctl: Program) -> None:
    assert "this is try 1" not in logs(ctl, AGAIN).out
    assert "this is try 1" in logs(ctl, AGAIN, "--try", "1").out
    both = logs(ctl, AGAIN, "--try", "all").out
    first, _, second = both.partition("── try 2 ──\n")
    assert "this is try 1" in first
    assert "this is try 2" in second


def test_an_instance_of_a_mapped_task(ctl: Program) -> None:
    assert "reading east" in logs(ctl, f"many read {OURS}", "--map-index", "1").out
    done = logs(ctl, f"many read {OURS}")
    assert (done.out, done.code) == ("", 1)
    assert f"choose one with --map-index; see: airflowctl tasks mapped many read {OURS}" in done.err


def test_raw_is_the_words_alone(ctl: Program) -> None:
    words = logs(ctl, COUNT, "--raw").lines
    assert len([word for word in words if re.fullmatch(r"line \d+ at [\d.]+", word)]) == 30


def test_a_program_gets_the_events_with_their_task_and_try(ctl: Program) -> None:
    events = logs(ctl, FAILS, "-o", "json").json
    failure = next(event for event in events if event.get("error_detail"))
    assert failure["error_detail"][0]["exc_type"] == "RuntimeError"
    assert all(
        (event["task_id"], event["map_index"], event["try_number"]) == ("compute", -1, 1) for event in events
    )
    assert [json.loads(line) for line in logs(ctl, FAILS, "-o", "jsonl").lines] == events
    assert logs(ctl, FAILS, "-o", "json", "--query", "length(@)").json == len(events)
    table = logs(ctl, FAILS, "-o", "tsv").lines
    assert table[0].split("\t") == ["timestamp", "level", "event"]
    assert len(table) == len(events) + 1


@pytest.mark.parametrize(
    ("options", "first", "count"),
    [
        (["--grep", "line 2\\d at"], "line 20 ", 10),
        (["--tail", "3", "--grep", "line"], "line 28 ", 3),
        (["--since", "2020-01-01", "--grep", "line \\d"], "line 1 ", 30),
        (["--since", "+1d"], "", 0),
        (["--level", "warning"], "", 0),
        (["--tail", "0"], "", 0),
    ],
)
def test_only_some_lines(options: list[str], first: str, count: int, ctl: Program) -> None:
    found = logs(ctl, COUNT, "--raw", *options).lines
    assert len(found) == count
    assert all(line.startswith(first) for line in found[:1])


def test_a_line_of_an_exception_is_found_by_what_it_says(ctl: Program) -> None:
    found = logs(ctl, FAILS, "--grep", "price of a row", "--level", "error").out
    assert found.count("Task failed with exception") == 1
    assert "computing" not in found


def test_on_a_terminal_levels_finds_and_tracebacks_are_coloured(ctl: Program) -> None:
    coloured = logs(ctl, FAILS, "--no-pager", terminal=True).out
    assert re.search(r"^\x1b\[38;5;244m── \d{4}-\d\d-\d\d \(UTC\) ──\x1b\[0m$", coloured, re.MULTILINE)
    assert "\x1b[31mERROR   \x1b[0mTask failed" in coloured
    assert re.search(r"\x1b\[\d+mRuntimeError\x1b", coloured)
    found = logs(ctl, FAILS, "--grep", "computing", terminal=True).out
    assert "\x1b[1;31mcomputing\x1b[0m with" in found
    plain = logs(ctl.with_environ(NO_COLOR="1"), FAILS, terminal=True).out
    assert "\x1b" not in plain
    assert re.search(r"^\d\d:\d\d:\d\d\.\d{3} ERROR   Task failed", plain, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        ("demo_fails compute nosuch", "nosuch", "see: airflowctl"),
        (f"demo_fails nosuch {OURS}", "nosuch", "airflowctl tasks list demo_fails"),
        (
            f"demo_fails report {OURS}",
            f"did not run in {OURS} (upstream_failed)",
            "dagrun logs demo_fails",
        ),
        (
            f"{FAILS} --try 9",
            f"compute has no try 9 in {OURS}",
            "airflowctl tasks tries demo_fails compute",
        ),
        (f"many read {OURS} --map-index 9", "9", ""),
    ],
)
def test_what_is_not_there(words: str, told: str, hint: str, ctl: Program) -> None:
    done = logs(ctl, words)
    assert (done.out, done.code) == ("", 1)
    assert told in done.err
    assert hint in done.err


@pytest.mark.parametrize(
    "words", ["--try 0", "--try x", "--grep (", "--level loud", "--since never", "--tail -3"]
)
def test_a_wrong_option_sends_nothing(words: str, ctl: Program) -> None:
    done = logs(ctl, COUNT, *words.split(), "--debug")
    assert (done.out, done.code) == ("", 2)
    assert words.split()[0] in done.err
    assert "debug: GET" not in done.err
