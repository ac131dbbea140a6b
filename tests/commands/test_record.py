"""`record FILE`: lines and results as Markdown, without secrets."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.execution.line_meaning import write_meaning
from airflowctl.execution.pipeline import parse_commands
from tests.support.program import Program
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply

SECRET = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"


@pytest.fixture
def shell(program: Program, stub: Stub) -> Iterator[Shell]:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/pools"):
            pools = [{"name": f"p{number}", "slots": number, "description": "a|b"} for number in (1, 2)]
            return reply({"pools": pools, "total_entries": 2})
        if "/variables/" in request.path:
            return reply({"key": "v", "value": SECRET, "description": None})
        if request.path.endswith("/pools/none"):
            return reply({"detail": "there is no such pool"}, 404)
        return lets_in(request)

    stub.answer = answer
    with Shell(program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")) as shell:
        yield shell


def test_lines_and_results_are_written_without_secrets(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "incident.md"
    assert shell.run(f"record {file}").code == 0
    for line in (
        "pools list",
        "pools get none",
        f"variables set api_key {SECRET}",
        "variables get v",
        "version",
    ):
        shell.run(line)
    assert shell.run("record --off").code == 0
    shell.run("pools get p1")
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    headings = [row for row in text.splitlines() if row.startswith("## ")]
    assert headings == [
        "## `pools list`",
        "## `pools get none`",
        "## `variables set ... (it holds a secret)`",
        "## `variables get v`",
        "## `version`",
    ]
    assert "| p1 " in text
    assert "exit code 1" in text
    assert "> error: " in text
    assert SECRET not in text
    assert "t.o.k" not in text


def test_a_file_that_is_there_stays(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "incident.md"
    file.write_text("mine")
    assert shell.run(f"record {file}").code == 2
    assert file.read_text() == "mine"
    assert shell.run(f"record {file} --force").code == 0
    for line in ("record", f"record {file} --off"):
        assert shell.run(line).code == 2
    shell.run("record --off")
    assert shell.run("record --off").code == 2


def test_save_leaves_out_what_no_batch_can_do(shell: Shell, tmp_path: Path) -> None:
    for line in (
        "use dag etl",
        "pools list",
        "record --off",
        "pools list | each pools get {name}",
        "use dag x",
    ):
        shell.run(line)
    assert shell.run(f"save {tmp_path}/s").code == 0
    saved = (tmp_path / "s").read_text().splitlines()
    assert saved == ["use dag etl", "pools list", "pools list | each pools get {name}"]


def test_saved_lines_of_the_background_are_those_a_batch_takes(
    program: Program, shell: Shell, tmp_path: Path
) -> None:
    for line in ("version &", "version && version &", "jobs", "wait"):
        shell.run(line)
    assert shell.run(f"save {tmp_path}/s").code == 0
    assert (tmp_path / "s").read_text().splitlines() == ["version &", "version && version", "wait"]
    assert program("-f", str(tmp_path / "s"), "--check").code == 0


def test_what_words_stood_for_is_written_out(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "incident.md"
    shell.run(f"record {file}")
    shell.run("pools list")
    shell.run("pools get $2 -o json && pools get $1 | cat")
    shell.run("pools get $1..$2")
    assert shell.run(f"pools get $1..$2 -o name > {tmp_path}/names").code == 0
    shell.run("version '$1'; version")
    shell.run("record --off")
    assert shell.run(f"save {tmp_path}/s").code == 0
    saved = (tmp_path / "s").read_text().splitlines()
    assert saved == [
        "pools list",
        "pools get p2 -o json && pools get p1 | cat",
        "pools get p1 && pools get p2",
        f"pools get p1 -o name > {tmp_path}/names && pools get p2 -o name >> {tmp_path}/names",
    ]
    text = file.read_text()
    assert "## `pools get $1..$2`" in text
    assert "It stood for `pools get p1 && pools get p2`." in text
    assert text.count("It stood for") == 3


@pytest.mark.parametrize(
    ("typed", "meant", "text"),
    [
        ("a $1", [("a", "x y")], "a 'x y'"),
        ("a $1; b", [("a", "x"), ("b",)], "a x; b"),
        ("b || a $1 &", [("b",), ("a", "x")], "b || a x &"),
        ("a $1 | each b {c}", [("a", "x")], "a x | each b {c}"),
        ("a '$1'", [("a", "$1")], "a '$1'"),
        ("a $1 | less -S", [("a", "x\x1b")], "a $'x\\x1b' | less -S"),
    ],
)
def test_the_meaning_of_a_line(typed: str, meant: list[tuple[str, ...]], text: str) -> None:
    commands = parse_commands(typed)
    others = [command._replace(tokens=tokens) for command, tokens in zip(commands, meant, strict=True)]
    assert write_meaning(typed, commands, others) == text


def test_record_off_begins_no_recording(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = shell.run("record off")
    assert (done.code, "--off ends a recording" in done.err) == (2, True), done
    assert list(tmp_path.glob("off")) == []
    assert shell.run("record ./off").code == 0
    assert (tmp_path / "off").exists()


def test_a_recording_is_not_given_up_for_another_one(shell: Shell, tmp_path: Path) -> None:
    assert shell.run(f"record {tmp_path / 'one.md'}").code == 0
    for line in ("record off", f"record {tmp_path / 'two.md'}"):
        done = shell.run(line)
        assert (done.code, "--off" in done.err) == (2, True), done
    assert not (tmp_path / "two.md").exists()
    assert "one.md" in shell.run("record --off").out
