"""`help TOPIC`: pages of the documentation that every installation has with it."""

from __future__ import annotations

import re
import tomllib

import pytest

from airflowctl.domain.help_topics import TOPICS, section
from airflowctl.output.markdown_page import render_page
from airflowctl.session import registry
from tests.support.paths import ROOT
from tests.support.program import Program


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_topic_is_text_that_fits(topic: str, columns: int, program: Program) -> None:
    done = program("help", topic, columns=columns)
    assert (done.err, done.code) == ("", 0)
    prose = [line for line in done.lines if not line.startswith("    ")]  # code stays as it is
    long = [line for line in prose if len(line) > min(columns, 100) and " " in line.strip()]
    assert not long
    marks = re.compile(r"^#+ \w|^\|.*\|$|^```|\]\(|\*\*\w")
    assert not [line for line in prose if marks.search(line)]
    assert len(done.lines) > 10


def test_the_topics_are_listed(program: Program) -> None:
    assert [row["topic"] for row in program("help", "topics", "-o", "json").json] == list(TOPICS)


def test_a_topic_as_json_is_its_markdown(program: Program) -> None:
    assert (
        program("help", "batch", "-o", "json").json
        == (ROOT / "docs" / "reference" / "batches.md").read_text()
    )


def test_a_topic_hides_no_noun() -> None:
    assert not set(registry.nouns()) & {*TOPICS, "topics"}


def test_the_wheel_has_each_page_with_it() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    included = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    files = {"README.md" if topic.file == "README.md" else f"docs/{topic.file}" for topic in TOPICS.values()}
    assert included == {file: f"airflowctl/docs/{file.removeprefix('docs/')}" for file in sorted(files)}


def test_the_exit_codes_are_those_of_the_program(program: Program) -> None:
    shown = {line for line in program("help", "exit-codes").lines if line[:1].isdigit()}
    assert {"0", "1", "2", "3", "4", "5", "6", "130, 141", "129, 143"} == shown


def test_every_page_at_once(program: Program) -> None:
    done = program("help", "--all")
    missing = [
        command.line for command in registry.all_commands() if f"airflowctl {command.line}" not in done.out
    ]
    assert (missing, done.code) == ([], 0)
    pools = program("help", "pools", "--all").out
    assert "airflowctl pools delete" in pools
    assert "airflowctl dags list" not in pools
    assert program("help", "poools", "--all").code == 2


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# A `b` [c](d.md)", "A B C\n"),
        ("a\nb", "a b\n"),
        ("- a\n  b\n- **c**", "- a b\n- c\n"),
        ("```sh\na  | b\n\nc\n```", "    a  | b\n\n    c\n"),
        ("| a | b |\n|---|---|\n| `x` | y |\n| p\\|q | |", "x\n  y\np|q\n"),
        ("| a | b | c |\n|---|---|---|\n| x | y | z |", "x\n  b: y\n  c: z\n"),
        ("`a ** b` ** c", "a ** b  c\n"),
        ("", "\n"),
    ],
)
def test_markdown_becomes_text(markdown: str, text: str) -> None:
    assert render_page(markdown, 40) == text


def test_a_section_ends_where_the_next_begins() -> None:
    text = "# A\n## B\nb\n### C\nc\n## D\nd\n"
    assert section(text, "B") == "## B\nb\n### C\nc\n"
    assert section(text, "D") == "## D\nd\n"
