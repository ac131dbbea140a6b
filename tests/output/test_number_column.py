"""Tables in the shell have the numbers by which `$7` names their rows; nothing else has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflowctl.output.number_column import NumberColumn
from airflowctl.output.table import table
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply

POOLS = [{"name": f"pool_{number}", "slots": number, "description": None} for number in range(1, 13)]


@pytest.fixture
def online(program: Program, stub: Stub) -> Iterator[Program]:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/pools"):
            limit = int(request.query.get("limit", ["100"])[-1])
            return reply({"pools": POOLS[:limit], "total_entries": len(POOLS)})
        if "/pools/" in request.path:
            return reply({"name": request.path.rpartition("/")[2], "slots": 1})
        return lets_in(request)

    stub.answer = answer
    yield program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


def test_numbers_stand_before_the_rows_and_fit_the_width() -> None:
    items = [{"name": f"{number} " + "n" * 60, "slots": number} for number in range(12)]
    numbers = NumberColumn(len(items))
    rows = table(items, ("name", "slots"), numbers.width_beside(50), key="name", numbers=numbers).splitlines()
    assert rows[0].split() == ["$", "name", "slots"]
    assert [row[:4] for row in rows[2:4]] == [" 1  ", " 2  "]
    assert rows[-1].startswith("12  11 n")
    assert max(map(len, rows)) <= 50


def test_where_each_row_is_a_record_its_number_is_a_field() -> None:
    items = [{f"column_{place}": "x" * 30 for place in range(9)} for _ in range(6)]
    numbers = NumberColumn(6)
    text = table(items, tuple(items[0]), numbers.width_beside(40), numbers=numbers)
    assert [row.split() for row in text.splitlines() if row.startswith("$")][-1] == ["$", "6"]


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200)])
def test_a_user_sees_which_row_is_seven(online: Program, rows: int, columns: int) -> None:
    with Screen(online, rows=rows, columns=columns) as screen:
        screen.prompt()
        screen.type("pools list\n")
        screen.until(r"^ \$  name", r"^ 7  pool_7 ", r"^12  pool_12 ")
        screen.prompt()
        screen.type("pools get $7\n")
        screen.until(r"^name +pool_7$")
        screen.prompt()
        screen.type("clear_nothing\n")
        screen.prompt()
        screen.type("set numbers off; pools list --limit 7\n")
        screen.until(r"^name +slots.*\n-+.*\npool_1 ")
        screen.prompt()
        screen.type("set numbers on; pools list --limit 5\n")  # few enough to be counted
        screen.until(r"limit 5\n(.*\n)?name +slots.*\n-+.*\npool_1 ")


def test_no_other_output_has_numbers(online: Program) -> None:
    for line in (("pools", "list"), ("pools", "list", "-o", "table")):
        assert "$" not in online(*line).out
    with Shell(online) as shell:  # stdout is no terminal
        assert "$" not in shell.run("pools list").out
        assert "$" not in shell.run("pools list -o table").out
    with Screen(online, "pools", "list") as screen:
        screen.until("pool_12")
        assert "$" not in screen.text
    with Screen(online) as screen:
        screen.prompt()
        for line in (
            "pools list | cat",
            "pools list -o plain",
            "pools list -o markdown",
            "pools list -o tsv",
        ):
            screen.type(f"{line}\n")
            screen.until_true(lambda: "pool_12" in screen.text and screen.cursor_line.endswith(">"), line)
            assert " $ " not in screen.text
            screen.type("\x0c")
            screen.until_true(lambda: "pool_12" not in screen.text, "an empty screen")
