"""How a batch ends when something goes wrong in its middle: what was changed, what is said, the exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.batches import Batch, variables
from tests.support.program import Done
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.waiting import until

LINES = 9
AT = 5  # the line in which it goes wrong


def sets(*numbers: int) -> list[str]:
    return [f"variables set k{number} v" for number in numbers or range(1, LINES + 1)]


def changed(stub: Stub) -> list[str]:
    return [request.path.rpartition("/")[2] for request in stub.requests if request.method != "GET"]


def cut(_: Request) -> Reply:
    raise ConnectionError


def hang(_: Request) -> Reply:
    time.sleep(5)
    raise ConnectionError


def fails(answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    return lambda request: (answer if request.path.endswith(f"k{AT}") else variables)(request)


def refuse(status: int, **headers: str) -> Callable[[Request], Reply]:
    return lambda _: reply({"detail": "nope"}, status, **headers)


DOUBT = "line 5 may or may not be done, 4 not begun; continue with: --from 5 (or --from 6)"
FAILED = "line 5 failed, 4 not begun; continue with: --from 5"
FAULTS: dict[str, tuple[Callable[[Request], Reply], int, str]] = {
    "cut": (cut, 3, DOUBT),
    "hang": (hang, 3, DOUBT),
    "500": (refuse(500), 1, DOUBT),
    "502": (lambda _: reply("<p>bad gateway", 502, "text/html"), 3, DOUBT),
    "503": (refuse(503), 3, DOUBT),
    "429": (refuse(429, Retry_After="1"), 1, FAILED),
    "401": (refuse(401), 4, FAILED),
    "403": (refuse(403), 4, FAILED),
    "404": (refuse(404), 1, FAILED),
    "422": (refuse(422), 1, FAILED),
    "html": (lambda _: reply("<p>hello", 200, "text/html"), 1, DOUBT),
}


@pytest.mark.parametrize(("answer", "code", "end"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_middle(
    batch: Batch, stub: Stub, answer: Callable[[Request], Reply], code: int, end: str
) -> None:
    stub.answer = fails(answer)
    lines = sets()
    lines[AT - 1] = f"variables update k{AT} v"  # one request
    done = batch(*lines, options=("--request-timeout", "0.5"))
    assert (done.code, done.lines) == (code, [f"changed k{number}" for number in range(1, AT)])
    assert changed(stub) == [f"k{number}" for number in range(1, AT + 1)]
    assert done.err.splitlines()[0].startswith(f"{batch.file}:{AT}: error: ")
    assert done.err.splitlines()[-1] == f"{batch.file}: 4 of 9 commands done, {end}"
    # It continues where it says.
    stub.answer, stub.requests[:] = variables, []
    again = batch(*lines, options=("--from", str(AT)))
    assert (again.err, again.code) == ("", 0)
    assert changed(stub) == [f"k{number}" for number in range(AT, LINES + 1)]


@pytest.mark.parametrize("name", ["cut", "hang", "503", "401"])
def test_keep_going_stops_at_what_cannot_pass(batch: Batch, stub: Stub, name: str) -> None:
    answer, code, end = FAULTS[name]
    stub.answer = fails(answer)
    done = batch(*sets(), options=("--keep-going", "--request-timeout", "0.5"))
    assert done.code == code
    assert changed(stub)[-1] == f"k{AT}"
    assert done.err.splitlines()[-1].endswith(end)


@pytest.mark.parametrize("name", ["403", "404", "422", "429", "500"])
def test_keep_going_passes_refusals(batch: Batch, stub: Stub, name: str) -> None:
    answer, code, _ = FAULTS[name]
    stub.answer = fails(answer)
    done = batch(*sets(), options=("--keep-going",))
    assert (done.code, len(done.lines)) == (code, LINES - 1)
    assert done.err.splitlines()[-1] == f"{batch.file}: 8 done, 1 failed: line 5"


def test_nothing_is_said_where_all_went_well(batch: Batch) -> None:
    assert batch(*sets()).err == ""


def test_exit_code_2_follows_no_change(batch: Batch, stub: Stub, tmp_path: Path) -> None:
    rows = reply({"variables": [{"key": "a"}], "total_entries": 1, "key": "a", "value": "v"})
    stub.answer = lambda _: rows
    assert batch("variables get a", "variables list --columns nope").code == 2
    assert batch("variables set a b", "variables list --columns nope").code == 1
    # Wrong only when it runs: what another line wrote.
    inner = tmp_path / "inner"
    done = batch("variables set a b", f"!echo variables gte > {inner}", f"source {inner}")
    assert done.code == 1
    assert done.err.startswith(f"{inner}:1:11: error: unknown command")
    inner.unlink()
    assert batch(f"!echo variables gte > {inner}", f"source {inner}").code == 2


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("!exit 5", 5, "'exit' ended with exit code 5"),
        ("!exit 6", 1, "'exit' ended with exit code 6"),
        ("!kill -9 $$", 1, "'kill' ended with exit code 137"),
        ("version | false", 1, "'false' ended with exit code 1"),
        ("version | (exit 77)", 1, "'(exit' ended with exit code 77"),
        ("time variables get no1", 1, "no variable no1"),
        ("repeat 2 time variables get no1", 1, "no variable no1"),
    ],
)
def test_a_failure_names_its_place(batch: Batch, line: str, code: int, words: str) -> None:
    batch.file.write_text(f"variables get a\n{line}\n")
    done = batch.program.process("-f", str(batch.file))
    assert done.code == code
    assert f"{batch.file}:2: error: {words}" in done.err


def test_the_code_of_exit(batch: Batch, stub: Stub) -> None:
    assert batch("variables get a", "exit 7", "variables get b") == Done("a\n", "", 7)
    assert batch("variables get no1", "exit 0", options=("--keep-going",)).code == 0
    assert batch("exit 256").code == 2
    batch.file.with_name("inner").write_text("exit 3\n")
    done = batch(f"source {batch.file.with_name('inner')}", "version")
    assert (done.out, done.code) == ("", 3)


def test_a_line_that_may_fail(batch: Batch, stub: Stub) -> None:
    done = batch("try variables get no1", "try --only not_found variables get no2", "variables get a")
    assert (done.out, done.code) == ("a\n", 0)
    assert [line.partition(" ")[0] for line in done.err.splitlines()[::2]] == [
        f"{batch.file}:1:", f"{batch.file}:2:"
    ]  # fmt: skip
    assert batch("try --only conflict variables get no1", "variables get a").code == 1
    stub.answer = refuse(401)
    assert batch("try variables get a").code == 0


# --from.


def test_what_lines_before_put_in_use_stays(batch: Batch, stub: Stub) -> None:
    lines = ["variables set a b", "use dag etl", "alias v = variables get", "variables get x", "", "v a"]
    done = batch(*lines, "dagrun list", options=("--from", "5"))
    assert done.out.split()[-1] != "x"
    assert changed(stub) == []
    assert any("/dags/etl/dagRuns" in request.path for request in stub.requests)


@pytest.mark.parametrize("start", ["0", "x", "-1", "1.5", "99", "other:1", ""])
def test_what_is_no_line_to_begin_at(batch: Batch, stub: Stub, start: str) -> None:
    done = batch("variables set a b", options=(f"--from={start}",))
    assert (done.code, done.out, stub.requests) == (2, "", [])
    assert "error: --from" in done.err


def test_what_is_wrong_before_the_first_line_does_not_count(batch: Batch) -> None:
    assert batch("variables gte a", "variables get b", options=("--from", "2")).out == "b\n"


# Signals and streams.


def start(batch: Batch, *options: str, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "airflowctl", "-f", str(batch.file), *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more}
    return subprocess.Popen(command, env=batch.program.process_environ, **pipes)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.parametrize("options", [(), ("--keep-going",)], ids=["", "keep going"])
def test_a_signal(batch: Batch, stub: Stub, number: str, code: int, options: tuple[str, ...]) -> None:
    stub.answer = fails(hang)
    batch.file.write_text("\n".join(sets()))
    process = start(batch, *options)
    until(lambda: len(changed(stub)) == AT, "the request that hangs")
    process.send_signal(getattr(signal, number))
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert err.startswith(f"{batch.file}:5: error: interrupted\n  PATCH /api/v2/variables/k5 was sent: ")
    assert err.splitlines()[-1] == f"{batch.file}: 4 of 9 commands done, {DOUBT}"


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_during_a_pause(batch: Batch, stub: Stub, number: str, code: int) -> None:
    batch.file.write_text("version\nsleep 60\nversion\n")
    process = start(batch, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline().startswith("airflowctl ")
    state = Path(f"/proc/{process.pid}/stat")
    until(lambda: state.read_text().rpartition(")")[2].split()[0] == "S", "a pause")
    process.send_signal(getattr(signal, number))
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert err.splitlines()[-1].endswith(
        "1 of 3 commands done, line 2 failed, 1 not begun; continue with: --from 2"
    )


def test_a_hangup_that_is_ignored_stays_so(batch: Batch, stub: Stub) -> None:
    batch.file.write_text("variables set a b\nsleep 0.5\nvariables set c d\n")
    process = start(batch, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    until(lambda: bool(changed(stub)), "the first change")
    process.send_signal(signal.SIGHUP)
    assert process.wait(60) == 0
    assert changed(stub) == ["a", "c"]


def test_an_output_that_is_full(batch: Batch, stub: Stub) -> None:
    batch.file.write_text("\n".join(sets()))
    with open("/dev/full", "w") as full:
        process = start(batch, "--keep-going", stdout=full)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, changed(stub)) == (1, ["k1"])
    assert err.splitlines()[-1].endswith(
        "0 of 9 commands done, line 1 is done, but its result is lost, 8 not begun; continue with: --from 2"
    )


def test_a_reader_that_goes(batch: Batch, stub: Stub) -> None:
    batch.file.write_text("\n".join(sets()))
    reader, writer = os.pipe()
    os.close(reader)
    process = start(batch, stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, changed(stub)) == (141, ["k1"])
    assert "line 1 is done, but its result is lost" in err
