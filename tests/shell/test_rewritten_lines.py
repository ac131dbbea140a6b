"""Pasted prompts, `!!` and `!$`; and what completes after `!`, `|` and `>`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.shell.rewrite import expand_last, strip_prompts
from tests.support.program import Program
from tests.support.shell_driver import CTRL_C, Desk, Shell
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
    assert list(desk.offered("dags list | ")) == ["grep", "mytool"]
    assert list(desk.offered("dags list | grep x my")) == ["'my file'"]
    assert list(desk.offered("!cat my")) == ["'my file'"]
