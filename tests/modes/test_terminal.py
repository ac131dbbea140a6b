"""The program on a real terminal: what a person sees, and what state the terminal is left in."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.formats import FORMATS
from tests.support.processes import COMMAND
from tests.support.program import Program
from tests.support.screen import CTRL_C, CTRL_D, CTRL_Z, DOWN, TAB, Screen
from tests.support.waiting import until

ESCAPE_CODE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\^_=>]|[()][A-Z0-9])")
COLOUR = re.compile(r"\x1b\[[0-9;]*\b(3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8;[25];[0-9;]+)[0-9;]*m")


def printed(screen: Screen) -> str:
    """What was printed, without the terminal's codes."""
    return ESCAPE_CODE.sub("", screen.raw).replace("\r", "")


# The shell


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200), (10, 40)])
def test_opening(rows: int, columns: int, ctl: Program) -> None:
    with Screen(ctl, rows=rows, columns=columns) as screen:
        screen.prompt()
        assert re.fullmatch(r"admin@(default|127\.0\.0\.1:\d+)>", screen.cursor_line)
        assert "Tab completes" in screen.lines[0]
        shown = f" {ctl.environ['AIRFLOWCTL_URL']} | Airflow 3.3.2"
        screen.until_true(lambda: screen.lines[-1].startswith(shown[:columns]), "a toolbar")
        screen.type(CTRL_D)
        assert screen.end() == 0


def test_completing_a_dag_and_then_its_run(ctl: Program, api: httpx.Client, unique: str) -> None:
    triggered = ctl("dags", "trigger", "demo_fails", "-r", unique, "--wait")
    assert triggered.code == 5
    with Screen(ctl, rows=50) as screen:
        screen.prompt()
        screen.type("dagrun get demo_f")
        screen.until("^ +demo_fails")
        screen.type(TAB)
        screen.until("> dagrun get demo_fails$")
        screen.type(" ")
        screen.until(f"^ +{unique} +failed")
        first = next(line for line in screen.lines if re.search(r"^ +\S+ +failed", line))
        assert unique in first  # the newest
        screen.type(TAB)
        screen.until("> dagrun get demo_fails latest$")
        screen.type(TAB)
        screen.until(f"> dagrun get demo_fails {unique}$")
        screen.type("\n\n")  # the first takes it
        screen.until("^dag_run_id +" + unique, "^state +failed")
        screen.prompt()
        screen.type(CTRL_D)
        assert screen.end() == 0


def test_choosing_in_the_menu_with_the_arrows(ctl: Program) -> None:
    with Screen(ctl, rows=50) as screen:
        screen.prompt()
        screen.type("dags get demo_")
        screen.until("demo_etl", "demo_waits")
        screen.type(DOWN + DOWN)
        screen.until("> dags get demo_fails$")
        screen.type("\n")  # takes it
        screen.type("\n")  # and runs the line
        screen.until(r"dag_id +demo_fails")


def test_ctrl_c_while_waiting_keeps_the_shell(ctl: Program, unique: str) -> None:
    with Screen(ctl) as screen:
        screen.prompt()
        screen.type(f"dags trigger demo_long -r {unique} --conf '{{\"seconds\": 5}}' --wait\n")
        screen.until(f"waiting for {unique}")
        screen.type(CTRL_C)
        screen.until("no longer waiting")
        screen.prompt()
        screen.type("dags get demo_etl -o name\n")
        screen.until("\ndemo_etl\n")
        screen.prompt()
        screen.type(CTRL_D)
        assert screen.end() == 0
        assert "Traceback" not in screen.raw


def test_ctrl_c_at_the_prompt_keeps_the_shell(ctl: Program) -> None:
    with Screen(ctl) as screen:
        screen.prompt()
        screen.type("dags pause demo_etl")
        screen.until("> dags pause demo_etl$")
        screen.type(CTRL_C)
        screen.prompt()
        screen.type("version\n")
        screen.until("\nairflowctl [0-9.]+\n")


