"""Where a line's result goes: a program, a file; and lines about lines: time, repeat, source, save, last."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.completion.line_grammar import PIPELINE, Grammar
from airflowctl.core.errors import UsageError
from airflowctl.execution import pipeline
from airflowctl.output.redirects import Sink
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply


def variables(request: Request) -> Reply:
    """Knows 150 variables, and any by its key but those that begin with `no`; after page one it breaks if
    asked for `broken`."""
    key = request.path.rpartition("/")[2]
    if key == "variables":
        start = int(request.query["offset"][0])
        if start and request.query.get("variable_key_pattern") == ["broken"]:
            return reply({"detail": "it broke"}, 500)
        items = [{"key": f"k{place:03}", "value": "v"} for place in range(150)]
        return reply({"variables": items[start : start + 100], "total_entries": 150})
    return reply({"detail": "no such"}, 404) if key.startswith("no") else reply({"key": key, "value": key})


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(variables) as server:
        yield server


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Lines:
    """Runs lines as a file of commands."""

    def __init__(self, program: Program, stub: Stub) -> None:
        self.program = program.with_environ(
            AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", SHELL="/bin/sh"
        )

    def __call__(self, *lines: str, process: bool = False) -> Done:
        text = "".join(f"{line}\n" for line in lines)
        return self.program.process(stdin=text) if process else self.program(stdin=text)


@pytest.fixture
def run(program: Program, stub: Stub, here: Path) -> Lines:
    return Lines(program, stub)


# How a line is read.


def test_the_parts_of_a_line() -> None:
    (line,) = pipeline.parse_commands("dags list -o json | jq '.[] | .dag_id' # ids")
    assert line.tokens == ("dags", "list", "-o", "json")
    assert line.pipe == "jq '.[] | .dag_id' # ids"
    assert pipeline.parse_commands("dags list >> 'a b'")[0][3:5] == ("a b", True)
    assert pipeline.parse_commands("dags list >x")[0].file == "x"
    assert pipeline.parse_commands(" !ls | wc")[0].shell == "ls | wc"


@pytest.mark.parametrize(
    "text", ["variables set k '> x | y'", 'variables set k "|"', r"variables set k \|", "x a|b", "x 1>2"]
)
def test_within_quotes_and_words_there_is_no_operator(text: str) -> None:
    (line,) = pipeline.parse_commands(text)
    assert (line.pipe, line.file, len(line.tokens)) == ("", "", 4 if text[0] == "v" else 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("| less", "no command before '|'"),
        ("dags list |", "no command after '|'"),
        ("dags list >", "no file after '>'"),
        ("dags list > a b", "'b' stands after the file"),
        ("!", "no command after '!'"),
    ],
)
def test_what_is_no_line(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told.replace("|", r"\|")):
        pipeline.parse_commands(text)


def test_a_file_with_such_a_line_does_nothing(run: Lines, stub: Stub) -> None:
    done = run("variables get a", "variables get b >")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert "stdin:2:1: error: there is no file after '>'" in done.err


def test_its_marks_and_what_completes() -> None:
    marks = [(mark.start, mark.role) for mark in Grammar().marks("dags list | jq --nope '")]
    assert marks == [(0, "command"), (5, "command"), (10, PIPELINE)]
    assert [choice.text for choice in Grammar().slot_at("dags list | da").choices] == ["each", "pick"]
    assert Grammar().slot_at("dags list > fi").kind == "path"


# Into a program.


def test_into_a_program(run: Lines) -> None:
    done = run("variables list | wc -l", "variables get k | tr a-z A-Z", process=True)
    assert [line.strip() for line in done.lines] == ["151", "K"]
    assert (done.err, done.code) == ("", 0)


def test_the_failure_of_the_program_is_that_of_the_line(run: Lines) -> None:
    done = run("variables get k | exit 7", "version", process=True)
    assert (done.out, done.code) == ("", 1)  # 7 is no exit code of ours
    assert done.err.startswith("stdin:1: error: 'exit' ended with exit code 7\n")
    assert run("variables get no1 | cat && echo started", process=True).out == ""
    assert run("variables get no1 | cat", process=True).code == 1


def test_a_program_that_has_seen_enough_is_no_error(run: Lines) -> None:
    assert run("variables list -o jsonl | head -n 1", process=True).code == 0
    assert run("watch -n 0.01 variables get a | head -n 3", process=True) == Done("a\na\na\n", "", 0)


def test_a_line_for_the_shell(run: Lines) -> None:
    done = run("!echo $((6 * 7))", "!exit 3", process=True)
    assert (done.out, done.code) == ("42\n", 3)
    assert done.err.startswith("stdin:2: error: 'exit' ended with exit code 3\n")


# Into a file.


def test_into_a_file_and_at_its_end(run: Lines, here: Path) -> None:
    done = run("variables get a > out", "variables get b >> out", "variables get c >> out")
    assert done == Done("", "", 0)
    assert (here / "out").read_text() == "a\nb\nc\n"
    assert run("variables list --no-header --columns key > out").code == 0
    assert len((here / "out").read_text().splitlines()) == 150
    assert run("variables list --columns nope > out2").code == 2
    assert not (here / "out2").exists()


def test_a_command_that_fails_leaves_the_file_as_it_was(run: Lines, here: Path) -> None:
    (here / "out").write_text("before")
    for line in ("variables get no1 > out", "variables list --pattern broken -o jsonl >> out"):
        assert run(line).code != 0
        assert (here / "out").read_text() == "before"


def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(run: Lines, stub: Stub) -> None:
    for file, told in (("/nosuch/x", "there is no folder /nosuch"), (".", "it is a folder")):
        done = run(f"variables set k v > {file}")
        assert (done.code, stub.requests) == (2, [])
        assert f"cannot write {file}: {told}" in done.err


@pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="this system has no /dev/full, the device that is always full"
)
def test_a_full_disk_is_told(run: Lines) -> None:
    done = run("variables set k v > /dev/full")
    assert done.code != 0
    assert "it is done, but cannot write /dev/full: No space left" in done.err


# Lines about lines.


def test_time_and_repeat(run: Lines, stub: Stub) -> None:
    done = run("time variables get a", "repeat 2 time variables get b -o json")
    assert done.out.startswith("a\n{")
    assert done.err.count("took 0.") == 3
    assert run("repeat 3 variables get no1").code == 1
    assert len(stub.requests) == 4


def test_a_wrong_line_within_a_line_is_found_before_anything_is_done(run: Lines, stub: Stub) -> None:
    done = run("variables get a", "time variables gte b")
    assert (done.code, stub.requests) == (2, [])
    assert "did you mean get?" in done.err


def test_last_shows_it_again_without_asking(run: Lines, stub: Stub) -> None:
    done = run(
        "variables list --pattern x > /dev/null", "last -o json --query '[149].key'", "last --columns key"
    )
    assert done.lines[:3] == ['"k149"', "key", "k000"]
    assert len(stub.requests) == 2
    assert "there is no result yet" in run("last").err
    assert run("variables list -o jsonl | head -n 1", "last", process=True).err in (
        "",
        "not all of the rows had come: run the line again for all\n",
    )


def test_what_is_for_a_session_is_told_elsewhere(run: Lines) -> None:
    done = run.program("last")
    assert done.code == 2
    assert "last is for the shell and for files of commands" in done.err
    assert run.program("time", "variables", "get", "a").out == "a\n"


def test_saving_and_running_again(run: Lines, here: Path) -> None:
    lines = ("variables get a", "variables set my_token hunter2", "variables get c | cat")
    done = run(*lines, "save mine", "source mine", process=True)
    assert (here / "mine").read_text() == "variables get a\nvariables get c | cat\n"
    assert done.lines[-3:] == [f"saved 2 lines to {here / 'mine'}", "a", "c"]
    assert stat.S_IMODE((here / "mine").stat().st_mode) == 0o600
    again = run("variables get z", "save mine")
    assert again.code == 2
    assert "is there already" in again.err
    assert run("variables get z", "save mine --force").code == 0
    assert (here / "mine").read_text() == "variables get z\n"


def test_files_that_run_each_other_end(run: Lines, here: Path) -> None:
    (here / "a").write_text("source b\n")
    (here / "b").write_text("source a\n")
    done = run("source a")
    assert done.code == 2
    assert "files that run each other" in done.err


# Aliases.


def test_an_alias_works_everywhere(run: Lines, here: Path) -> None:
    made = run.program("alias", "getv", "=", "variables", "get", "-o", "json")
    assert made.out == "getv stands for: variables get -o json\n"
    assert run.program("getv", "a").json["key"] == "a"
    assert '"key": "b"' in run("getv b").out
    assert '"key": "b"' in run("repeat 1 getv b").out
    assert run("alias").out == "alias\tline\ngetv\tvariables get -o json\n"
    assert run("unalias getv").code == 0
    assert "unknown command 'getv'" in run.program("getv", "a").err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("alias dags = variables list", "'dags' is a command"),
        ("alias dag = variables list", "'dag' is a command"),
        ("alias -x = variables list", "unknown option"),
        ("alias a/b = variables list", "cannot be an alias"),
        ("alias x = variables lst", "did you mean list or set?"),
        ("alias x = variables set api_key hunter2", "there is a secret in that line"),
        ("alias x = ", "what shall 'x' stand for?"),
        ("alias nosuch", "there is no alias 'nosuch'"),
        ("unalias nosuch", "there is no alias 'nosuch'"),
    ],
)
def test_what_is_no_alias(line: str, told: str, run: Lines) -> None:
    done = run(line)
    assert done.code == 2
    assert told in done.err
    assert "hunter2" not in done.err


def test_an_alias_may_have_the_name_of_what_it_begins_with(run: Lines) -> None:
    assert run("alias v = v", "v").code == 2  # and does not go round for ever


def test_a_damaged_file_of_aliases_is_told_where_it_matters(run: Lines, here: Path) -> None:
    file = Path(run.program.environ["AIRFLOWCTL_HOME"]) / "preferences.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("[aliases\n")
    assert run("variables get a") == Done("a\n", "", 0)
    done = run("alias")
    assert done.code == 1
    assert f"{file} is damaged" in done.err


class Pressed(Sink):
    """The end of a line at which Ctrl-C is pressed, so many times, while its program has the terminal."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    def finish(self, code: int) -> int:
        self.left -= 1
        if self.left >= 0:
            raise KeyboardInterrupt
        return code


@pytest.mark.parametrize(
    ("times", "code", "end"), [(0, 0, 0), (0, 5, 5), (1, 0, 130), (3, 0, 130), (1, 5, 5), (2, 1, 1)]
)
def test_ctrl_c_at_the_end_of_a_line_waits_for_its_program(times: int, code: int, end: int) -> None:
    """The program has ended before the line does; a failure of the command is not hidden by the key."""
    sink = Pressed(times)
    assert pipeline._finish(sink, code) == end
    assert sink.left == -1
