"""`dags trigger --from-file`: a run for each line, on a real Airflow."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.support.command_results import read_rows
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply


@pytest.fixture
def file(tmp_path: Path, unique: str) -> Path:
    path = tmp_path / "runs.jsonl"
    lines = [
        f'{{"conf": {{"of": "{unique}"}}}}',
        "",
        f'{{"dag_run_id": "{unique}", "note": "by hand\u2028"}}',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _results(done: Done) -> list[str]:
    return [line.split("\t")[2] for line in done.lines[1:]]


def test_each_line_is_a_run_and_none_is_done_twice(
    file: Path, ctl: Program, api: httpx.Client, paused_dag: str, unique: str
) -> None:
    line = ("dags", "trigger", paused_dag, "--from-file", str(file))
    rows = read_rows(ctl(*line))
    assert [(row["line"], row["result"]) for row in rows] == [("1", "started"), ("3", "started")]
    runs = [api.get(f"/dags/{paused_dag}/dagRuns/{row['dag_run_id']}").json() for row in rows]
    assert (runs[0]["conf"], runs[1]["note"]) == ({"of": unique}, "by hand\u2028")
    assert runs[1]["dag_run_id"] == unique

    again = ctl(*line)
    assert again.code == 1
    assert _results(again) == ["failed", "failed"]
    assert f"airflowctl dags trigger {paused_dag} --from-file {file} --resume" in again.err
    api.delete(f"/dags/{paused_dag}/dagRuns/{unique}").raise_for_status()
    resumed = ctl(*line, "--resume")
    assert (resumed.code, [row["result"] for row in read_rows(resumed)]) == (0, ["was there", "started"])
    others = read_rows(
        ctl(*line[:-1], "-", "--run-id", f"{unique}_x", stdin=file.read_text().splitlines()[0])
    )
    assert [row["dag_run_id"] for row in others] == [f"{unique}_x__1"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"conf": 5}', ":1: error: conf has to be an object"),
        ('{"note": 5}', ":1: error: note has to be a text"),
        ('{}\n{"run_idd": "x"}', ":2: error: no field run_idd"),
        ("{}\n[1]", ":2: error: not a JSON object"),
        ('{"dag_run_id": "x"}\n{"dag_run_id": "x"}', ":2: error: x stands there twice"),
        ('{"logical_date": "soon"}', ":1: error: "),
    ],
)
def test_a_wrong_line_sends_nothing(
    text: str, says: str, online: Program, stub: Stub, tmp_path: Path
) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text(text)
    done = online("dags", "trigger", "etl", "--from-file", str(path))
    assert (done.code, done.out) == (2, "")
    assert f"{path}{says}" in done.err
    assert [it for it in stub.requests if it.method == "POST"] == []


@pytest.mark.parametrize("more", [("--wait",), ("a=b",), ("--conf", "{}"), ("--note", "x")])
def test_what_each_line_says_itself_is_no_option(more: tuple[str, ...], online: Program) -> None:
    done = online("dags", "trigger", "etl", "--from-file", "x.jsonl", *more)
    assert (done.code, "cannot go with --from-file" in done.err) == (2, True)
    assert online("dags", "trigger", "etl", "--resume").code == 2


def test_a_lost_answer_is_said_and_the_rest_not_begun(online: Program, stub: Stub, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text("{}\n{}\n{}\n")

    def answer(request: Request) -> Reply:
        if request.method == "POST" and len([it for it in stub.requests if it.method == "POST"]) > 1:
            raise ConnectionResetError  # the connection breaks before there is an answer
        return reply({"dag_run_id": "one", "version": "3.3.2"})

    stub.answer = answer
    done = online("dags", "trigger", "etl", "--from-file", str(path))
    assert done.code == 1
    assert _results(done) == ["started", "not done", "not begun"]
    assert "may have been started" in done.out
    assert "--resume" in done.err
