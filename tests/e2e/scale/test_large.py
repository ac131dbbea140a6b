"""The shell and lists on a real Airflow with 10,000 Dags and 100,000 runs."""

from __future__ import annotations

from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import Desk


def test_names_that_are_not_held_are_found_on_the_server(large: Program) -> None:
    desk = Desk(large)
    assert next(iter(desk.offered("dags get copy_09"))).startswith("copy_09")
    assert list(desk.offered("dags get copy_09998")) == ["copy_09998"]
    assert list(desk.offered("dags get nosuch_dag")) == []


def test_the_newest_of_very_many_runs_come_first(large: Program) -> None:
    runs = list(Desk(large).offered("dagrun get demo_etl "))
    assert runs[:4] == ["latest", "seed", "run_099999", "run_099998"]
    newest = large("dagrun", "list", "demo_etl", "--limit", "3", "-o", "name").lines
    assert newest == ["seed", "run_099999", "run_099998"]
    assert large("dagrun", "get", "demo_etl", "latest", "-o", "name").out == "seed\n"


def test_a_list_of_many_pages_is_whole(large: Program) -> None:
    names = large("dags", "list", "--pattern", "copy_09", "-o", "name").lines
    assert names == [f"copy_{number:05}" for number in range(9000, 10000)]


def test_what_is_typed_is_there_while_names_come(large: Program) -> None:
    with Screen(large) as screen:
        screen.prompt()
        screen.type("dagrun get demo_etl ")
        screen.until("> dagrun get demo_etl")
        screen.type("\x03dags get copy_0999")
        screen.until("copy_09990", "copy_09995")
