"""A batch that is resumed: what is done is not done again, what may be done only where that is harmless."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.batches import Batch
from tests.support.processes import start
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.waiting import until


class Store:
    """Variables and runs, as a server keeps them; `breaks` is the number of the change at which its
    connection breaks, before or after it is made."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.runs: list[str] = []
        self.changes = self.breaks = 0
        self.is_made = True
        self.hangs: Callable[[], object] = lambda: None

    def __call__(self, request: Request) -> Reply:
        if request.method == "GET":
            return reply({"dag_id": "etl", "key": "k", "value": "v", "version": "3.3.2"})
        self.changes += 1
        is_broken = self.changes == self.breaks
        if is_broken and not self.is_made:
            self.hangs()
            raise ConnectionError
        answer = self.change(request)
        if is_broken:
            self.hangs()
            raise ConnectionError
        return answer

    def change(self, request: Request) -> Reply:
        key = request.path.rpartition("/")[2]
        if request.path.endswith("dagRuns"):
            self.runs.append("run")
            return reply({"dag_id": "etl", "dag_run_id": f"r{len(self.runs)}"})
        if request.method == "POST":
            assert request.json["key"] not in self.values, "a POST came twice"
            self.values[request.json["key"]] = request.json["value"]
            return reply(request.json, 201)
        if key not in self.values:
            return reply({"detail": f"no variable {key}"}, 404)
        if request.method == "DELETE":
            del self.values[key]
            return Reply(b"", 204)
        self.values[key] = request.json["value"]
        return reply({"key": key, "value": self.values[key]})


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def stub(store: Store) -> Iterator[Stub]:
    with Stub(store) as server:
        yield server


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def batch(program: Program, stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    monkeypatch.chdir(tmp_path)
    return Batch(program, stub, tmp_path / "commands")


def rows(journal: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in journal.read_text().splitlines()]


def run(batch: Batch, *options: str, lines: tuple[str, ...] = ()) -> Done:
    if lines:
        batch.file.write_text("".join(f"{line}\n" for line in lines))
    return batch.program("-f", str(batch.file), "--journal", "journal", *options)


LINES = (
    "variables set a 1",
    "variables set b 1 ",
    "variables get k",
    "variables set b 2",
    "variables delete a",
    "variables set c 3",
)
END = {"b": "2", "c": "3"}


def test_what_a_journal_holds(batch: Batch, journal: Path, stub: Stub) -> None:
    assert run(batch, lines=("variables set my_secret hunter22", "variables get k", "version")).code == 0
    head, *others = rows(journal)
    assert (head["journal"], head["server"]) == (1, stub.url)
    assert str(head["batch"]).startswith("sha256:")
    assert [(row["line"], row["state"]) for row in others] == [(1, "begun"), (1, "done")]
    assert others[1]["code"] == 0
    assert "hunter22" not in journal.read_text()
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600


@pytest.mark.parametrize("is_made", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("breaks", range(1, 9))
def test_a_connection_that_breaks_at_any_change(
    batch: Batch, store: Store, breaks: int, is_made: bool
) -> None:
    store.breaks, store.is_made = breaks, is_made
    first = run(batch, lines=LINES)
    if first.code == 0:
        assert store.values == END
        return
    assert first.code == 3
    again = run(batch, "--resume")
    assert (again.code, store.values) == (0, END), again.err
    assert run(batch, "--resume") == Done("", "", 0)  # all is done


@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM", "SIGINT"])
@pytest.mark.parametrize("is_made", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("breaks", [1, 4, 5])
def test_a_process_that_ends_in_the_middle(
    batch: Batch, store: Store, number: str, breaks: int, is_made: bool
) -> None:
    store.breaks, store.is_made = breaks, is_made
    ended: list[int] = []
    store.hangs = lambda: until(lambda: bool(ended), "the end of the process")
    batch.file.write_text("".join(f"{line}\n" for line in LINES))
    line = ("-f", str(batch.file), "--journal", "journal")
    process = start(line, env=batch.program.process_environ, stderr=subprocess.DEVNULL)
    until(lambda: store.changes == breaks, "the change")
    process.send_signal(getattr(signal, number))
    process.wait(60)
    ended.append(1)
    until(lambda: store.is_made is False or store.changes >= breaks, "the change")
    assert run(batch, "--resume").code == 0
    assert store.values == END


def test_what_must_not_be_done_twice(batch: Batch, store: Store, journal: Path) -> None:
    lines = ("variables set a 1", "dags trigger etl", "variables set b 2")
    store.breaks = 3
    assert run(batch, lines=lines).code == 3
    again = run(batch, "--resume")
    assert (again.code, store.runs, store.values) == (1, ["run"], {"a": "1"})
    assert f"{batch.file}:2: error: line 2 (dags trigger) may have been done" in again.err
    assert "--from 2 does it again" in again.err
    assert run(batch, "--resume").code == 1  # it stays so
    assert run(batch, "--resume", "--from", "3").code == 0
    assert (store.runs, store.values) == (["run"], {"a": "1", "b": "2"})
    assert rows(journal)[-3]["state"] == "left out"
    assert run(batch, "--resume") == Done("", "", 0)


def test_what_the_user_wants_done_again(batch: Batch, store: Store) -> None:
    store.breaks = 1
    assert run(batch, lines=("dags trigger etl", "variables set b 2")).code == 3
    assert run(batch, "--resume", "--from", "1").code == 0
    assert (store.runs, store.values) == (["run", "run"], {"b": "2"})


def test_a_program_is_not_run_twice(batch: Batch, tmp_path: Path) -> None:
    lines = ("!echo a >> made", "variables update no1 x", "!echo b >> made")
    assert run(batch, lines=lines).code == 1
    run(batch, "--resume", "--keep-going")
    assert (tmp_path / "made").read_text() == "a\nb\n"


def test_lines_that_failed_are_run_again_and_no_others(batch: Batch, store: Store, stub: Stub) -> None:
    lines = ("variables set a 1", "variables update b 2", "variables set c 3", "variables get k")
    assert run(batch, "--keep-going", lines=lines).code == 1
    store.values["b"] = "1"
    del stub.requests[:]
    assert run(batch, "--resume", "--keep-going").code == 0
    assert [request.method for request in stub.requests] == ["PATCH", "GET"]
    assert store.values == {"a": "1", "b": "2", "c": "3"}


def test_what_is_in_use_is_put_in_use_again(batch: Batch, store: Store) -> None:
    lines = ("use dag etl", "alias s = variables set", "s a 1", "dags trigger", "s b 2")
    store.breaks, store.is_made = 5, False
    assert run(batch, lines=lines).code == 3
    assert run(batch, "--resume").code == 0
    assert (store.runs, store.values) == (["run"], {"a": "1", "b": "2"})


def test_a_file_that_a_line_runs_is_resumed_within(batch: Batch, store: Store, tmp_path: Path) -> None:
    (tmp_path / "inner").write_text("variables set b 1\ndags trigger etl\nvariables set c 1\n")
    store.breaks, store.is_made = 7, False
    assert run(batch, lines=("variables set a 1", "source inner", "variables set d 1")).code == 3
    assert (store.runs, store.values) == (["run"], {"a": "1", "b": "1"})
    inner = (tmp_path / "inner").read_text()
    (tmp_path / "inner").write_text(inner + "# changed\n")
    assert "inner is not what it was" in run(batch, "--resume").err
    (tmp_path / "inner").write_text(inner)
    assert run(batch, "--resume").code == 0
    assert (store.runs, store.values) == (["run"], dict.fromkeys("abcd", "1"))


# What cannot be resumed.


def test_another_batch_server_user_or_value(batch: Batch, store: Store, stub: Stub, program: Program) -> None:
    assert run(batch, "--set", "X=1", lines=("variables set a ${X}",)).code == 0
    changes = store.changes
    assert "what --set gives is not what" in run(batch, "--resume", "--set", "X=2").err
    assert "is there already" in run(batch, "--set", "X=1").err
    batch.file.write_text("variables set a ${X} \n")
    done = run(batch, "--resume", "--set", "X=1")
    assert (done.code, done.out) == (2, "")
    assert "the batch is not that of" in done.err
    batch.file.write_text("variables set a ${X}\n")
    with Stub(store) as other:
        batch.program = batch.program.with_environ(AIRFLOWCTL_URL=other.url)
        assert f"the server is not that of {Path.cwd()}/journal: {stub.url} then" in (
            run(batch, "--resume", "--set", "X=1").err
        )
    assert store.changes == changes


def test_a_journal_that_is_none(batch: Batch, journal: Path, store: Store) -> None:
    lines = ("variables set a 1",)
    assert "there is no journal" in run(batch, "--resume", lines=lines).err
    for content in ("", "x", "[]\n", '{"journal": 2}\n', '{"journal": 1}\n{"line": 1}\n'):
        journal.write_text(content)
        done = run(batch, "--resume", lines=lines)
        assert (done.code, "is no journal of a batch" in done.err) == (2, True)
    journal.unlink()
    assert batch.program("-f", str(batch.file), "--journal", "no/such").code == 2
    assert batch.program("-f", str(batch.file), "--resume").code == 2
    assert store.changes == 0


def test_a_last_line_that_was_not_written_whole(batch: Batch, journal: Path, store: Store) -> None:
    assert run(batch, lines=("variables set a 1", "variables set b 2")).code == 0
    whole = journal.read_text()
    journal.write_text(whole[: whole.rindex("{") + 9])
    assert run(batch, "--resume").code == 0
    assert [row["state"] for row in rows(journal)[1:]] == ["begun", "done", "begun", "begun", "done"]


def test_a_batch_that_still_runs(batch: Batch, journal: Path, store: Store) -> None:
    assert run(batch, lines=("variables set a 1",)).code == 0
    with journal.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run(batch, "--resume")
    assert (done.code, "still runs" in done.err) == (2, True)


def test_a_journal_that_cannot_be_written(batch: Batch, store: Store) -> None:
    batch.file.write_text("".join(f"variables set k{number} v\n" for number in range(200)))
    line = f"ulimit -f 8; exec {sys.executable} -m airflowctl -f {batch.file} --journal journal > /dev/null"
    done = subprocess.run(
        ["bash", "-c", line], env=batch.program.process_environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "cannot write the journal" in done.stderr
    assert 0 < len(store.values) < 200
    assert run(batch, "--resume").code == 0
    assert len(store.values) == 200


# --results.


def test_results(batch: Batch, tmp_path: Path) -> None:
    lines = ("variables set a 1", "try variables delete no1", "version", "variables update no2 v", "version")
    batch.file.write_text("".join(f"{line}\n" for line in lines))
    done = batch.program("-f", str(batch.file), "--results", "results")
    *each, last = rows(tmp_path / "results")
    assert [(row["line"], row["command"], row["code"], row["changed"]) for row in each] == [
        (1, "variables set", 0, True),
        (2, "try variables delete", 0, False),
        (3, "version", 0, False),
        (4, "variables update", 1, False),
    ]
    assert each[0]["result"] == {"key": "a", "value": "1"}
    assert [row["error"] and row["error"]["code"] for row in each] == [None, "not_found", None, "not_found"]  # type: ignore[index]
    assert last == {
        "summary": {
            "commands": 5,
            "done": 3,
            "failed": [],
            "stopped": {"line": "4", "state": "failed"},
            "code": 1,
        }
    }
    assert (done.code, done.lines[0]) == (1, "created a")
    assert batch.program("-f", str(batch.file), "--results", "no/such").code == 2


def test_results_to_a_descriptor(batch: Batch) -> None:
    reader, writer = os.pipe()
    batch.file.write_text("version\n!exit 7\n")
    batch.program.process("-f", str(batch.file))
    subprocess.run(
        [sys.executable, "-m", "airflowctl", "-f", str(batch.file), "--results", f"/dev/fd/{writer}"],
        env=batch.program.process_environ, pass_fds=[writer], check=False, capture_output=True,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as lines:
        each = [json.loads(line) for line in lines]
    assert [row.get("code") for row in each[:2]] == [0, 1]
    assert each[1]["error"]["message"] == "'exit' ended with exit code 7"
    assert each[2]["summary"]["code"] == 1
