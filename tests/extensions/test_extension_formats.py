"""Output formats of plug-ins: chosen like ours, safe on a terminal, and named where they fail."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.core.results import Record, Rows
from airflowctl.output.formats import load_format
from airflowctl.output.render import render
from airflowctl.output.style import Style
from tests.support.plug_ins import OUTPUT, install
from tests.support.program import Program

CODE = """
from airflowctl.extensions import DataFormat, Format, LineFormat, full_text, lookup

class Pipes(LineFormat):
    api = 1
    def format_line(self, cells):
        return " | ".join(cells) + "\\n"

class Repr(DataFormat):
    api = 1
    has_json_errors = True
    def format_data(self, data, style):
        return repr(data) + "\\n"

class Raw(Format):
    api = 1
    def format_rows(self, rows, style):
        for item in rows.items:
            yield str(item["key"]) + "\\n"

class Failing(Format):
    api = 1
    def format_rows(self, rows, style):
        yield "begun\\n"
        raise KeyError("x")

class Numbers(Format):
    api = 1
    def format_rows(self, rows, style):
        yield 7

class NoText(DataFormat):
    api = 1
    def format_data(self, data, style):
        return None
"""
NAMES = {
    "pipes": "Pipes",
    "repr": "Repr",
    "raw": "Raw",
    "failing": "Failing",
    "numbers": "Numbers",
    "none": "NoText",
}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    points = {name: f"format_module:{attribute}" for name, attribute in NAMES.items()}
    return install(tmp_path / "packages", "format-package", {OUTPUT: points}, {"format_module": CODE})


@pytest.fixture
def own(program: Program, packages: Path) -> Program:
    return program.with_environ(PYTHONPATH=str(packages))


@pytest.fixture
def here(packages: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    yield
    sys.modules.pop("format_module", None)


def test_a_line_format(own: Program) -> None:
    done = own.process("env", "list", "-o", "pipes", "--columns", "name,url")
    assert done == ("name | url\n", "", 0)


def test_a_data_format_prints_what_the_server_sent(own: Program) -> None:
    assert own.process("env", "list", "-o", "repr") == ("[]\n", "", 0)
    assert own.process("env", "get", "x", "-o", "repr").err.startswith("{")  # errors as JSON, as it declares


def test_the_choices_have_it(own: Program, here: None) -> None:
    assert ", name, failing, none, numbers, pipes, raw," in " ".join(own.process("--help").out.split())
    done = own.process("env", "list", "-o", "pipe")
    assert "did you mean pipes?" in done.err
    assert done.code == 2
    offered = [choice.text for choice in Grammar().slot_at("env list -o p").choices]
    assert offered[0] == "table"
    assert "pipes" in offered


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("result", ["rows", "record"])
def test_what_a_terminal_would_obey_is_escaped(result: str) -> None:
    item = {"key": "a\x1b]52;c;x\x07b\x9b\u202e"}
    style = Style(load_format("raw"), None, True, None)
    shown = Rows([item], ("key",), "key") if result == "rows" else Record(item, "key")
    assert "".join(render(shown, style)) == "a\\x1b]52;c;x\\x07b\\x9b\\u202e\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [("failing", "unexpected KeyError"), ("numbers", "a piece is a int"), ("none", "it is a NoneType")],
)
def test_a_fault_names_the_plug_in(own: Program, name: str, words: str) -> None:
    done = own.process("env", "list", "-o", name)
    assert words in done.err
    assert f"the plug-in format_module:{NAMES[name]} of the package format-package" in done.err
    assert done.code == 1


def test_a_kept_setting_of_a_plug_in_that_is_gone_locks_nobody_out(
    own: Program, program: Program, packages: Path
) -> None:
    done = own.process(stdin="set output pipes --keep\nenv list --columns name\n")
    assert done.code == 0
    for path in (packages / "format_package-1.0.dist-info").iterdir():
        path.unlink()
    assert program.process(stdin="set output\nenv list\n").code == 0
