"""Pictures in the terminal: the graph of a Dag, its last runs, a run over time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from airflowctl.core.task_order import order_tasks, overall
from airflowctl.domain.runs import task_phases
from airflowctl.output.pictures.graph import DOWN, LEFT, RIGHT, UP, Line, Ways, graph
from airflowctl.output.pictures.pen import Pen
from tests.support.picture_server import Server, one, run
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.stub import Stub

PLAIN = Pen(unicode=True, colour=False)
Follow = dict[str, list[str]]
MAPPED = ["list_files", "count_letters", "add_up"]  # the tasks of demo_mapped

# The graph, without a server.


def drawn(follow: Follow, width: int | None = 80, pen: Pen = PLAIN) -> list[str]:
    edges = [{"source": one, "target": other} for one, later in follow.items() for other in later]
    return list(graph({"nodes": [{"id": name} for name in order_tasks(follow)], "edges": edges}, pen, width))


def test_a_branch_goes_out_and_comes_together() -> None:
    follow = {"choose": ["left", "right"], "left": ["more"], "more": ["join"], "right": ["join"], "join": []}
    assert drawn(follow) == [
        "●    choose",
        "├─●  right",
        "● │  left",
        "● │  more",
        "├─╯",
        "●    join",
    ]
    assert drawn(follow, pen=Pen(unicode=False, colour=False))[1:5] == [
        "+-*  right",
        "* |  left",
        "* |  more",
        "+-+",
    ]


def traced(lines: list[Line]) -> set[tuple[str, str]]:
    """What follows what, read from the drawn ways as an eye follows them."""
    edges: set[tuple[str, str]] = set()
    down: dict[int, set[str]] = {}  # by column, the tasks whose ways come down in it
    for line in lines:
        across = [column for column, arms in enumerate(line.arms) if arms & (LEFT | RIGHT)]
        touch = [at for at in across if at == line.column or line.arms[at] & (UP | DOWN)]
        touch = [at for at in touch if at == line.column or _turns(line.arms[at])]
        met = set().union(*(down.get(at, set()) for at in touch)) if touch else set()
        after: dict[int, set[str]] = {}
        for column, arms in enumerate(line.arms):
            if column == line.column:
                sources = down.get(column, set()) | (met if column in touch else set())
                edges |= {(source, line.task) for source in sources}
                after[column] = {line.task}
            elif arms & DOWN:
                own = down.get(column, set())
                after[column] = own | (met if line.task == "" and column in touch else set())
        down = after
    return edges


def _turns(arms: int) -> bool:
    """Whether a way touches what crosses it: a way straight down has no arm to the side."""
    return bool(arms & (LEFT | RIGHT)) and bool(arms & (UP | DOWN))


@every_row("seed", range(40))
def test_what_is_drawn_is_what_follows(seed: int) -> None:
    """Any graph, the eye finds every way that there is; and none the wrong way."""
    dice = random.Random(seed)
    names = [f"t{number}" for number in range(dice.randint(2, 25))]
    follow = {name: dice.sample(names[at + 1 :], min(dice.randint(0, 3), len(names) - at - 1))
              for at, name in enumerate(names)}  # fmt: skip
    order = order_tasks(follow)
    assert sorted(order) == sorted(names)
    assert all(order.index(one) < order.index(other) for one, later in follow.items() for other in later)
    ways = Ways(follow, order)
    lines = [line for name in order for line in ways.lines_of(name)]
    wanted = {(one, other) for one, later in follow.items() for other in later}
    assert wanted <= traced(lines)
    assert [line.task for line in lines if line.task] == order


def test_many_side_by_side_take_one_way_out() -> None:
    """Forty tasks after one and before one, and no more than three columns."""
    middle = [f"part_{number}" for number in range(40)]
    lines = drawn({"start": middle, **{name: ["end"] for name in middle}, "end": []})
    assert max(len(line) for line in lines) < 20
    assert [word for line in lines for word in re.findall(r"part_\d+", line)] == middle


def test_what_is_too_wide_is_told_in_words() -> None:
    late: Follow = {f"late_{number}": [] for number in range(30)}
    follow: Follow = {**{f"early_{number}": list(late) for number in range(3)}, **late}
    lines = drawn(follow, 40)
    assert lines[:5] == ["● early_0", "● early_1", "● early_2", "● late_0", "    ← early_0, early_1, early_2"]
    assert max(map(len, lines)) <= 40


def test_a_circle_is_drawn_all_the_same() -> None:
    assert len([line for line in drawn({"a": ["b"], "b": ["c"], "c": ["a"]}) if line[-1] in "abc"]) == 3
    assert drawn({}) == []


def test_a_name_is_made_safe_and_cut() -> None:
    lines = drawn({"evil\x1b[2J": ["x" * 100], "x" * 100: []}, 40)
    assert lines[0].endswith("evil\\x1b[2J")
    assert (len(lines[1]), lines[1][-1]) == (40, "…")


def test_the_state_that_says_most_stands_for_all() -> None:
    assert overall(["success", "failed", "running"]) == "failed"
    assert overall(["success", None]) is None
    assert overall(["skipped", "success"]) == "success"
    assert overall(["success", "newly_invented"]) == "newly_invented"


# Grid and bars, on a server that has what no real one has on demand.


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def etl(program: Program, server: Server) -> Iterator[Program]:
    with Stub(server) as stub:
        yield program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n", NO_COLOR="1")


def test_the_last_runs_stand_beside_each_other(etl: Program) -> None:
    lines = etl("dags", "grid", "etl", terminal=True, columns=40).lines
    assert lines[:5] == [
        "duration      █",
        "run           ■ R",
        "a             ■ ■",
        "b             ■ ■",
        "c             ■ ·",
    ]
    assert lines[6:8] == ["2026-11-01 07:00 → 2026-11-01 08:00", "2 runs; the longest took 1 min 00 s"]
    assert lines[-1] == "R running  · not yet  ■ success"


def test_a_grid_without_room_keeps_the_newest(etl: Program, server: Server) -> None:
    server.runs = [run(f"run_{number}", "success", 5) for number in range(60)]
    server.instances = [one("run_0", "a", "failed", 5)]
    lines = etl("dags", "grid", "etl", "--runs", "60", terminal=True, columns=40).lines
    assert lines[2].endswith("F")
    assert max(map(len, lines)) <= 40


def test_a_grid_in_a_pipe_is_lines_and_in_json_is_data(etl: Program) -> None:
    assert etl("dags", "grid", "etl").lines[:2] == [
        "dag_run_id\trun_after\ttask_id\tstate\tinstances",
        "first\t2026-11-01T07:00:00Z\ta\tsuccess\t1",
    ]
    found = etl("dags", "grid", "etl", "-o", "json").json
    assert found["tasks"][1] == {"task_id": "b", "states": {"first": "success", "second": "success"}}
    assert [it["dag_run_id"] for it in found["runs"]] == ["first", "second"]
    assert etl("dags", "grid", "etl", "--query", "runs[0].duration").out == "60.0\n"
    sorted_by = etl("dags", "grid", "etl", "--sort", "-task_id", "--columns", "task_id", "--no-header")
    assert sorted_by.lines[0] == "c"


def test_bars_tell_waiting_from_running_and_each_try(etl: Program, server: Server) -> None:
    server.runs[0] |= {"state": "success", "end_date": "2026-11-01T08:00:40Z"}
    done = etl("dagrun", "gantt", "etl", "second", terminal=True, columns=60)
    lines = done.lines
    assert [line.split()[0] for line in lines[1:5]] == ["(the", "a", "a", "b"]
    assert re.fullmatch(r"a try 1 +░+█+ +20 s failed", lines[2])
    assert re.fullmatch(r"a try 2 +░+█+ +10 s", lines[3])
    assert re.fullmatch(r"b \[10\] +░+█+ +20 s", lines[4])
    assert max(map(len, lines)) <= 60
    assert "1 task instance did not start" in done.err
    every = etl("dagrun", "gantt", "etl", "second").lines
    assert len(every) == 1 + 2 + 10 + 1
    line = ("dagrun", "gantt", "etl", "second", "--columns", "task_id,map_index")
    rows = etl(*line, terminal=True).lines[2:]
    assert [row.split() for row in rows[:3]] == [["a"], ["a"], ["b", "0"]]


def test_bars_tell_the_queue_of_the_run_and_waiting_without_a_slot(etl: Program, server: Server) -> None:
    now = datetime.now(UTC)
    ago = [(now - timedelta(hours=hours)).isoformat() for hours in range(5)]
    server.runs[0] |= {"queued_at": ago[4], "start_date": ago[3]}
    when = {"queued_when": ago[3], "start_date": ago[2]}
    server.instances = [
        one("second", "a", "deferred", 8) | when | {"end_date": None, "trigger": {"created_date": ago[1]}},
        one("second", "b", "awaiting_input", 8) | when | {"end_date": None},
        one("second", "c", "up_for_reschedule", 8) | when | {"end_date": ago[1]},
    ]
    lines = etl("dagrun", "gantt", "etl", "second", terminal=True, columns=100).lines
    assert re.fullmatch(r"\(the run\) +░+█+ +3 h 00 min running", lines[1])
    assert re.fullmatch(r"a +░+█+▒+ +1 h 00 min, waited 1 h 00 min deferred", lines[2])
    assert re.fullmatch(r"b +░+▒+ +waited 2 h 00 min awaiting_input", lines[3])
    assert re.fullmatch(r"c +░+█+▒+ +1 h 00 min, waited 1 h 00 min up_for_reschedule", lines[4])
    assert "▒ waiting" in lines[-1]
    bars = etl("dagrun", "gantt", "etl", "second", "-o", "json").json["bars"]
    assert [phase["phase"] for phase in bars[0]["phases"]] == ["queued", "running", "waiting"]


# Of a real log: Airflow 3.3.2, a deferrable sensor. Its record has one start and one end only.
LOOKS = [
    {"timestamp": "2026-11-30T09:21:31.770491Z", "event": "::group::Pre Execute"},
    {"timestamp": "2026-11-30T09:21:31.881517Z", "event": "DAG bundles loaded: dags-folder"},
    {"timestamp": "2026-11-30T09:21:32.156460Z", "event": "Pausing task as DEFERRED. "},
    {"timestamp": "2026-11-30T09:21:34.031924Z", "event": "trigger later/g1/wait/-1/1 (ID 2) starting"},
    {"timestamp": "2026-11-30T09:21:36.096087Z", "event": "DAG bundles loaded: dags-folder"},
    {"timestamp": None, "event": "Pausing task as DEFERRED, says a task that prints it"},
]
SENSOR = {
    "task_id": "wait", "state": "success", "operator": "TimeDeltaSensor",
    "queued_when": "2026-11-30T09:21:35Z", "start_date": "2026-11-30T09:21:31.5Z",
    "end_date": "2026-11-30T09:21:36.7Z",
}  # fmt: skip


def test_a_log_tells_each_time_that_a_task_gave_its_slot_back() -> None:
    assert task_phases.may_have_waited(SENSOR)
    phases = task_phases.list_phases(SENSOR, task_phases.find_looks(LOOKS))
    assert [(phase["phase"], phase["from"][17:23], phase["until"][17:23]) for phase in phases] == [
        ("running", "31.881", "32.156"),
        ("waiting", "32.156", "36.096"),
        ("running", "36.096", "36.7Z"),
    ]
    assert task_phases.find_looks([*LOOKS[:2], {"event": 5}]) == [("2026-11-30T09:21:31.881517Z", None)]


def test_types_and_changes_of_version_stand_above_the_tasks(etl: Program, server: Server) -> None:
    def of(name: str, kind: str, version: int, day: int) -> dict[str, Any]:
        date = f"2026-10-0{day}T00:00:00Z"
        return run(name, "success", day) | {
            "run_type": kind, "logical_date": date, "queued_at": f"2026-11-01T0{day}:00:00Z",
            "dag_versions": [{"version_number": number} for number in (1, version)],
        }  # fmt: skip

    server.runs = [of("c", "backfill", 2, 3), of("b", "backfill", 2, 2), of("a", "scheduled", 1, 1)]
    server.backfills = [
        {"id": 8, "from_date": "2026-10-03T00:00:00Z", "to_date": "2026-10-09T00:00:00Z",
         "created_at": "2026-11-01T02:30:00Z"},
        {"id": 7, "from_date": "2026-10-01T00:00:00Z", "to_date": "2026-10-09T00:00:00Z",
         "created_at": "2026-11-01T01:30:00Z"},
    ]  # fmt: skip
    lines = etl("dags", "grid", "etl", terminal=True, columns=60).lines
    assert lines[2:4] == ["type          s b b", "version         ▲"]
    assert "s 1 scheduled  b 2 backfill  of backfills 7, 8" in lines
    assert "▲ version 2 after 1, from b" in lines
    runs = etl("dags", "grid", "etl", "-o", "json").json["runs"]
    assert [(it["version"], it["backfill_id"]) for it in runs] == [(1, None), (2, 7), (2, 8)]


def test_how_long_runs_took_is_seen_down_a_wide_list(etl: Program, server: Server) -> None:
    server.runs = [run("b", "success", 8) | {"duration": 40.0}, run("a", "success", 7) | {"duration": 10.0}]
    lines = etl("dagrun", "list", "etl", "-o", "wide", terminal=True, columns=120).lines
    assert [re.findall("[█▌]+", line) for line in lines[2:]] == [["████████"], ["██"]]
    assert "trend" not in etl("dagrun", "list", "etl", "-o", "wide").out


def test_a_graph_in_a_pipe_is_still_one(etl: Program) -> None:
    assert etl("dags", "show", "etl").lines == ["●  a     Op", "●  b []  Op", "●  c     Op"]
    assert etl("dags", "show", "etl", "-o", "tsv").lines[1] == "a\tOp\tb"
    assert etl("dags", "show", "etl", "-o", "json").json["edges"][0] == {"source": "a", "target": "b"}
    shown = etl("dags", "show", "etl", "--run", "second", "--color", "always", terminal=True).lines
    assert shown[0].startswith("\x1b[32m●\x1b[0m")
    assert "b [10]" in shown[1]


ODD = [{}, {"task_id": "\x1b[2J", "dag_run_id": "\x1b[2J", "state": "\x1b[2J", "run_after": "\x1b[2J"}]


@pytest.mark.parametrize("width", [1, 20, 80])
@pytest.mark.parametrize("item", ODD, ids=["nothing", "control characters"])
@pytest.mark.parametrize("line", ["dags show etl --run second", "dags grid etl", "dagrun gantt etl second"])
def test_odd_answers_are_drawn_as_far_as_they_go(
    line: str, item: dict[str, Any], width: int, etl: Program, server: Server
) -> None:
    server.tasks, server.runs = [item], [item]
    server.instances = [item | {"dag_run_id": "second", "queued_when": "2026-11-01T08:00:00Z"}]
    for done in (etl(*line.split(), terminal=True, columns=width), etl(*line.split(), "-o", "plain")):
        assert (done.code, "unexpected" in done.err, "\x1b" in done.out) == (0, False, False), done


# Files.


def test_a_label_cannot_leave_its_quotes(etl: Program, server: Server) -> None:
    server.tasks = [
        {"task_id": 'a"]; x\\', "task_display_name": 'say "hi"\\\n<b>', "downstream_task_ids": []}
    ]
    assert r'n0 [label="say \"hi\"\\ <b>" ' in etl("dags", "show", "etl", "--as", "dot").out
    assert 'n0["say #34;hi#34;#92; #60;b#62;"]' in etl("dags", "show", "etl", "--as", "mmd").out


def test_mermaid_and_dot_need_nothing(etl: Program, tmp_path: Path) -> None:
    path = tmp_path / "etl.mmd"
    assert etl("dags", "show", "etl", "--save", str(path)).out == f"saved {path}\n"
    assert path.read_text().splitlines()[3:6] == ["flowchart LR", '    n0["a"]', '    n1["b"]']
    dot = tmp_path / "etl.dot"
    etl("dags", "show", "etl", "--save", str(dot))
    assert dot.read_text().startswith('digraph "etl" {\n')


def test_an_image_is_drawn_by_graphviz_or_the_way_out_is_told(
    etl: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    image = tmp_path / "etl.svg"
    done = etl("dags", "show", "etl", "--save", str(image))
    assert (done.code, "no program `dot`" in done.err, ".mmd or .dot" in done.err) == (2, True, True)
    dot = tmp_path / "dot"
    dot.write_text('#!/bin/sh\necho "$1"; /bin/cat\n')
    dot.chmod(0o755)
    assert etl("dags", "show", "etl", "--save", str(image)).code == 0
    assert image.read_text().startswith('-Tsvg\ndigraph "etl" {')
    dot.write_text("#!/bin/sh\n/bin/cat > /dev/null; echo 'bad format' >&2; exit 1\n")
    done = etl("dags", "show", "etl", "--save", str(tmp_path / "etl.wxyz"))
    assert (done.code, "could not draw" in done.err, "bad format" in done.err) == (1, True, True)
    assert not (tmp_path / "etl.wxyz").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dags show etl --save picture", "has no ending"),
        ("dags show etl --imgcat", "--save FILE.png"),
        ("dags grid etl --runs 0", "from 1 to 100"),
        ("dags show etl --save /nowhere/at/all.dot", "cannot write /nowhere/at/all.dot"),
    ],
)
def test_what_cannot_be_is_said(line: str, words: str, etl: Program) -> None:
    done = etl(*line.split())
    assert (done.out, words in done.err) == ("", True)
    assert done.code in (1, 2)


# On a real Airflow.


def test_a_real_run_is_drawn_as_the_server_has_it(admin: Program) -> None:
    """Whatever came of it on a busy machine."""
    admin = admin.with_environ(NO_COLOR="1")
    admin("dags", "trigger", "demo_mapped", "--run-id", "drawn")
    assert admin("dagrun", "wait", "demo_mapped", "drawn", "--timeout", "240").code in (0, 5)
    found = admin("tasks", "states-for-dag-run", "demo_mapped", "drawn", "-o", "json").json
    by_task = {name: [it for it in found if it["task_id"] == name] for name in MAPPED}
    states = {name: overall(it["state"] for it in every) for name, every in by_task.items()}

    lines = admin("dags", "show", "demo_mapped", "--run", "drawn", terminal=True).lines
    assert [line.split()[1] for line in lines] == MAPPED
    assert all(str(states[name]) in line for name, line in zip(MAPPED, lines, strict=True))
    assert f"count_letters [{len(by_task['count_letters'])}]" in lines[1]
    grid = admin("dags", "grid", "demo_mapped", "-o", "json").json
    assert {task["task_id"]: task["states"]["drawn"] for task in grid["tasks"]} == states
    bars = admin("dagrun", "gantt", "demo_mapped", "drawn", terminal=True).lines
    assert len([line for line in bars if line.startswith(tuple(MAPPED)) and "█" in line]) >= 1


def test_a_dag_that_is_not_there_is_named(admin: Program) -> None:
    for command in (("dags", "show"), ("dags", "grid"), ("dagrun", "gantt")):
        done = admin(*command, "nosuch")
        assert (done.code, "nosuch" in done.err, done.out) == (1, True, "")