def test_a_login_in_the_shell_does_not_echo(program: Program, airflow: Any) -> None:
    password = airflow.password("admin")
    with Screen(program) as screen:
        screen.prompt()
        screen.until("no server: auth login")
        screen.type(f"auth login --url {airflow.url} -u admin\n")
        screen.until("Password of admin:")
        screen.type(f"{password}\n")
        screen.until("logged in to")
        screen.prompt()
        screen.until("^admin@.*>", "Airflow 3.3.2")
        screen.type("dags get demo_etl -o name\n")
        screen.until("\ndemo_etl\n")
        assert password not in screen.raw
        assert "eyJ" not in screen.raw


def test_without_a_server_the_toolbar_says_so(ctl: Program) -> None:
    with Screen(ctl.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1"), columns=120) as screen:
        screen.prompt()
        screen.until("nothing answers at http://127.0.0.1:1")
        screen.type("dags get ")
        screen.until("no names")
        screen.type(CTRL_C + "version\n")
        screen.until("\nairflowctl [0-9.]+\n")
        assert "Traceback" not in screen.raw


def test_a_window_that_changes_its_size(ctl: Program) -> None:
    with Screen(ctl) as screen:
        screen.prompt()
        screen.resize(rows=30, columns=60)
        screen.type("dags list\n")
        screen.until("demo_waits")
        screen.prompt()
        table = printed(screen).partition("dag_id")[2].splitlines()[1:6]
        assert max(len(line) for line in table) <= 60


def test_a_question_that_is_stopped_stays_readable(program: Program, airflow: Any) -> None:
    with Screen(program) as screen:
        screen.prompt()
        for line, question in (("-u admin", "Password of admin:"), ("", "User name:")):
            screen.type(f"auth login --url {airflow.url} {line}\n")
            screen.until(f"{question}$")
            screen.type(CTRL_C)
            screen.until(rf"^{question}( \^C)?\ninterrupted$")
            screen.prompt()


def test_ctrl_z_suspends_the_shell(ctl: Program) -> None:
    script = f"set -m; '{sys.executable}' -m airflowctl; echo SUSPENDED; fg; echo ENDED"
    with Screen(ctl, command=["/bin/bash", "-c", script]) as screen:
        screen.prompt()
        screen.type("dags get demo_etl -o name" + CTRL_Z)
        screen.until("SUSPENDED")
        screen.until("> dags get demo_etl -o name$")  # in front again, with the line as it was
        screen.type("\n")
        screen.until("\ndemo_etl\n")
        screen.prompt()
        screen.type(CTRL_D)
        screen.until("ENDED")


# The terminal afterwards


def stty_around(program: Program, keys: list[tuple[str, str]]) -> tuple[str, str, int]:
    """`stty -a` before and after the program, and its exit code; each key waits for a text first."""
    me = f"'{sys.executable}' -m airflowctl"
    script = f"trap : INT; stty -a; echo BEGIN; {me}; code=$?; echo END; stty -a; exit $code"
    with Screen(program, command=["/bin/sh", "-c", script]) as screen:
        for wanted, key in keys:
            screen.until(wanted)
            screen.type(key)
        code = screen.end()
        before, _, rest = printed(screen).partition("BEGIN")
        return before.strip(), rest.rpartition("END")[2].strip(), code


@pytest.mark.parametrize("last", [CTRL_D, "exit\n"])
def test_the_terminal_is_as_it_was(last: str, ctl: Program) -> None:
    before, after, code = stty_around(ctl, [(r"BEGIN[\s\S]*>$", last)])
    assert "echo" in before
    assert after == before
    assert code == 0


def test_the_terminal_is_as_it_was_after_a_question_that_was_stopped(program: Program, airflow: Any) -> None:
    login = f"auth login --url {airflow.url} -u admin\n"
    keys = [(r"BEGIN[\s\S]*>$", login), ("Password of admin:", CTRL_C), (r"interrupted[\s\S]*>$", CTRL_D)]
    before, after, code = stty_around(program, keys)
    assert after == before
    assert code == 0


@pytest.mark.parametrize("moment", ["Tab completes", "> *$", "Airflow 3"])
def test_being_ended_from_outside_leaves_no_traceback(moment: str, ctl: Program) -> None:
    with Screen(ctl, command=COMMAND) as screen:  # while it loads, too
        screen.until(moment)
        screen.signal(signal.SIGTERM)
        assert screen.end() == 128 + signal.SIGTERM
        assert "Traceback" not in screen.raw
        assert "Unhandled" not in screen.raw


def test_a_terminal_that_is_closed_ends_the_shell(ctl: Program) -> None:
    with Screen(ctl) as screen:
        screen.prompt()
        pid = screen.pid
        screen.hang_up()
        until(lambda: not _runs(pid), "an end of the shell")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


# Tables, colours and plain terminals


def test_a_table_fits_the_terminal(ctl: Program, many_variables: list[str], api: httpx.Client) -> None:
    prefix = many_variables[0].removesuffix("000")
    for line in ("dags list", f"variables list --pattern {prefix} --limit 20", "dagrun list --limit 5"):
        for columns in (80, 100):
            with Screen(ctl, *line.split(), columns=columns) as screen:
                assert screen.end() == 0
                rows = printed(screen).splitlines()
                assert len(rows) >= 3, line
                assert max(len(row) for row in rows) <= columns, line


def test_one_line_a_row(ctl: Program, many_variables: list[str]) -> None:
    prefix = many_variables[0].removesuffix("000")
    with Screen(ctl, "variables", "list", "--pattern", prefix, rows=24) as screen:
        assert screen.end() == 0
        rows = printed(screen).splitlines()
    assert len(rows) == 252  # two more for the header
    assert [row.split()[0] for row in rows[2:]] == many_variables


def test_columns_of_wide_letters_stand_under_each_other(ctl: Program, api: httpx.Client, unique: str) -> None:
    keys = [f"{unique}_a", f"{unique}_日本語", f"{unique}_🎈"]
    for key in keys:
        api.post("/variables", json={"key": key, "value": "HERE"}).raise_for_status()
    try:
        with Screen(ctl, "variables", "list", "--pattern", unique) as screen:
            assert screen.end() == 0
            assert len({column_of(line, "HERE") for line in screen.cells if "HERE" in "".join(line)}) == 1
    finally:
        for key in keys:
            api.delete(f"/variables/{key}").raise_for_status()


def column_of(cells: list[str], word: str) -> int:
    """The screen column at which a word begins."""
    return next(place for place in range(len(cells)) if "".join(cells[place:]).startswith(word))


def test_no_colour_where_none_is_wanted(ctl: Program) -> None:
    for environ, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with Screen(ctl.with_environ(**environ)) as screen:
            screen.prompt()
            screen.type("dags list --limit 1 # a comment")
            screen.until("a comment")
            screen.type("\n")
            screen.until("\ndemo_etl")
            screen.prompt()
            screen.type(CTRL_D)
            assert screen.end() == 0
            assert bool(COLOUR.search(screen.raw)) is coloured


def test_a_dumb_terminal_works(ctl: Program) -> None:
    with Screen(ctl.with_environ(TERM="dumb")) as screen:
        screen.until(">$")
        screen.type("dags get demo_etl" + TAB + " -o name" + TAB + "\n")
        screen.until("\ndemo_etl\n")
        screen.type("dags get demo_" + TAB + TAB + "\n")
        screen.until("`demo_` was not found")
        screen.type("exit\n")
        assert screen.end() == 0
        assert not COLOUR.search(screen.raw)
        assert "Traceback" not in screen.raw
    with Screen(ctl.with_environ(TERM="dumb"), "dags", "list") as screen:
        assert screen.end() == 0
        assert "\x1b" not in screen.raw


def test_a_dumb_terminal_names_who_and_where(ctl: Program) -> None:
    with Screen(ctl.with_environ(TERM="dumb", AIRFLOW_CLI_ENVIRONMENT="prod-eu")) as screen:
        screen.until(r"^(admin@)?prod-eu \(PRODUCTION\)>$")
        screen.type("dags get demo_etl -o name\n")
        screen.until(r"^admin@prod-eu \(PRODUCTION\)>$")
        screen.type("exit\n")
        assert screen.end() == 0
        assert "\x1b" not in screen.raw


def test_a_terminal_of_an_unknown_kind_works(ctl: Program) -> None:
    with Screen(ctl.with_environ(TERM="no-such-terminal")) as screen:
        screen.until(">$")
        screen.type("dags get demo_etl -o name\n")
        screen.until("\ndemo_etl\n")
        screen.prompt()
        screen.type(CTRL_D)
        assert screen.end() == 0


def test_how_far_a_long_list_is_does_not_stay_on_the_screen(ctl: Program, many_variables: list[str]) -> None:
    with Screen(ctl, "variables", "list", "--columns", "key") as screen:
        assert screen.end() == 0
        assert not [line for line in screen.lines if " of " in line]


# What a server holds never reaches the terminal alive


EVIL = "one\x1b]0;pwned\x07two\x1b[2Jthree\x9b31mfour\x1b]52;c;cHduZWQ=\x07five\r\x08six\x7f"


@pytest.fixture
def evil_variable(api: httpx.Client, unique: str) -> Iterator[str]:
    """The key of a variable that holds codes for a terminal, in its value and in its description."""
    key = f"{unique}_evil"
    api.post("/variables", json={"key": key, "value": EVIL, "description": EVIL}).raise_for_status()
    yield key
    api.delete(f"/variables/{key}").raise_for_status()


def harmless(screen: Screen) -> bool:
    """None of the codes got through, and the words around them are there."""
    alive = ("\x1b]0;pwned", "\x1b[2Jthree", "\x9b", "\x1b]52", "\x08six", "five\rsix", "\x7f")
    assert not [code for code in alive if code in screen.raw]
    assert re.fullmatch(r"(admin@)?(default|127\.0\.0\.1:\d+)?", screen.title)
    return all(word in screen.raw for word in ("one", "two", "three", "four", "five", "six"))


@pytest.mark.parametrize("output", FORMATS)
def test_codes_in_a_list(output: str, ctl: Program, evil_variable: str) -> None:
    with Screen(ctl, "variables", "list", "--pattern", evil_variable, "-o", output, columns=400) as screen:
        assert screen.end() == 0
        assert harmless(screen) or output == "name"
        assert "\x1b" not in screen.raw


def test_codes_in_a_value(ctl: Program, evil_variable: str) -> None:
    with Screen(ctl, "variables", "get", evil_variable, columns=200) as screen:
        assert screen.end() == 0
        assert harmless(screen)
        assert "\x1b" not in screen.raw


def test_codes_in_an_error(ctl: Program) -> None:
    with Screen(ctl, "dags", "get", EVIL, columns=200) as screen:
        assert screen.end() == 1
        assert harmless(screen)
        assert "\x1b" not in screen.raw


def test_codes_in_the_shell_and_its_menu(ctl: Program, evil_variable: str) -> None:
    with Screen(ctl, columns=300) as screen:
        screen.prompt()
        screen.type(f"variables get {evil_variable[:-4]}")
        screen.until("one.*two.*three")  # the description, beside the key in the menu
        screen.type(TAB + "\n")
        screen.prompt()
        assert harmless(screen)
        screen.type(f"variables list --pattern {evil_variable}\n")
        screen.until(f"\n{evil_variable}")
        screen.prompt()
        assert harmless(screen)
