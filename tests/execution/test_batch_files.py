"""What the check of a batch says of the files that its lines read and write, and of the programs they run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflowctl.execution import batch_input
from tests.support.batches import Batch
from tests.support.program import Done, Program
from tests.support.stub import Stub


@pytest.fixture
def batch(batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    monkeypatch.chdir(tmp_path)
    return batch


def places(done: Done) -> list[str]:
    return [line.partition(": error: ")[0] for line in done.err.splitlines() if ": error: " in line]


# A batch whose last line is wrong, and the words of its error.
WRONG_FILES = {
    "a missing file": ("variables import missing.json", "missing.json: No such file"),
    "a missing file of connections": ("connections import missing.yaml --dry-run", "No such file"),
    "a missing file of pools": ("pools import ./missing.json", "No such file"),
    "no JSON": ("variables import wrong.json", "json:2:1: error: not JSON"),
    "a missing body": ("api post_pool --body @missing.json", "missing.json cannot be read"),
    "a body that is no JSON": ("api post_pool --body @wrong.json", "wrong.json: not JSON"),
    "a body on the line that is no JSON": ("api post_pool --body {bad", "--body: not JSON"),
    "no JSON, in a line about a line": (
        "try time variables import wrong.json",
        "json:2:1: error: not JSON",
    ),
    "a folder": ("variables import folder", "folder: Is a directory"),
    "a missing file of commands": ("source missing", "cannot read"),
    "a file of commands that runs itself": ("source itself", "files that run each other"),
    "a program": ("!nosuchprogram -x", "there is no program nosuchprogram"),
    "a program of a pipe": ("variables get a | nosuchprogram", "there is no program nosuchprogram"),
    "the second program of a pipe": ("variables get a | cat | nosuchprogram", "no program nosuchprogram"),
    "a program after a variable": ("!A=1 nosuchprogram", "there is no program nosuchprogram"),
    "a program by its path": ("!./nosuch", "there is no program ./nosuch"),
    "a file that is no program": ("!./wrong.json", "./wrong.json is no program"),
    "a folder that is not there": ("variables get a > nosuch/out", "there is no folder"),
    "a folder as a file": ("variables get a >> folder", "it is a folder"),
}


@pytest.fixture
def files(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "wrong.json").write_text('{"a": 1,\n}')
    (tmp_path / "right.json").write_text('{"a": 1}')
    (tmp_path / "itself").write_text("version\nsource itself\n")
    (tmp_path / "typo").write_text("version\n\n  variables gte a\n")


@pytest.mark.parametrize(("line", "words"), WRONG_FILES.values(), ids=WRONG_FILES)
@pytest.mark.usefixtures("files")
def test_a_file_or_a_program_that_is_wrong_is_found_first(
    batch: Batch, stub: Stub, line: str, words: str
) -> None:
    for lines in ([line], ["!true", "!echo a | cat", line], [f"try {line}"] if line[0] != "!" else [line]):
        done = batch("variables set k v", *lines)
        assert (done.out, done.code, stub.requests) == ("", 2, [])
        assert words in done.err


@pytest.mark.usefixtures("files")
def test_a_file_of_commands_is_followed(batch: Batch, stub: Stub, tmp_path: Path) -> None:
    done = batch("variables set k v", "source typo", "variables gte b")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert places(done) == [f"{tmp_path}/typo:3:13", f"{batch.file}:3:11"]
    (tmp_path / "use").write_text("use dag etl\nalias v = version\n")
    assert batch("source use", "dagrun list", "v", options=("--check",)).code == 0


COMES = {
    "written by a line before": ["variables get a > new.json", "variables import new.json --dry-run"],
    "exported before": ["variables export new.json", "variables import new.json --dry-run"],
    "broken, but written before": ["variables get a > wrong.json", "variables import wrong.json"],
    "made by a program": ["!touch new.json", "variables import new.json --dry-run"],
    "made in a pipe": ["variables get a | tee new.json", "variables import new.json --dry-run"],
    "a folder made by a program": ["!mkdir out", "variables get a > out/x"],
    "commands saved before": ["version", "save mine", "source mine"],
    "a program made by a program": ["!make", "!./build/it"],
}


@pytest.mark.parametrize("lines", COMES.values(), ids=COMES)
@pytest.mark.usefixtures("files")
def test_what_a_line_before_makes_need_not_be_there(batch: Batch, lines: list[str]) -> None:
    done = batch(*lines, options=("--check",))
    assert (done.err, done.code) == ("", 0)


@pytest.mark.parametrize(
    "line",
    [
        "!if true; then echo a; fi", "!for x in 1 2; do echo $x; done", "!cd / && ls", "![ -e / ]",
        "!A=1", "!A=1 B=2 env", "!$EDITOR x", "!~/bin/x", "!(ls)", "!{ ls; }", "!echo 'it''s' | nosuch",
        "!true && true || true; true", "version | while read x; do echo $x; done", "!. ./x", "!:",
        "!'a b'", "!command -v ls", "!export A=1",
    ],
)  # fmt: skip
def test_words_of_the_shell_pass(batch: Batch, line: str) -> None:
    assert batch(line, options=("--check",)).err == ""


def test_a_program_that_harms_nothing_makes_no_file(batch: Batch) -> None:
    for line in ("!echo a", "!date", "version | cat | sort"):
        assert batch(line, "variables import missing.json", options=("--check",)).code == 2


def test_standard_input_is_read_once(batch: Batch, stub: Stub) -> None:
    line = "variables import - --dry-run"
    done = batch.program(stdin=f"version\n{line}\n")
    assert (done.out, done.code) == ("", 2)
    assert "stdin:2:1: error: standard input is read by the file of commands itself" in done.err
    assert batch(line, line).err.startswith(f"{batch.file}:2:1: error: standard input is read by variables")
    assert batch(line, options=("--check",)).code == 0
    assert stub.requests == []


# --check and several files.


@pytest.mark.usefixtures("files")
def test_check_sends_nothing(batch: Batch, stub: Stub) -> None:
    done = batch("# a", "variables set k v", "variables import right.json", options=("--check",))
    assert done == Done(f"{batch.file}: 2 commands, 1 file: nothing wrong\n", "", 0)
    shown = batch("variables set k v", options=("--check", "-o", "json"))
    assert json.loads(shown.out) == {"files": [str(batch.file)], "commands": 1, "read": []}
    wrong = batch("variables set k v", "variables sett", options=("--check",))
    assert (wrong.out, wrong.code) == ("", 2)
    assert batch.program("--check", stdin="version").out == "stdin: 1 command, 0 files: nothing wrong\n"
    assert stub.requests == []


def test_several_files_are_checked_together_and_run_in_order(
    batch: Batch, stub: Stub, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("variables get a\nuse dag etl\nalias v = variables get\n")
    (tmp_path / "b").write_text("v b\ndags get\n")
    done = batch.program("-f", "b", "-f", "a", "--check")
    assert places(done) == ["b:1:1", "b:2:1"]
    assert batch.program("-f", "a", "--file=b", "-f", "-", "--check", stdin="version").out == (
        "a, b, stdin: 6 commands, 0 files: nothing wrong\n"
    )
    (tmp_path / "b").write_text("variables get b\nvariables get no1\nversion\n")
    (tmp_path / "a").write_text("variables get a\n")
    done = batch.program("-f", "a", "-f", "b")
    assert (done.out, done.code) == ("a\nb\n", 1)
    assert done.err.splitlines()[-1] == (
        "a, b: 2 of 4 commands done, line b:2 failed, 1 not begun; continue with: --from b:2"
    )
    again = batch.program("-f", "a", "-f", "b", "--from", "b:3")
    assert (again.err, again.code, len(again.lines)) == ("", 0, 1)


def test_without_programs(batch: Batch, stub: Stub, tmp_path: Path) -> None:
    (tmp_path / "inner").write_text("!touch made\n")
    for line in ("!touch made", "version | tee made", "version > made", "source inner"):
        done = batch("variables set k v", line, options=("--no-programs",))
        assert (done.out, done.code, stub.requests) == ("", 2, [])
        assert ": error: --no-programs does not allow programs and files" in done.err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("option", ["--check", "--from=1", "--no-programs"])
def test_options_of_a_batch_go_with_no_command(program: Program, option: str) -> None:
    assert program(option, "version").code == 2


def test_commands_on_standard_input_of_a_batch(batch: Batch, stub: Stub) -> None:
    """`source -` reads them; they are checked as they run, for they can be read only once."""
    batch.file.write_text("variables get a\nsource -\nvariables get b\n")
    done = batch.program("-f", str(batch.file), stdin="variables get c\nvariables get d\n")
    assert (done.code, done.out.split()) == (0, ["a", "c", "d", "b"])
    wrong = batch.program("-f", str(batch.file), stdin="variables gte c\n")
    assert (wrong.code, wrong.out.split()) == (2, ["a"])
    assert "stdin:1:11: error: unknown command" in wrong.err
    both = batch.program(stdin="variables get a\nsource -\n")
    assert (both.code, both.out) == (2, "")
    assert "standard input is read by the file of commands itself" in both.err


def test_a_file_that_is_too_long_says_so_in_bytes(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_input, "_MOST", 10)
    done = batch("variables get a", "variables get b")
    assert done.code == 2
    assert "million bytes" in done.err
