"""Questions on a real terminal: what was typed before one was shown is no answer to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.support.program import Program
from tests.support.screen import CTRL_C, CTRL_D, Screen
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.two_environments import answers, changed
from tests.support.waiting import until

ASKS = r"variables delete on prod \(PRODUCTION\): type prod to confirm:"


class Held:
    """Answers a dry run of a backfill only when it is let go: time to type ahead."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/backfills/dry_run"):
            self.asked.set()
            self.go.wait(60)
            return reply({"backfills": [{"logical_date": f"2026-11-0{day}"} for day in range(1, 8)]})
        return answers(request)


@pytest.fixture
def held(stub: Stub, places: Program) -> Iterator[Held]:
    stub.answer = answer = Held()
    yield answer
    answer.go.set()


BACKFILL = ("backfill", "create", "etl", "--from-date", "2026-11-01", "--to-date", "2026-11-07")
COUNTED = r"7 runs of etl would be created or run again: 2026-11-01, .*2026-11-05 and 2 more"


@pytest.mark.parametrize("ahead", ["prod\r", "prod", "y\ry\rprod\r\r", "\r\r\r"], ids=repr)
def test_what_is_typed_ahead_of_a_question_does_not_answer_it(
    places: Program, stub: Stub, held: Held, ahead: str
) -> None:
    with Screen(places, *BACKFILL, "--env", "prod", columns=200) as screen:
        until(held.asked.is_set, "a look at the server")
        screen.type(ahead)
        screen.until_true(lambda: screen.raw.count("\n") >= ahead.count("\r"), "its echo")
        held.go.set()
        screen.until(COUNTED, r"backfill create on prod \(PRODUCTION\): type prod to confirm: ?$")
        assert not [line for line in changed(stub) if not line.endswith("dry_run")]
        screen.type("\r")
        assert screen.end() == 2
    assert not [line for line in changed(stub) if not line.endswith("dry_run")]


def test_the_shell_keeps_it_for_its_prompt(places: Program, stub: Stub, held: Held) -> None:
    with Screen(places, columns=200) as screen:
        screen.prompt()
        screen.type(" ".join(BACKFILL) + "\r")
        until(held.asked.is_set, "a look at the server")
        screen.type("y\rversion")
        screen.until("waiting for an answer")  # while it is, nothing typed is echoed
        assert "version" not in screen.text
        held.go.set()
        screen.until(COUNTED, r"backfill create on dev\? \[y/N\] ?$")
        screen.type("\r")
        screen.until("error: not done: backfill create", "unknown command 'y'", r"dev> version$")
        screen.type("\r")
        screen.until("^airflowctl [0-9]")
    assert not [line for line in changed(stub) if not line.endswith("dry_run")]


@pytest.mark.parametrize(
    ("keys", "code"), [("y\r", 2), ("\r", 2), (CTRL_D, 2), (CTRL_C, 130), ("prod\r", 0)], ids=repr
)
def test_a_person_types_the_name_of_production(places: Program, stub: Stub, keys: str, code: int) -> None:
    with Screen(places, "variables", "delete", "k", "-e", "prod") as screen:
        screen.until(r"variable k would be deleted\.", ASKS)
        screen.type(keys)
        assert screen.end() == code
        assert "Traceback" not in screen.text
    assert changed(stub) == (["DELETE /prod/api/v2/variables/k"] if code == 0 else [])


def test_without_production_a_terminal_is_not_asked_more_than_before(places: Program, stub: Stub) -> None:
    with Screen(places, "variables", "delete", "k") as screen:
        assert screen.end() == 0
    assert changed(stub) == ["DELETE /dev/api/v2/variables/k"]


def test_a_script_is_told_what_to_say(places: Program, stub: Stub) -> None:
    done = places.process("variables", "delete", "k", "-e", "prod")
    assert (done.out, done.code) == ("", 2)
    assert "give --yes=prod" in done.err
    assert not changed(stub)


# A real Airflow.


def there(api: httpx.Client, key: str) -> bool:
    return api.get(f"/variables/{key}").status_code == 200


def test_nothing_is_gone_before_the_name_is_typed(ctl: Program, api: httpx.Client, unique: str) -> None:
    url = ctl.environ["AIRFLOWCTL_URL"]
    assert ctl("auth", "login", "-e", "live", "--url", url, "--method", "none").code == 0
    api.post("/variables", json={"key": unique, "value": "v"}).raise_for_status()
    line = ("variables", "delete", unique)
    raw = ("api", "DELETE", f"/api/v2/variables/{unique}")
    for argv in (line, raw):
        assert ctl(*argv).code == 2  # by AIRFLOWCTL_URL, which is the address of `live`
        assert ctl(*argv, "-e", "live").code == 2
        assert ctl(*argv, "-e", "live", answers="y\n").code == 2
        assert ctl(*argv, "-e", "live", "--yes=other").code == 2
        assert there(api, unique)
    with Screen(ctl, *line, "-e", "live") as screen:
        screen.until("type live to confirm")
        screen.type("live\r")
        assert screen.end() == 0
    assert not there(api, unique)


def test_the_shell_deletes_only_after_a_yes(ctl: Program, api: httpx.Client, unique: str) -> None:
    api.post("/variables", json={"key": unique, "value": "v"}).raise_for_status()
    with Screen(ctl, columns=200) as screen:
        screen.prompt()
        screen.type(f"variables delete {unique}\r")
        screen.until(f"variable {unique} would be deleted", r"variables delete on .*\? \[y/N\] ?$")
        assert there(api, unique)
        screen.type("\r")
        screen.until("not done: variables delete")
        screen.prompt()
        assert there(api, unique)
        screen.type(f"variables delete {unique}\r")
        screen.until_true(lambda: screen.text.count("[y/N]") == 2, "the question once more")
        screen.type("y\r")
        screen.until(f"^deleted {unique}")
    assert not there(api, unique)
