"""The registry of output formats, and what each class in it promises."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from airflowctl.core.options import COMMON
from airflowctl.core.results import Rows
from airflowctl.core.settings import SETTINGS
from airflowctl.output.formats import load_format
from airflowctl.output.render import render
from airflowctl.output.style import QUOTED, Format, Style
from tests.support.formats import FORMATS, WITH_FIELDS
from tests.support.paths import ROOT
from tests.support.rendering import COLUMNS, Shown, row
from tests.support.rows import every_row


def test_each_name_loads_a_format() -> None:
    for name in FORMATS:
        assert isinstance(load_format(name), Format), name


def test_the_registry_is_the_only_list() -> None:
    [output] = [param for param in COMMON if "--output" in param.flags]
    assert output.choices == tuple(FORMATS)
    [setting] = [setting for setting in SETTINGS if setting.name == "output"]
    assert setting.choices == ("auto", *FORMATS)


@every_row("path", sorted((ROOT / "airflowctl" / "output").rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_is_decided_by_the_name_of_a_format(path: Path) -> None:
    """What differs between formats is a fact or a method of the class: a name would be a second list."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    texts = [part.value for node in compared for part in ast.walk(node) if isinstance(part, ast.Constant)]
    assert [text for text in texts if text in WITH_FIELDS] == []  # `name` is a field of Airflow's too


def test_each_class_has_a_name_of_its_own_or_another_name() -> None:
    assert load_format("ndjson").__class__ is load_format("jsonl").__class__
    others = [name for name in FORMATS if name != "ndjson"]
    assert len({type(load_format(name)) for name in others}) == len(others)


def test_only_csv_and_yaml_keep_every_character_in_a_pipe() -> None:
    assert [name for name in FORMATS if load_format(name).escapes == QUOTED] == ["csv", "yaml"]


class Careless(Format):
    """A format that escapes nothing, as that of a plug-in may be."""

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        yield from (f"{item['key']}\n" for item in rows.items)


def test_a_format_that_escapes_nothing_is_safe_in_a_pipe() -> None:
    items = [{"key": "a\x1b]52;c;x\x07b\x9b\u202e\tc\\"}]
    style = Style(Careless(), None, True, None)
    assert list(render(Rows(items, ("key",), "key"), style)) == [
        "a\\x1b]52;c;x\\x07b\\x9b\\u202e\tc\\\n",
    ]


@pytest.mark.parametrize("method", ["render_rows", "render_record", "render_values", "render_events"])
def test_a_format_that_passes_the_escaping_by_is_refused(method: str) -> None:
    with pytest.raises(TypeError, match=f"Rash must define format_.*{method}"):
        type("Rash", (Format,), {method: None})


# ndjson.


def test_ndjson_is_another_name_of_jsonl(shown: Shown) -> None:
    items = [row("a", 1), row("b", {"c": [None]})]
    assert shown.rows(items, "-o", "ndjson") == shown.rows(items, "-o", "jsonl")
    assert [json.loads(line) for line in shown.rows(items, "-o", "ndjson").lines] == items


# markdown.


def read_cell(text: str) -> str:
    """What a reader of GitHub Flavored Markdown prints of a cell."""
    ends = text.replace("<br>", "\n")
    return unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", ends))


def read_table(text: str) -> list[list[str]]:
    lines = [line[2:-2] for line in text.splitlines()]
    return [[read_cell(cell) for cell in re.split(r" (?<!\\)\| ", line)] for line in lines]


def test_markdown_is_a_table_of_github(shown: Shown) -> None:
    done = shown.rows([row("dag_id", 7), row("b", None, {"c": 1})], "-o", "markdown")
    assert done.lines == [
        "| key | value | description |",
        "| --- | --- | --- |",
        "| dag_id | 7 |  |",
        '| b |  | {"c": 1} |',
    ]


CELLS = [
    "a|b", "|", "a\\|b", "\\", "\\\\", "*bold*", "**", "_it_", "__init__", "snake_case_", "`code`", "``|``",
    "~~no~~", "$x$", "<b>x</b>", "<script>", "&lt;", "&amp;amp;", "<br>", "[x](http://evil)",
    "![x](http://evil/pixel)", "[x]", "# no heading", "- no list", "> no quote", "| --- |", "---",
    "a\nb", "\n", "ü日本👩‍💻", "x" * 5000,
]  # fmt: skip


@every_row("text", CELLS)
def test_a_cell_of_markdown_is_read_back_as_text(shown: Shown, text: str) -> None:
    done = shown.rows([row("k", text, "d")], "-o", "markdown")
    assert len(done.lines) == 3
    assert read_table(done.out)[2] == ["k", text, "d"]
    assert "](" not in done.out
    assert not re.search("<(?!br>)", done.out)


@pytest.mark.parametrize(
    ("text", "cell"), [("a\r\nb", "a<br>b"), ("a\rb", "a<br>b"), ("\x1b[2J", "\\x1b[2J")]
)
def test_a_cell_of_markdown_is_one_line_and_safe(shown: Shown, text: str, cell: str) -> None:
    for terminal in (True, False):
        done = shown.rows([row("k", text)], "-o", "markdown", "--no-header", terminal=terminal)
        assert done.out == f"| k | {cell} |  |\n"


@pytest.mark.parametrize("name", ["a|b", "<i>", "x\ny"])
def test_a_title_of_markdown_is_escaped_too(shown: Shown, name: str) -> None:
    done = shown.record({"connection_id": "c", name: 1}, "-o", "markdown")
    assert len(done.lines) == 3
    assert name in read_table(done.out)[0]


def test_markdown_of_nothing_has_its_titles(shown: Shown) -> None:
    assert shown.rows([], "-o", "markdown").lines[0] == f"| {' | '.join(COLUMNS)} |"


def test_markdown_of_what_a_query_finds(shown: Shown) -> None:
    items: list[dict[str, Any]] = [row("a", "x|y"), row("b", 2)]
    done = shown.rows(items, "-o", "markdown", "--query", "[].[key, value]")
    assert done.lines == ["| a | x\\|y |", "| b | 2 |"]
