"""A batch whose lines run as they come, and texts that are put into its lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.batches import Batch, keys
from tests.support.stub import Stub


@pytest.fixture
def batch(batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    monkeypatch.chdir(tmp_path)
    return batch


def test_a_program_writes_a_line_and_reads_its_result(batch: Batch, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "airflowctl", "--stream", "--keep-going", "--results", "results"]
    with subprocess.Popen(
        command,
        env=batch.program.process_environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        for key in ("a", "b"):
            process.stdin.write(f"variables get {key}\n")
            assert process.stdout.readline() == f"{key}\n"
        process.stdin.write("variables gte c\n")
        assert process.stderr.readline().startswith("stdin:3:11: error: unknown command")
        process.stdin.write("alias v = variables get 'it\n")
        process.stdin.write("s'\nv\nuse dag etl\nalias v = variables get\nv x\nexit 4\nversion\n")
        process.stdin.close()
        assert process.stdout.read().splitlines()[-1] == "x"
        assert process.wait(60) == 4
    rows = [json.loads(line) for line in (tmp_path / "results").read_text().splitlines()]
    assert [(row["line"], row["code"]) for row in rows[:3]] == [(1, 0), (2, 0), (3, 2)]


def test_a_wrong_line_ends_a_stream(batch: Batch, stub: Stub) -> None:
    done = batch.program("--stream", stdin="variables get a\nvariables gte b\nvariables get c\n")
    assert (done.out, done.code, keys(stub)) == ("a\n", 2, ["a"])
    assert done.err.splitlines()[-1] == "stdin: 1 commands done, line 2 failed"
    done = batch.program("--stream", stdin="variables set a b\nvariables gte b\n")
    assert done.code == 1  # 2 follows no change
    assert batch.program("--stream", stdin="variables get 'a").code == 2


@pytest.mark.parametrize("option", ["--journal=x", "--from=2", "--check"])
def test_what_needs_the_whole_file(batch: Batch, stub: Stub, option: str) -> None:
    done = batch.program("--stream", option, stdin="variables get a\n")
    assert (done.code, done.out, stub.requests) == (2, "", [])
    assert "cannot go with --stream" in done.err


def test_a_file_as_a_stream(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("\ufeffvariables get a\n\n# x\nvariables get b\\\nc")
    assert batch.program("--stream", "-f", "file").out == "a\nbc\n"
    assert batch.program("--stream", "-f", "missing").code == 2


# --set.


def sent(stub: Stub) -> list[tuple[str, str]]:
    return [(request.json["key"], request.json["value"]) for request in stub.requests if request.body]


NASTY = [
    "a b",
    "--description",
    "-",
    'it\'s "so"',
    "| cat",
    "> x",
    "# y",
    "!ls",
    "${X}",
    "a\nb",
    "",
    "\\",
    "{",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_text_that_is_put_in_is_never_read_as_a_line(batch: Batch, stub: Stub, text: str) -> None:
    lines = ("variables set a ${X}", 'variables set b "<${X}>"', "variables set c '${X}'")
    done = batch(*lines, 'variables set d {"k": "${X}"}', options=(f"--set=X={text}",))
    assert (done.err, done.code) == ("", 0)
    assert sent(stub)[:3] == [("a", text), ("b", f"<{text}>"), ("c", "${X}")]
    assert json.loads(sent(stub)[3][1]) == {"k": text}


def test_where_texts_come_from(batch: Batch, stub: Stub, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter22\n")
    batch.program = batch.program.with_environ(PW="hunter33")
    given = ("--set", "A=@secret", "--set", "B=env:PW", "--set", "C=a=b", "--set", "D=")
    done = batch("variables set a ${A}${B}${C}${D}", "variables get no${A} -o ${B}", options=given)
    assert done.code == 2
    assert "hunter" not in done.err
    done = batch("variables set a ${A}${B}${C}${D}", "variables get no${A}", options=given)
    assert sent(stub)[:1] == [("a", "hunter22hunter33a=b")]
    assert "hunter" not in done.err


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("variables set a ${Y}", "1:17"), ('variables set a "x${Y}"', "1:19"),
        ("variables set a ${X:-1}", "1:17"), ("variables set a ${}", "1:17"),
        ('variables set a {"b": "${Y}"}', "1:24"), ("version > ${Y}", "1:11"),
        ("variables set a <<E\n${X}\n ${Y}\nE", "3:2"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_set(batch: Batch, stub: Stub, line: str, place: str) -> None:
    done = batch(line, options=("--set", "X=1"))
    assert (done.code, done.out, stub.requests) == (2, "", [])
    assert done.err.startswith(f"{batch.file}:{place}: error: ${{")


def test_what_stays_as_it_is(batch: Batch, stub: Stub, tmp_path: Path) -> None:
    lines = ("variables set a $X", "variables set b {{x}}", "variables set c \\${X}", "variables set d a$")
    assert batch(*lines, "!echo ${X:-shell} > out").code == 0
    assert [value for _, value in sent(stub)] == ["$X", "{{x}}", "${X}", "a$"]
    assert (tmp_path / "out").read_text() == "shell\n"
    assert batch.program("variables", "set", "a", "${X}").code == 0  # in batches only
    assert sent(stub)[-1] == ("a", "${X}")


@pytest.mark.parametrize("given", ["X", "=1", "1X=2", "a b=1", "X=@missing", "X=env:NO_SUCH", "X="])
def test_what_cannot_be_set(batch: Batch, stub: Stub, given: str) -> None:
    done = batch("variables get ${X}", options=("--set", given))
    assert (done.code, done.out, stub.requests) == (2, "", [])
    assert batch("version", options=("--set", "X=1", "--set", "X=2")).code == 2


def test_a_here_document(batch: Batch, stub: Stub) -> None:
    done = batch("variables set a <<END --description x", "it's", " ${X}", "END", "variables set b \\", " c",
                 "variables set d <<'E'", "-${X}", "E", options=("--set", "X=1"))  # fmt: skip
    assert (done.err, done.code) == ("", 0)
    assert sent(stub) == [("a", "it's\n 1"), ("b", "c"), ("d", "-${X}")]
    assert batch("variables set a <<END", "b").err.startswith(f"{batch.file}:1:17: error: the line that ends")
