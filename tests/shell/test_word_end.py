"""A candidate replaces its whole word, also what stands right of the cursor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from completers.tokenizer import count_rest
from tests.support.program import Program
from tests.support.shell_driver import ESCAPE, TAB, Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until

LEFT, DOWN = "\x1b[D", "\x1b[B"
KEYS = ["shell_its", "shell it's", "quokka_asset_ok"]


def variables(request: Request) -> Reply:
    if request.path.endswith("/variables") and request.method == "GET":
        rows = [{"key": key, "value": "x", "description": None} for key in KEYS]
        return reply({"variables": rows, "total_entries": len(rows)})
    return lets_in(request)


@pytest.fixture
def shell(program: Program, stub: Stub) -> Iterator[Shell]:
    stub.answer = variables
    with Shell(program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")) as shell:
        yield shell


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("variables get quok", "ka_ok", "variables get quokka_asset_ok"),
        ("variables get quok", "ka_ok -o json", "variables get quokka_asset_ok -o json"),
        ("variables get 'shell_it", "' -o json", "variables get 'shell_its' -o json"),
        ("variables get 'shell_it", " -o json", "variables get 'shell_its' -o json"),
        ("variables ge", "t quokka_asset_ok", "variables get quokka_asset_ok"),
        ("dags list --lim", "x 3", "dags list --limit 3"),
        ("dags list --columns owner", "x,dag_id", "dags list --columns owners,dag_id"),
    ],
)
def test_the_rest_of_the_word_is_replaced(shell: Shell, before: str, after: str, line: str) -> None:
    shell.run("variables list")  # so that the names are known
    shell.type(before + after)
    until(lambda: shell.line == before + after, "the line")
    shell.type(LEFT * len(after))
    until(lambda: shell.app.current_buffer.cursor_position == len(before), "the cursor")
    shell.type(TAB)
    until(lambda: shell.menu, "a menu")
    shell.type(TAB)
    until(lambda: shell.line == line, "the whole word")
    shell.type("\x03")


def test_what_was_typed_comes_back_when_nothing_is_chosen(shell: Shell) -> None:
    shell.run("variables list")
    shell.type("variables get shellish -o json" + LEFT * 11)
    until(lambda: shell.app.current_buffer.cursor_position == 19, "the cursor")
    shell.type(TAB)
    until(lambda: len(shell.menu) == 2, "two names")
    shell.type(DOWN)
    until(lambda: shell.line != "variables get shellish -o json", "a candidate")
    shell.type(ESCAPE)
    until(lambda: shell.line == "variables get shellish -o json", "what was typed")
    shell.type("\x03")


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("dags get etl|", 0),
        ("dags get etl| x", 0),
        ("dags get e|tl x", 2),
        ("dags get |etl", 3),
        ("dags get 'e|tl' x", 3),
        ("dags get 'e|t l' x", 4),
        ("dags get 'e|tl x", 2),
        ('dags get "e|tl"', 3),
        ("dags list --columns a|b,c", 1),
        ("dags list --columns a,b|x,c", 1),
        ("dags list --columns=a|b", 1),
    ],
)
def test_how_much_right_of_the_cursor_belongs_to_the_word(line: str, rest: int) -> None:
    cursor = line.index("|")
    assert count_rest(line.replace("|", ""), cursor, ",") == rest
