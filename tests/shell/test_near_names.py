"""A name that was not found: the shell proposes those it knows that differ by a slip, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.program import Program
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply

DAGS = ["quokka_ok", "demo_etl", "sales_daily", "sales_weekly"]
ROWS = [{"dag_id": name, "is_paused": False, "timetable_summary": None, "owners": []} for name in DAGS]


def dags(request: Request) -> Reply:
    if request.path.endswith("/dags"):
        return reply({"dags": ROWS, "total_entries": len(ROWS)})
    if "/dags/" in request.path:
        name = request.path.split("/dags/")[1].partition("/")[0]
        return reply({"detail": f"Dag with id: '{name}' was not found"}, 404)
    return lets_in(request)


@pytest.fixture
def shell(program: Program, stub: Stub) -> Iterator[Shell]:
    stub.answer = dags
    with Shell(program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")) as shell:
        assert shell.run("dags list").code == 0
        yield shell


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("quoka_ok", "did you mean quokka_ok? see: dags list"),
        ("demo_ETL", "did you mean demo_etl? see: dags list"),
        ("qoukka_ok", "did you mean quokka_ok? see: dags list"),
        ("sales_dialy", "did you mean sales_daily? see: dags list"),
        ("zebra", "see: dags list"),
        ("ok", "see: dags list"),
        ("demo_etl", "see: dags list"),  # known, but deleted meanwhile
    ],
)
def test_names_that_are_near(shell: Shell, name: str, hint: str) -> None:
    done = shell.run(f"dags get {name}")
    assert done.err.splitlines()[-1].strip().replace("airflowctl ", "") == hint
    assert done.code == 1


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("quokka_ok", "quokka_ok is a Dag: dags get quokka_ok, or use dag quokka_ok"),
        ("quoka_ok", "did you mean the Dag quokka_ok? dags get quokka_ok, or use dag quokka_ok"),
        ("use quokka_ok", "quokka_ok is a Dag: dags get quokka_ok, or use dag quokka_ok"),
        ("use demo_elt", "did you mean the Dag demo_etl? dags get demo_etl, or use dag demo_etl"),
        ("zebra", "see: help"),
    ],
)
def test_a_bare_name(shell: Shell, line: str, hint: str) -> None:
    done = shell.run(line)
    assert done.err.splitlines()[-1].strip().replace("airflowctl ", "") == hint
    assert done.code == 2


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("list dags", "did you mean dags list?"),
        ("list dag", "did you mean dags list?"),
        ("describe dag etl", "did you mean dags get?"),
        ("get run etl x", "did you mean dagrun get?"),
        ("rm variable x", "did you mean variables delete?"),
        ("run dag etl", "did you mean dags trigger?"),
        ("airflowctl list pools", "did you mean pools list?"),
        ("ls", "did you mean dags list?"),
        ("ps", "did you mean dagrun list?"),
        ("retry etl", "did you mean tasks clear?"),
        ("run etl", "did you mean dags trigger?"),
        ("dags describe etl", "did you mean get?"),
        ("variables rm x", "did you mean delete?"),
        ("dags run etl", "did you mean trigger?"),
        ("login", "did you mean auth login?"),
    ],
)
def test_words_of_other_programs(program: Program, line: str, hint: str) -> None:
    done = program(*line.split())
    assert hint in done.err
    assert (done.out, done.code) == ("", 2)
