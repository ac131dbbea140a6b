"""What a person may ask of a result: wide, sorted, queried, in another timezone, in colour."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflowctl.core.durations import age, duration
from airflowctl.core.results import Rows
from airflowctl.output.formats import load_format
from airflowctl.output.render import render
from airflowctl.output.style import Style
from tests.support.formats import FOR_EYES, FOR_PROGRAMS
from tests.support.program import Done, Program
from tests.support.stub import Stub, reply


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with Stub() as server:
        yield server


class Runs:
    """`dagrun list` and `dagrun get` of what is given here."""

    def __init__(self, program: Program, stub: Stub) -> None:
        self.program = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")
        self._stub = stub

    def with_environ(self, **more: str) -> Runs:
        return Runs(self.program.with_environ(**more), self._stub)

    def list(self, items: list[dict[str, Any]], *argv: str, **how: Any) -> Done:
        self._stub.requests.clear()
        self._stub.answer = lambda request: reply({"dag_runs": items, "total_entries": len(items)})
        return self.program("dagrun", "list", "etl", *argv, **how)

    def get(self, item: dict[str, Any], *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply(item)
        return self.program("dagrun", "get", "etl", "r", *argv, **how)

    @property
    def requests(self) -> int:
        return len(self._stub.requests)


@pytest.fixture
def runs(program: Program, stub: Stub) -> Runs:
    return Runs(program, stub)


def run(name: str = "r", **more: Any) -> dict[str, Any]:
    facts = {"state": "success", "start_date": "2026-11-01T06:00:00Z", "duration": 4.13, "conf": {}}
    return {"dag_run_id": name, **facts, **more}


def names(done: Done) -> list[str]:
    assert (done.err, done.code) == ("", 0)
    return done.lines


# Wide.


def test_wide_adds_what_there_is_room_for(runs: Runs) -> None:
    item = run(run_type="manual", triggering_user_name="ann", note=None, bundle_version="x" * 60)
    narrow = runs.list([item], "-o", "table", terminal=True, columns=160)
    assert narrow.lines[0].split() == ["dag_run_id", "state", "start_date", "duration"]
    wide = runs.list([item], "-o", "wide", "--color", "never", terminal=True, columns=160)
    added = ["run_type", "triggering_user_name", "bundle_version"]
    assert wide.lines[0].split() == [*narrow.lines[0].split(), *added]
    assert "x" * 60 in wide.out
    assert max(map(len, wide.lines)) <= 160
    less = runs.list([item], "-o", "wide", terminal=True, columns=110)
    assert less.lines[0].split() == [*narrow.lines[0].split(), *added[:2]]


def test_wide_adds_first_what_the_command_names() -> None:
    item = {"key": "k", "x": None, "y": "n" * 90, "z": 1, "w": 2}
    rows = Rows([item], ("key",), "key", wide=("w", "y", "x", "absent"))
    [piped] = render(rows, Style(load_format("wide"), None, True, None))
    assert piped.splitlines()[0].split() == ["key", "w", "y", "z"]
    [fitted] = render(rows, Style(load_format("wide"), None, True, 40))
    assert fitted.splitlines()[0].split() == ["key", "w", "z"]  # nothing is cut for what is only added


def test_wide_in_a_pipe_has_all_fields_that_are_one_value(runs: Runs) -> None:
    done = runs.list([run(note="n" * 300)], "-o", "wide")
    assert done.lines[0].split() == ["dag_run_id", "state", "start_date", "duration", "note"]
    assert len(done.lines) == 2
    assert "n" * 300 in done.out


def test_a_wide_record_has_every_field(runs: Runs) -> None:
    assert [line.split()[0] for line in runs.get(run(), "-o", "wide").lines] == list(run())


def test_columns_that_were_named_are_the_columns_of_wide(runs: Runs) -> None:
    assert runs.list([run()], "-o", "wide", "--columns", "state").lines == ["state", "success"]


# Sort.


@pytest.mark.parametrize(
    ("values", "rising"),
    [
        ([10, 9, 100, 9.5], [9, 9.5, 10, 100]),
        (["b", "a", "C"], ["C", "a", "b"]),
        (["10", "9"], ["10", "9"]),
        ([True, False], [False, True]),
        (
            ["2026-11-01T06:00:00.5Z", "2026-11-01T06:00:00Z", "2026-10-31T23:00:00+00:00"],
            ["2026-10-31T23:00:00+00:00", "2026-11-01T06:00:00Z", "2026-11-01T06:00:00.5Z"],
        ),
        (["a", 2, {"x": 1}, 1], [1, 2, "a", {"x": 1}]),
    ],
    ids=["numbers", "texts", "texts of digits", "switches", "times", "mixed"],
)
def test_sorting_minds_types_and_puts_nothing_last(runs: Runs, values: list[Any], rising: list[Any]) -> None:
    items = [run(note=None), *(run(note=value) for value in values)]
    up = runs.list(items, "--sort", "note", "-o", "json").json
    down = runs.list(items, "--sort", "-note", "-o", "json").json
    assert [item["note"] for item in up] == [*rising, None]
    assert [item["note"] for item in down] == [*reversed(rising), None]


@pytest.mark.parametrize("argv", [["--sort", "state,-duration"], ["--sort=state", "--sort", "-duration"]])
@pytest.mark.parametrize("output", ["name", "jsonl", "tsv", "yaml"])
def test_sorting_by_several_fields(runs: Runs, argv: list[str], output: str) -> None:
    items = [run("a", duration=1), run("b", state="failed"), run("c", duration=2), run("d", duration=2)]
    done = runs.list(items, *argv, "-o", output)
    assert re.findall(r"\b[abcd]\b", done.out) == ["b", "c", "d", "a"]


def test_sorting_by_a_field_within_a_field(runs: Runs) -> None:
    items = [run("a", conf={"n": 2}), run("b", conf={"n": 1}), run("c")]
    assert names(runs.list(items, "--sort", "conf.n", "-o", "name")) == ["b", "a", "c"]


def test_sorting_by_no_field_at_all(runs: Runs) -> None:
    done = runs.list([run()], "--sort", "staet")
    assert (done.out, done.code) == ("", 2)
    assert done.err == "error: cannot sort by 'staet': there is no such field\n  did you mean state?\n"
    assert runs.list([], "--sort", "staet", "-o", "json").json == []


# Query.

ITEMS = [run("a"), run("b", state="failed", duration=None), run("c", conf={"x": [1, 2]})]


@pytest.mark.parametrize(
    ("expression", "output", "out"),
    [
        ("[].dag_run_id", "tsv", "a\nb\nc\n"),
        ("[].dag_run_id", "plain", "a\nb\nc\n"),
        ("[].dag_run_id", "table", "a\nb\nc\n"),
        ("[].dag_run_id", "name", "a\nb\nc\n"),
        ("[].dag_run_id", "jsonl", '"a"\n"b"\n"c"\n'),
        ("[].dag_run_id", "yaml", "- a\n- b\n- c\n"),
        ("[].[dag_run_id,duration]", "tsv", "a\t4.13\nb\t\nc\t4.13\n"),
        ("[:2].[dag_run_id,state]", "csv", "a,success\nb,failed\n"),
        ("[].[dag_run_id,state]", "table", "a  success\nb  failed\nc  success\n"),
        ("[].{id:dag_run_id,s:state}", "tsv", "id\ts\na\tsuccess\nb\tfailed\nc\tsuccess\n"),
        ("[?state=='failed']|[0].dag_run_id", "tsv", "b\n"),
        ("length(@)", "plain", "3\n"),
        ("length(@)", "json", "3\n"),
        ("[0].nothing", "tsv", "null\n"),
        ("[0].nothing", "json", "null\n"),
        ("[?state=='none']", "tsv", ""),
        ("[?state=='none']", "json", "[]\n"),
        ("[?state=='failed']", "name", "b\n"),
        ("[0].{id:dag_run_id,n:duration}", "plain", "id  n\na   4.13\n"),
        ("[0].{id:dag_run_id,n:duration}", "jsonl", '{"id": "a", "n": 4.13}\n'),
    ],
)
def test_a_query_in_the_format_that_was_asked(runs: Runs, expression: str, output: str, out: str) -> None:
    assert runs.list(ITEMS, "--query", expression, "-o", output) == Done(out, "", 0)


def test_items_that_keep_their_shape_keep_their_columns(runs: Runs) -> None:
    done = runs.list(ITEMS, "--query", "[?state=='success']")
    assert done.lines[0] == "dag_run_id\tstate\tstart_date\tduration"
    assert [line.split("\t")[0] for line in done.lines[1:]] == ["a", "c"]


def test_a_query_after_sorting_and_before_columns(runs: Runs) -> None:
    argv = ("--sort", "-dag_run_id", "--query", "[:2]", "--columns", "dag_run_id")
    assert runs.list(ITEMS, *argv, "--no-header").out == "c\nb\n"
    assert runs.list(ITEMS, *argv, "-o", "json").json == [{"dag_run_id": "c"}, {"dag_run_id": "b"}]


def test_a_query_of_a_record(runs: Runs) -> None:
    assert runs.get(ITEMS[2], "--query", "conf.x[1]").out == "2\n"
    assert json.loads(runs.get(ITEMS[2], "--query", "conf", "-o", "json").out) == {"x": [1, 2]}


def test_a_query_on_a_terminal_is_not_alive(runs: Runs) -> None:
    for expression in ("[].note", "[0].note", "[].{n:note}", "[].[note]"):
        done = runs.list([run(note="\x1b[31mred\x1b[2J")], "--query", expression, terminal=True)
        assert "\x1b" not in done.out
        assert r"\x1b[31mred" in done.out


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("[", "wrong at character 2, at its end"),
        ("a.b ]", "wrong at character 5, at ']'"),
        ("[].{a: nope(@)}", "JMESPath has no function nope()"),
        ("[" * 3000, "nested too deeply"),
        ("'open", "not JMESPath"),
        ("", "nothing is given"),
    ],
)
def test_a_wrong_query_is_a_wrong_line(runs: Runs, expression: str, words: str) -> None:
    done = runs.list(ITEMS, f"--query={expression}")
    assert (done.out, done.code) == ("", 2)
    assert words in done.err
    assert len(done.lines + done.err.splitlines()) <= 2
    assert runs.requests == 0


def test_a_query_that_does_not_fit_says_what_it_got(runs: Runs) -> None:
    done = runs.list(ITEMS, "--query", "sort_by(@,&duration)")
    assert (done.out, done.code) == ("", 2)
    assert "sort_by() wants number, and got null" in done.err


# Times.


def test_times_in_another_zone(runs: Runs) -> None:
    summer = run("s", start_date="2026-07-01T06:00:00.1Z")
    for output in FOR_EYES:
        done = runs.list([run(), summer], "--timezone", "Europe/Berlin", "-o", output)
        assert "2026-11-01 07:00:00+01:00" in done.lines[-2]
        assert "2026-07-01 08:00:00+02:00" in done.lines[-1]
    for output in set(FOR_PROGRAMS) - {"name"}:
        done = runs.list([run()], "--timezone", "Europe/Berlin", "-o", output)
        assert "2026-11-01T06:00:00Z" in done.out
    assert "07:00:00+01:00" in runs.get(run(), "--timezone", "Europe/Berlin", "-o", "table").out


def test_the_zone_from_the_environment_and_that_of_the_machine(runs: Runs) -> None:
    india = runs.with_environ(AIRFLOWCTL_TZ="Asia/Kolkata")
    assert "2026-11-01 11:30:00+05:30" in india.list([run()], "-o", "table").out
    assert "2026-11-01 06:00:00 " in india.list([run()], "-o", "table", "--timezone", "utc").out
    local = runs.with_environ(TZ="America/New_York").program
    runs.list([run()])
    done = local.process("dagrun", "list", "etl", "--timezone", "local", "-o", "table")
    assert "2026-11-01 01:00:00-05:00" in done.out


def test_a_zone_that_is_none(runs: Runs) -> None:
    for zone in ("Europe/Nowhere", "../etc/passwd", "Europe", "x\x1by"):
        done = runs.list([run()], "--timezone", zone)
        assert (done.out, done.code, runs.requests) == ("", 2, 0)
        wrong = runs.with_environ(AIRFLOWCTL_TZ=zone)
        done = wrong.list([run()], "-o", "table")
        assert (done.out, done.code, runs.requests) == ("", 2, 0)
        assert "AIRFLOWCTL_TZ" in done.err
        assert wrong.list([run()], "-o", "json").code == 0
        assert wrong.program("dagrun", "--help", "-o", "table").code == 0


def test_a_time_at_the_end_of_the_calendar(runs: Runs) -> None:
    done = runs.list([run(start_date="9999-12-31T23:59:59Z")], "--timezone", "Asia/Tokyo", "-o", "plain")
    assert "9999-12-31 23:59:59Z" in done.out


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"), (0.0004, "1 ms"), (0.35, "350 ms"), (0.9996, "1 s"), (4.13, "4.1 s"),
        (59.94, "59.9 s"), (59.96, "1 min 00 s"), (185.2, "3 min 05 s"), (3599.6, "1 h 00 min"),
        (7800, "2 h 10 min"), (86399, "23 h 59 min"), (273600, "3 d 04 h"), (-5, "-5 s"),
    ],
)  # fmt: skip
def test_durations_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_durations_for_people_and_for_machines(runs: Runs) -> None:
    item = run(duration=185.2)
    for output in ("table", "wide"):
        assert "3 min 05 s" in runs.list([item], "-o", output).out
        assert "3 min 05 s" in runs.get(item, "-o", output).out
    for output in ("plain", "tsv", "csv", "json", "jsonl", "yaml"):
        assert "185.2" in runs.list([item], "-o", output).out


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "now"),
        (59, "59 s ago"),
        (119, "1 min ago"),
        (7199, "1 h ago"),
        (3e5, "3 d ago"),
        (-60, "in 1 min"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_ages_stand_in_wide_on_a_terminal_where_there_is_room(runs: Runs) -> None:
    now = datetime.now(UTC) - timedelta(minutes=5, seconds=30)
    item = run("r" * 20, start_date=now.isoformat().replace("+00:00", "Z"))
    assert "(5 min ago)" in runs.list([item], "-o", "wide", terminal=True).out
    assert "(5 min ago)" in runs.get(item, "-o", "wide", terminal=True).out
    tight = runs.list([item], "-o", "wide", terminal=True, columns=60)
    assert "ago" not in tight.out
    assert now.strftime("%H:%M:%S") in tight.out
    assert "ago" not in runs.list([item], "-o", "table", terminal=True).out
    assert "ago" not in runs.list([item], "-o", "wide").out


# Colours.

CODE = re.compile(r"\x1b\[([\d;]+)m")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("success", 32),
        ("failed", 31),
        ("running", 36),
        ("queued", "38;5;244"),
        ("up_for_retry", 33),
        ("skipped", 35),
    ],
)
def test_states_are_words_in_colour(runs: Runs, state: str, code: int | str) -> None:
    for done in (
        runs.list([run(state=state)], terminal=True),
        runs.list([run(state=state)], "-o", "wide", terminal=True),
        runs.get(run(state=state), terminal=True),
    ):
        assert f"\x1b[{code}m{state}\x1b[0m" in done.out
        assert len(CODE.findall(done.out)) == 2


def test_colours_do_not_move_columns(runs: Runs) -> None:
    items = [run(state="success"), run(state="odd"), run(state=None), run("日本", state="failed")]
    coloured = runs.list(items, terminal=True, columns=60)
    plain = runs.list(items, "--color", "never", terminal=True, columns=60)
    assert CODE.sub("", coloured.out) == plain.out
    assert coloured.out != plain.out


def test_a_state_that_is_cut_is_still_coloured(runs: Runs) -> None:
    items = [run("r" * 60, state="upstream_failed", note="x" * 60)]
    done = runs.list(items, "--columns", "state,note,dag_run_id", terminal=True, columns=40)
    assert re.search(r"\x1b\[33mupstrea…\x1b\[0m", done.out)
    assert len(CODE.sub("", done.lines[2])) <= 40


def test_colours_of_the_server_are_not_obeyed(runs: Runs) -> None:
    evil = run("\x1b[31mred\x1b[0m", state="\x1b[32msuccess\x1b[0m", note="\x1b[2J")
    for done in (
        runs.list([evil], "--columns", "dag_run_id,state,note", terminal=True),
        runs.get(evil, terminal=True),
        runs.get(evil, "--color", "always", "-o", "table"),
    ):
        assert "\x1b" not in done.out
        assert r"\x1b[31mred" in done.out
