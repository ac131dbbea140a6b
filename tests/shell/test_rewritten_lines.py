"""Pasted prompts, `!!` and `!$`; and what completes after `!`, `|` and `>`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.shell.rewrite import expand_last, expand_next, strip_prompts
from tests.support.program import Program
from tests.support.recorded import Replay, file_of
from tests.support.shell_driver import CTRL_C, Desk, Shell
from tests.support.stub import Stub
from tests.support.waiting import until

UP = "\x1b[A"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("$ airflowctl dags get x", "airflowctl dags get x"),
        ("  $  dags list", "dags list"),
        ("% dags list", "dags list"),
        ("admin@default> dags get x", "dags get x"),
        ("admin@prod-eu (PRODUCTION)> dags get x", "dags get x"),
        ("admin@prod (PRODUCTION) (read-only) etl/latest> dags get x", "dags get x"),
        ("admin@demo etl> dags list > file", "dags list > file"),
        ("default etl> dags list", "dags list"),  # the present prompt
        ("a@b> one\nb@c> two\n$ three", "one\ntwo\nthree"),
        ("a@b> dags trigger x --conf '{\n... \"a\": 1}'", "dags trigger x --conf '{\n\"a\": 1}'"),
        ("variables set x 'a\n$ b'", "variables set x 'a\n$ b'"),
        ("dags list > file", "dags list > file"),
        ("dags get a@b > file", "dags get a@b > file"),
        ("variables set price '$ 5'", "variables set price '$ 5'"),
        ("$ ", "$ "),
        ("!echo $ x", "!echo $ x"),
        ("", ""),
    ],
)
def test_prompts_that_were_copied_go(text: str, line: str) -> None:
    assert strip_prompts(text, "default etl> ") == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("!!", "dags get 'a b'"),
        ("!! -o json", "dags get 'a b' -o json"),
        ("time !!; x", "time dags get 'a b'; x"),
        ("!!; !!", "dags get 'a b'; dags get 'a b'"),
        ("dags pause !$", "dags pause 'a b'"),
        ("dags pause !$; version", "dags pause 'a b'; version"),
        ("!echo !$", "!echo 'a b'"),
        ("variables set x '!!'", "variables set x '!!'"),
        ("variables set x !!y", "variables set x !!y"),
        (r"variables set x \!!", r"variables set x \!!"),
    ],
)
def test_words_for_the_line_before(text: str, line: str) -> None:
    assert expand_last(text, "dags get 'a b'") == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("!1", "airflowctl why etl"),
        ("!2 -y; !1", "airflowctl tasks clear etl -y; airflowctl why etl"),
        ("time !1", "time airflowctl why etl"),
        ("!3", "!3"),
        ("!0", "!0"),
        ("!10", "!10"),
        ("!1x", "!1x"),
        ("variables set x '!1'", "variables set x '!1'"),
    ],
)
def test_numbers_of_the_lines_to_run_next(text: str, line: str) -> None:
    assert expand_next(text, ("airflowctl why etl", "airflowctl tasks clear etl")) == line


def test_a_number_runs_the_line_of_the_report(program: Program, stub: Stub) -> None:
    stub.answer = Replay(file_of("paused Dag with a queued run"))
    asked = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", NO_COLOR="1")
    assert "\n  airflowctl dags unpause w_paused\n" in asked("why", "w_paused", "r1").out
    with Shell(asked) as shell:
        done = shell.run("why w_paused r1")
        number = next(
            line.split()[0] for line in done.out.splitlines() if line.endswith("dags unpause w_paused")
        )
        shell.type(f"{number}\n")
        until(lambda: any(request.method == "PATCH" for request in stub.requests), "a change")
        shell.type("!9\n")
        until(lambda: "there is no line 9 to run next" in shell.err, "an error")


@pytest.fixture
def shell(program: Program) -> Iterator[Shell]:
    with Shell(program) as shell:
        yield shell


def test_the_history_has_the_line_that_ran(shell: Shell) -> None:
    shell.type("!!\n")
    until(lambda: "there is no line before this one" in shell.err, "an error")
    assert shell.run("$ airflowctl version").out.startswith("airflowctl ")
    assert shell.run("!! && !!").out.count("airflowctl ") == 2
    shell.type(UP)
    until(lambda: shell.line == "airflowctl version && airflowctl version", "what ran")
    shell.type(UP)
    until(lambda: shell.line == "airflowctl version", "the line before it")
    shell.type(CTRL_C)


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("!l", "program", "l"),
        ("!ls | gr", "program", "gr"),
        ("dags list | gr", "program", "gr"),
        ("dags list |gr", "program", "gr"),
        ("dags list; !ca", "program", "ca"),
        ("!A=1 sudo ca", "program", "ca"),
        ("!cat fi", "path", "fi"),
        ("!cat 'fi", "path", "fi"),
        ("!cat a && ca", "program", "ca"),
        ("!./fi", "path", "./fi"),
        ("dags list | tee fi", "path", "fi"),
        ("dags list | sort > fi", "path", "fi"),
        ("dags list | sort >fi", "path", "fi"),
        ("dags list > fi", "path", "fi"),
        ("!cat ", "path", ""),
        ("!ls -", "", ""),
        ("!cat $HO", "", ""),
        ("!cat ~/x", "", ""),
        ("!ls # x", "", ""),
    ],
)
def test_what_may_stand_in_a_line_for_the_other_shell(text: str, kind: str, word: str) -> None:
    slot = Grammar().slot_at(text)
    assert (slot.kind, slot.word if kind else "") == (kind, word)
    if kind:
        assert text[slot.start :].strip("'") == word


def test_programs_and_files_are_offered(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    for name, mode in (("mytool", 0o755), ("mydata", 0o644), ("grep", 0o755)):
        (tmp_path / "bin" / name).touch(mode)
    (tmp_path / "my file").touch()
    monkeypatch.chdir(tmp_path)
    desk = Desk(program.with_environ(PATH=f"{tmp_path}/bin:/nosuch"))
    assert list(desk.offered("!my")) == ["mytool"]
    assert sorted(desk.offered("dags list | ")) == ["each", "grep", "mytool", "pick"]
    assert list(desk.offered("dags list | grep x my")) == ["'my file'"]
    assert list(desk.offered("!cat my")) == ["'my file'"]
