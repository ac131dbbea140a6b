"""The bottom line: each fact with its age, bad news first, and no word cut at the edge of the window."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from prompt_toolkit.utils import get_cwidth

from airflowctl.core.settings import TOOLBAR_FIELDS
from airflowctl.shell import sections
from airflowctl.shell.sections import About, LastLine, describe_server, describe_shell, fit
from airflowctl.shell.toolbar import Toolbar
from completers.protocols import FAILED, LOADING, READY
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import Desk
from tests.support.stub import Reply, Request, Stub
from tests.support.stub_deployment import Toy
from tests.support.waiting import until

NOW = time.time()
GOOD = About("demo", "http://127.0.0.1:8080", "admin", "Airflow 3.3.2", "healthy")
LOGGED_IN = GOOD._replace(logged_in=True, expires_at=NOW + 86_400)
STATES = {
    "good": LOGGED_IN,
    "refused": LOGGED_IN._replace(is_refused=True),
    "sick": LOGGED_IN._replace(health="", sick=("scheduler unhealthy", "dag processor not running")),
    "dead": LOGGED_IN._replace(problem="nothing answers at http://127.0.0.1:8080 (connection refused)"),
    "ends": LOGGED_IN._replace(expires_at=NOW + 30),
    "logged out": GOOD._replace(logged_in=False),
    "long address": LOGGED_IN._replace(url=f"https://airflow.{'example.' * 9}org/team"),
    "old": LOGGED_IN._replace(checked_at=1.0),
    "wide letters": LOGGED_IN._replace(user="管理者" * 4),
    "no server": About("default"),
}


def line_of(about: About, width: int | None, last: LastLine | None = None, names: str = READY) -> str:
    parts = (*describe_server(about), *describe_shell(last, names, "navigation"))
    return " " + " | ".join(part.text for part in fit(parts, width, TOOLBAR_FIELDS))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("names", [READY, LOADING, FAILED])
def test_no_section_is_cut_in_the_middle_of_a_word(
    state: str, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(sections, "time", SimpleNamespace(time=lambda: NOW, monotonic=lambda: now))
    about, last = STATES[state], LastLine(1, 12.3)
    whole = line_of(about, None, last, names).strip().split(" | ")
    for width in range(4, 220):
        text = line_of(about, width, last, names)
        assert get_cwidth(text) <= width
        shown = text.strip().split(" | ")
        assert all(part in whole for part in shown) or shown == [shown[0]]
        short = shown[0].removesuffix("…").strip()
        assert f"{whole[0]} ".startswith(f"{short} ") or short in whole or not short


@pytest.mark.parametrize(
    ("state", "first"),
    [
        ("refused", "login no longer accepted"),
        ("sick", "scheduler unhealthy, dag processor not running"),
        ("dead", "nothing answers"),
        ("ends", "token "),
        ("logged out", "not logged in: auth login"),
    ],
)
def test_bad_news_comes_first_and_stays(state: str, first: str) -> None:
    for width in (200, 80, 50):
        assert line_of(STATES[state], width).startswith(f" {first}"), width


def test_what_matters_less_is_left_out_first() -> None:
    last = LastLine(0, 0.4)
    assert [line_of(LOGGED_IN, width, last, LOADING) for width in (200, 100, 61, 46, 30)] == [
        " http://127.0.0.1:8080 | Airflow 3.3.2 | healthy | admin | token 23 h | exit 0, 400 ms | ..."
        " | vi: navigation | ? twice: keys",
        " http://127.0.0.1:8080 | Airflow 3.3.2 | token 23 h | exit 0, 400 ms | ... | vi: navigation",
        " http://127.0.0.1:8080 | Airflow 3.3.2 | ... | vi: navigation",
        " http://127.0.0.1:8080 | ... | vi: navigation",
        " ... | vi: navigation",
    ]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(9.0, ""), (12.0, "seen 12 s ago"), (40.0, "seen 40 s ago"), (200.0, "seen 3 min ago")],
)
def test_a_fact_older_than_ten_seconds_is_grey_and_has_its_age(seconds: float, told: str) -> None:
    about = LOGGED_IN._replace(checked_at=time.monotonic() - seconds)
    styles = {part.text: part.style for part in describe_server(about)}
    assert styles["healthy"] == f"class:bottom-toolbar.{'old' if told else 'text'}"
    assert [text for text in styles if text.startswith("seen")] == ([told] if told else [])


def test_only_the_parts_that_are_set_are_shown(program: Program) -> None:
    toolbar = Toolbar(Desk(program).session, lambda: None)
    toolbar.about, toolbar.last = LOGGED_IN, LastLine(0, 2.0)
    shown = "".join(text for _, text, *_ in toolbar.text(READY, 80, fields=("health", "last")))
    assert shown == " healthy | exit 0, 2 s"


def test_a_server_that_hangs_is_known_by_a_question_of_three_seconds(
    program: Program, silent: socket.socket
) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    toolbar = Toolbar(
        Desk(program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN="abc")).session, lambda: None
    )
    began = time.monotonic()
    toolbar.refresh()
    assert time.monotonic() - began < 2.5  # it does not wait for the answer
    until(lambda: toolbar.about.problem, "a problem")
    assert toolbar.about.problem == f"no answer within 3 s from {url}"


class Hanging(Toy):
    """Answers until it is told to hang, and again when it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, request: Request) -> Reply:
        self.gate.wait(60)
        return super().__call__(request)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    toy = Hanging()
    yield toy
    toy.gate.set()


@pytest.mark.parametrize(("rows", "columns"), [(10, 30), (24, 80), (50, 200)])
def test_it_follows_a_server_that_hangs_and_comes_back(
    rows: int, columns: int, program: Program, hanging: Hanging
) -> None:
    with Stub(hanging) as stub:
        person = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
        with Screen(person, rows=rows, columns=columns) as screen:
            screen.prompt()
            screen.until_true(lambda: stub.url in screen.lines[-1], "an address")
            screen.type("dags get nosuch\n")
            screen.until_true(lambda: "exit 1, " in screen.lines[-1], "the exit code")
            hanging.gate.clear()  # and nobody types
            screen.until_true(lambda: screen.lines[-1].startswith(" no answer within 3 s "), "a silence")
            hanging.gate.set()
            screen.until_true(lambda: "no answer" not in screen.lines[-1], "a server that is back")
