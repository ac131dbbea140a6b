"""Files of commands: checked whole before the first request, then run line by line over one connection."""

from __future__ import annotations

import _thread
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflowctl.session import registry
from tests.support.batches import Batch, keys, variables
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub

# Reading.


def test_lines_are_run_in_order(batch: Batch, stub: Stub) -> None:
    done = batch("variables get a", "variables get b", "version", "variables get c")
    assert done.out.split() == ["a", "b", *batch.program("version").out.split(), "c"]
    assert (done.err, done.code, keys(stub)) == ("", 0, ["a", "b", "c"])


@pytest.mark.parametrize(
    "content",
    [
        b"variables get a\n\n   \n# a comment\n  # another\nvariables get b # and why\n\n",
        b"variables get a\r\nvariables get b\r\n",
        b"\xef\xbb\xbfvariables get a\nvariables get b",
        b"  variables\tget   a  \n\t\nvariables get 'b'",
        b'"variables" get "a"\nvariables g\\et b\n',
        b"variables get -- a\nvariables -o tsv get b --no-header --columns value\n",
    ],
    ids=["comments", "CRLF", "BOM", "spaces", "quotes", "options"],
)
def test_how_lines_may_be_written(batch: Batch, stub: Stub, content: bytes) -> None:
    done = batch.bytes(content)
    assert (done.out, done.err, done.code) == ("a\nb\n", "", 0)
    assert keys(stub) == ["a", "b"]
    stub.requests.clear()
    assert batch.program("-f", "-", stdin=content.decode()) == done
    assert batch.program(stdin=content.decode()) == done
    assert keys(stub) == ["a", "b"] * 2


