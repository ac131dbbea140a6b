"""`?` twice shows the keys, and the documentation has the same rows."""

from __future__ import annotations

from airflowctl.shell.key_table import KEYS
from tests.support.paths import ROOT
from tests.support.program import Program
from tests.support.shell_driver import CTRL_C, Shell
from tests.support.waiting import until


def test_the_documentation_has_each_key() -> None:
    text = (ROOT / "docs" / "reference" / "shell.md").read_text()
    assert [key for key, does in KEYS if f"| {key} | {does} |" not in text] == []


def test_once_it_lists_what_may_follow_and_twice_the_keys(program: Program) -> None:
    with Shell(program) as shell:
        shell.type("dags ?")
        until(lambda: "What can follow:" in shell.err, "what may follow")
        assert "Ctrl-R" not in shell.err
        shell.type("?")
        until(lambda: "Keys:" in shell.err and "Ctrl-Z, Ctrl-D" in shell.err, "the keys")
        assert shell.line == "dags "
        shell.type("x?")  # within a word it is a letter
        until(lambda: shell.line == "dags x?", "the letter")
        shell.type(CTRL_C)
