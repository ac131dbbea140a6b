"""The choices of a field in a form: letters narrow them, Backspace widens, arrows go through what is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflowctl.shell.choice_list import ChoiceList
from tests.support.program import Program
from tests.support.screen import TAB, Screen
from tests.support.stub import Reply, Request, Stub, lets_in, reply

ENTER, RIGHT, LEFT, BACK, CLEAR = "\r", "\x1b[C", "\x1b[D", "\x7f", "\x15"
TYPES = (
    "adls", "asana", "aws", "azure", "azure_batch", "azure_cosmos", "cassandra", "databricks", "dbt_cloud",
    "docker", "elasticsearch", "email", "fs", "ftp", "gcpcloudsql", "generic", "google_cloud_platform",
    "http", "jdbc", "jenkins", "jira", "kafka", "kubernetes", "mongo", "mssql", "mysql", "neo4j", "odbc",
    "oracle", "pinot", "postgres", "presto", "redis", "salesforce", "sftp", "slack", "snowflake", "ssh",
    "tableau", "trino",
)  # fmt: skip


def choose(keys: str, *choices: str, current: str = "", is_nullable: bool = False) -> str:
    """The choice after these keys: letters, `<` for Backspace, `>` for the next one."""
    chosen = ChoiceList(choices or TYPES, is_nullable=is_nullable)
    for key in keys:
        if key == "<":
            chosen.widen()
        else:
            current = chosen.step(current, 1) if key == ">" else chosen.narrow(key, current)
    return current


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        ("p", "pinot"),
        ("pos", "postgres"),
        ("POS", "postgres"),
        ("sql", "gcpcloudsql"),
        ("sql>", "mssql"),
        ("sql>>>", "gcpcloudsql"),
        ("gcp", "gcpcloudsql"),
        ("glcp", "google_cloud_platform"),  # no text holds it: letters in this order
        ("posx", "postgres"),
        ("posx<", "postgres"),
        ("pos>", "presto"),  # the only one that fits: then all of them
        ("pr<<s>", "sftp"),
        ("aws", "aws"),
        ("az>", "azure_batch"),
        ("az>b", "azure_batch"),
    ],
)
def test_what_letters_choose(keys: str, choice: str) -> None:
    assert choose(keys) == choice


def test_none_is_a_choice_where_it_may_be_left_out() -> None:
    assert choose(">", "true", "false", is_nullable=True) == "true"
    assert choose(">>>", "true", "false", is_nullable=True) == ""
    assert choose("f>", "true", "false", is_nullable=True) == ""
    assert choose("f>", "true", "false") == "true"


@pytest.mark.parametrize("width", [20, 76, 200])
@pytest.mark.parametrize("current", ["adls", "http", "trino"])
def test_the_rows_have_room_and_hold_the_current_one(width: int, current: str) -> None:
    rows = ChoiceList(TYPES, is_nullable=False).rows(current, width, 4)
    assert len(rows) <= 4
    assert all(len(row) <= max(width, len("[google_cloud_platform]…")) for row in rows)
    assert f"[{current}]" in "".join(rows)


class Deployment:
    """A server with 40 types of connections."""

    def __init__(self) -> None:
        self.made: list[object] = []

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/hook_meta"):
            return reply([{"connection_type": name, "standard_fields": {}} for name in TYPES])
        if request.path.endswith("/connections") and request.method == "POST":
            self.made.append(request.json["conn_type"])
            return reply(request.json, 201)
        return lets_in(request)


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


@pytest.fixture
def stub(deployment: Deployment) -> Iterator[Stub]:
    with Stub(deployment) as server:
        yield server


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200), (12, 60)])
@pytest.mark.parametrize("colours", [{}, {"NO_COLOR": "1"}])
def test_typing_narrows_forty_types(
    rows: int, columns: int, colours: dict[str, str], online: Program, stub: Stub, deployment: Deployment
) -> None:
    with Screen(online.with_environ(**colours), rows=rows, columns=columns) as screen:
        screen.prompt()
        screen.type("connections add --form\n")
        screen.until("^>!conn_id")
        screen.type("shop" + TAB)
        screen.until("^> conn-type +adls", r"\[adls\] asana ", "one of 40, letters narrow them")
        screen.type("s")
        screen.until("^> conn-type +salesforce", "of 40 fit 's'", r"^ +\[salesforce\] sftp  slack")
        screen.type("q")
        screen.until("^> conn-type +gcpcloudsql", "3 of 40 fit 'sq'", r"^ +\[gcpcloudsql\] mssql  mysql$")
        screen.type(RIGHT + RIGHT)
        screen.until("^> conn-type +mysql", r"^ +gcpcloudsql  mssql \[mysql\]$")
        screen.type("x")
        screen.until("none of 40 fits 'sqx', Backspace: back to 'sq'", "^> conn-type +mysql")
        screen.type(BACK + BACK)
        screen.until("of 40 fit 's'", "^> conn-type +mysql", r"\[mysql\]")
        screen.type(CLEAR)
        screen.until("one of 40", r"\[mysql\]")
        screen.type("postg" + ENTER)
        screen.until(r"^shop \(postgres\) on ")
        assert deployment.made == []
