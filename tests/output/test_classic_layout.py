"""Tables as the classic command prints them, compared with the library that it uses."""

from __future__ import annotations

import json
import random
import subprocess

import pytest
import tabulate
from local_airflow import LocalAirflow, places

from airflowctl.output.classic_layout import _layout_words, layout_columns, layout_table

SAMPLES: tuple[tuple[list[str], list[list[str]]], ...] = (
    (["a"], [["1"]]),
    (["dag_id", "is_paused"], [["etl", "True"], ["a_long_one", "False"]]),
    (["dag_id", "fileloc"], [["etl", "/" + "folder/" * 40 + "x.py"], ["b", ""]]),
    (["a", "b", "c"], [["word " * 60, "x" * 150, "{'k': [1, 2]}"], ["", "two\nlines", "None"]]),
    (["title of some words that is long " * 4, "b" * 90, "c" * 90], [["1", "2", "3"]]),
    ([f"column_{n}" for n in range(30)], [[f"value {n} " * (n % 4) for n in range(30)]]),
    (["a", "b"], [["[red]colour[/red] [b", "\\[kept]"], ["[1, 2] ['a']", "x[/]y"]]),
    (["a"], [["x" * 400], ["y" * 199 + " z"], [" " * 210], ["tab\there"]]),
    (["a", "b"], [["日本語のテキスト" * 20, "naïve"], ["bell\a and \r return", "trail   "]]),
)
# Without ":", which the library reads as the name of an emoji where another one follows.
LETTERS = ["a", "bc", "long_word_" * 3, " ", "  ", "\n", "日本", "-", "x" * 70, "[k]", "'", "{", ";"]


def random_tables() -> list[tuple[list[str], list[list[str]]]]:
    choose = random.Random(17)

    def text() -> str:
        return "".join(choose.choice(LETTERS) for _ in range(choose.choice((0, 1, 3, 9, 30))))

    tables = []
    for _ in range(300):
        width = choose.choice((1, 2, 3, 6, 13))
        titles = [f"t{number}" * choose.choice((1, 1, 4)) for number in range(width)]
        tables.append((titles, [[text() for _ in titles] for _ in range(choose.choice((1, 2, 4)))]))
    return tables


# Runs where the classic command is installed: its own table, from a list of tables on stdin.
DRIVER = """
import io, json, sys
from airflow.cli.simple_table import AirflowConsole, SimpleTable
shown = []
for titles, rows in json.load(sys.stdin):
    buffer = io.StringIO()
    console = AirflowConsole(file=buffer)
    table = SimpleTable(show_header=True)
    for title in titles:
        table.add_column(title)
    for row in rows:
        table.add_row(*row)
    try:
        console.print(table)
        shown.append(buffer.getvalue())
    except Exception:
        shown.append(None)
json.dump(shown, sys.stdout)
"""


@pytest.mark.airflow
@pytest.mark.time_limit(180)
def test_tables_are_those_of_the_classic_command(airflow: LocalAirflow) -> None:
    tables = [*SAMPLES, *random_tables()]
    python = places.installation(airflow.version) / "venv" / "bin" / "python"
    environ = {**airflow.environment, "COLUMNS": "200"}
    answer = subprocess.run(
        [python, "-c", DRIVER], input=json.dumps(tables), text=True, capture_output=True, env=environ
    )
    shown = json.loads(answer.stdout.splitlines()[-1])
    assert len(shown) == len(tables)
    for (titles, rows), theirs in zip(tables, shown, strict=True):
        if theirs is not None:  # the library fails at markup that ends without a beginning
            assert "".join(layout_table(titles, rows)) == theirs, (titles, rows)


def test_a_table_has_a_line_of_blanks_at_its_end() -> None:
    assert list(layout_table(["dag_id", "paused"], [["etl", "True"], ["b", "False"]])) == [
        "dag_id | paused\n",
        "=======+=======\n",
        "etl    | True  \n",
        "b      | False \n",
        "               \n",
    ]


WORDS = (
    *(
        "",
        "etl",
        "a b",
        "True",
        "False",
        "None",
        "12",
        "-1.5",
        "1,000",
        "1e5",
        "nan",
        "x" * 30,
        " led",
        "日本",
    ),
    *("2026-01-01", "['Admin']", "/dags/a.py", "two\nlines", "{'a': 1}", "0x1"),
)


def test_columns_of_words_are_laid_out_as_by_the_library() -> None:
    """`-o plain`: the columns that need the library are left to it."""
    choose = random.Random(5)
    own = 0
    for _ in range(2000):
        titles = [choose.choice(("a", "dag_id", "x" * 12)) for _ in range(choose.choice((1, 2, 5)))]
        few = choose.sample(WORDS, choose.choice((2, 3, 6)))
        rows = [[choose.choice((*few, None)) for _ in titles] for _ in range(choose.choice((1, 2, 5)))]
        tabulate.MIN_PADDING = 2
        wanted = tabulate.tabulate(rows, headers=titles, tablefmt="plain")
        assert layout_columns(titles, rows) == wanted, (titles, rows)
        own += _layout_words(titles, rows) is not None
    assert own > 500