@pytest.mark.parametrize("letter", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_the_end_of_a_line_ends_it(batch: Batch, stub: Stub, letter: str) -> None:
    done = batch(f"variables set k 'a{letter}b'", "variables get a")
    assert (done.err, done.code) == ("", 0)
    assert stub.requests[0].json["value"] == f"a{letter}b"


def test_a_value_may_have_several_lines(batch: Batch, stub: Stub) -> None:
    done = batch("variables set k 'one", "  two # no comment", "", "three' # a comment", "variables get a")
    assert (done.err, done.code) == ("", 0)
    assert stub.requests[0].json["value"] == "one\n  two # no comment\n\nthree"
    assert done.lines[-1] == "a"


def test_a_command_of_several_lines_is_placed_by_its_first(batch: Batch) -> None:
    done = batch("version", 'variables get "no', 'such"', "version", "dags lst")
    assert [line.partition(": error: ")[0] for line in done.err.splitlines()[::2]] == [f"{batch.file}:5:6"]
    done = batch("version", 'variables get "no', 'such"', "version", options=("--echo", "-o", "json"))
    assert '+ variables get "no\\nsuch"\n' in done.err
    assert json.loads(done.err.splitlines()[-2])["error"]["where"] == f"{batch.file}:2"


def test_a_quote_that_nothing_closes_is_placed_where_it_opens(batch: Batch, stub: Stub) -> None:
    for lines, place in (
        (["version", "variables set k 'a", "b", "version"], "2:17"),
        (["variables set 'a", "b' c 'd", "e"], "2:6"),
        (['variables set k "a', "it's", "b"], "1:17"),
    ):
        done = batch(*lines)
        assert (done.out, done.code, stub.requests) == ("", 2, [])
        assert done.err.startswith(f"{batch.file}:{place}: error: the quote ")


@pytest.mark.parametrize("content", [b"", b"\n", b"# nothing\n", b"\xef\xbb\xbf"])
def test_a_file_without_commands_is_done(batch: Batch, stub: Stub, content: bytes) -> None:
    assert batch.bytes(content) == Done("", "", 0)
    assert batch.program(stdin=content.decode()) == Done("", "", 0)
    assert stub.requests == []


def test_a_file_cannot_run_files(batch: Batch, stub: Stub) -> None:
    done = batch("variables get a", f"-f {batch.file}")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert f"{batch.file}:2:1: error: unknown option -f" in done.err


@pytest.mark.parametrize("name", ["missing", "folder", "file/below", "x" * 300])
def test_a_file_that_cannot_be_read(batch: Batch, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    path = str(tmp_path / name)
    done = batch.program("-f", path)
    assert (done.out, done.code) == ("", 2)
    assert done.err.startswith(f"error: cannot read {path}: ")
    assert "None" not in done.err


def test_a_file_that_may_not_be_read(batch: Batch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    done = batch.program("-f", "commands")
    monkeypatch.undo()
    assert done == Done("", "error: cannot read commands: Permission denied\n", 2)


def test_a_file_that_is_not_utf_8(batch: Batch, stub: Stub) -> None:
    done = batch.bytes(b"variables get a\nvariables set k \xff\n")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert "not UTF-8" in done.err


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_input_that_is_not_utf_8(batch: Batch, stub: Stub, locale: str) -> None:
    done = batch.program.with_environ(LC_ALL=locale).process(stdin=b"variables get a\nvariables set k \xff\n")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert "UTF-8" in done.err
    assert "Traceback" not in done.err


def test_no_input_at_all(program: Program) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "{sys.executable}" -m airflowctl <&-'],
        capture_output=True,
        text=True,
        timeout=60,
        env=program.process_environ,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
    assert done.returncode in (0, 2)


def test_a_batch_as_a_process(batch: Batch, stub: Stub) -> None:
    content = "variables get a\r\n# ü\nvariables get 'ä b'\n"
    assert batch.program.process("-f", "-", stdin=content) == Done("a\n%C3%A4%20b\n", "", 0)
    assert batch.program.process(stdin=content) == Done("a\n%C3%A4%20b\n", "", 0)
    assert stub.connections == 2


# Failing.


def test_a_batch_stops_at_the_first_line_that_fails(batch: Batch, stub: Stub) -> None:
    done = batch("variables get a", "# x", "variables get no1", "variables get b")
    assert (done.out, done.code, keys(stub)) == ("a\n", 1, ["a", "no1"])
    assert done.err.startswith(f"{batch.file}:3: error: no variable no1\n")


def test_a_batch_that_keeps_going_exits_as_its_first_failure(batch: Batch, stub: Stub) -> None:
    done = batch(
        "variables get forbidden",
        "variables get a",
        "variables get no1",
        "variables get b",
        options=("--keep-going",),
    )
    assert (done.out, done.code) == ("a\nb\n", 4)
    assert keys(stub) == ["forbidden", "a", "no1", "b"]
    assert [line.partition(":")[2][0] for line in done.err.splitlines() if ": error: " in line] == ["1", "3"]


def test_keep_going_checks_the_whole_file_all_the_same(batch: Batch, stub: Stub) -> None:
    done = batch("variables get a", "variables gte b", options=("--keep-going",))
    assert (done.out, done.code, stub.requests) == ("", 2, [])


def test_a_failure_in_json_says_where(batch: Batch) -> None:
    done = batch("version", "variables get no1 -o json")
    error = json.loads(done.err.splitlines()[0])["error"]
    assert (error["where"], error["code"], error["status"]) == (f"{batch.file}:2", "not_found", 404)


def test_what_asks_before_it_acts_needs_a_yes(
    batch: Batch, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, words = registry.spellings("variables"), ("variables", "delete")
    monkeypatch.setitem(known, words, known[words]._replace(danger="It is gone for good."))
    done = batch("variables set a b", "variables delete k")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert f"{batch.file}:2:1: error: variables delete asks before it acts" in done.err
    assert "--yes" in done.err
    assert batch("variables set a b", "variables delete k --yes").code == 0
    assert batch("variables set a b", "variables delete k", options=("-y",)).code == 0
    assert [request.method for request in stub.requests] == ["PATCH", "DELETE"] * 2


def test_ctrl_c_stops_the_batch_also_one_that_keeps_going(batch: Batch, stub: Stub) -> None:
    def interrupt(request: Request) -> Reply:
        _thread.interrupt_main()
        return variables(request)

    stub.answer = interrupt
    done = batch("variables get a", "variables get b", options=("--keep-going",))
    assert (done.code, keys(stub)) == (130, ["a"])


# exit, --echo, options.


def test_exit_ends_the_batch(batch: Batch, stub: Stub) -> None:
    assert batch("variables get a", "exit", "variables get b") == Done("a\n", "", 0)
    assert keys(stub) == ["a"]


def test_exit_after_a_failure_keeps_its_code(batch: Batch) -> None:
    assert batch("variables get no1", "exit", options=("--keep-going",)).code == 1


def test_lines_after_exit_are_checked_too(batch: Batch, stub: Stub) -> None:
    done = batch("variables get a", "exit", "variables gte b")
    assert (done.code, stub.requests) == (2, [])


def test_echo_shows_each_line_before_its_result(batch: Batch) -> None:
    done = batch("  variables get a   # why", "# no", "variables get no1", options=("--echo",))
    assert done.out == "a\n"
    assert done.err.splitlines()[:2] == ["+ variables get a   # why", "+ variables get no1"]
    assert done.err.splitlines()[2].startswith(f"{batch.file}:3: error: ")


@pytest.mark.parametrize(
    "line",
    [
        "variables set api_key hunter2",
        "variables set my_PASSWORD hunter2 --description x",
        "variables set --description hunter2 db_token hunter2",
        "variables set 'some_secret' \"hunter2\" # hunter2",
        "auth token -u ann -p hunter2",
        "auth token -u ann -phunter2",
        "auth token -u ann --password=hunter2",
        "auth login -u ann --password hunter2",
    ],
)
def test_echo_hides_secrets(batch: Batch, line: str) -> None:
    done = batch(line, options=("--echo",))
    assert done.err.startswith(f"+ {' '.join(line.split()[:2])}")
    assert "hunter2" not in done.err + done.out


def test_options_of_the_batch_are_those_of_its_lines_unless_they_say_otherwise(batch: Batch) -> None:
    done = batch("variables get a", "variables get b -o name", "version", options=("-o", "json"))
    first, _, rest = done.out.partition("}\n")
    assert json.loads(first + "}") == {"key": "a", "value": "a", "description": None}
    assert rest.startswith("b")
    assert '"airflowctl"' in rest


@pytest.mark.parametrize("option", ["-f=x", "--keep-going", "--echo"])
def test_options_of_a_batch_do_not_go_with_a_command(program: Program, option: str) -> None:
    done = program(option, "version")
    assert (done.out, done.code) == ("", 2)
    assert "cannot go with a command" in done.err


def test_a_whole_file_is_one_connection(batch: Batch, stub: Stub) -> None:
    lines = [f"variables get v{number}" for number in range(50)]
    more = [
        "variables get x -o json",
        "variables set y z",
        "variables get no1 -d w",
        "variables list --columns key",
    ]
    done = batch(*lines, *more, options=("--keep-going",))
    assert done.code == 0
    assert len(stub.requests) == 54
    assert stub.connections == 1


def test_the_password_of_a_login_is_not_taken_from_the_commands(batch: Batch, stub: Stub) -> None:
    """`--password-stdin` where standard input is the batch itself would send a command as a password."""
    done = batch.program(stdin="auth token -u ann --password-stdin\nvariables get a\n")
    assert done.code == 2
    assert not any(b"variables get" in request.body for request in stub.requests)


def test_a_named_pipe_is_a_file_too(batch: Batch, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"variables get a\n")
    os.close(writer)
    assert batch.program("-f", f"/dev/fd/{reader}").out == "a\n"
    os.close(reader)
