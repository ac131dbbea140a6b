"""What an older server is asked for, and for what it is not refused; on one that only says it is old."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflowctl.api.operations import version_key
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply


@pytest.fixture
def old(program: Program) -> Iterator[Program]:
    """Airflow 3.0, with a run that has succeeded."""

    def answer(request: Request) -> Reply:
        if request.path.endswith("/version"):
            return reply({"version": "3.0.6"})
        return reply({"dag_run_id": "done", "state": "success"})

    with Stub(answer) as stub:
        yield program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")


def test_an_option_that_came_later_is_refused_only_where_it_is_given(old: Program) -> None:
    assert old("dagrun", "wait", "etl", "done").code == 0
    done = old("dagrun", "wait", "etl", "done", "--result", "load")
    assert (done.out, done.code) == ("", 2)
    assert "--result needs Airflow 3.1" in done.err


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3.1.8", (3, 1, 8)),
        ("3.10", (3, 10)),
        ("3.4.0rc1", (3, 4, 0)),
        ("3.4.0.dev0", (3, 4, 0)),
        ("3.3.2+astro.1", (3, 3, 2)),
        ("3.1x.8", (3, 1)),
        (f"3.{'1' * 5000}", (3, 111111111)),
        ("3", ()),
        ("v3.1", ()),
        ("", ()),
    ],
)
def test_what_follows_the_numbers_of_a_version_is_left_out(text: str, numbers: tuple[int, ...]) -> None:
    assert version_key(text) == numbers
