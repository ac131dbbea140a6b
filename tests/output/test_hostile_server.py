"""A real Airflow behind a proxy that puts terminal codes and letters that nobody sees into every text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from airflowctl.api.operations import table
from airflowctl.core.command import Command, Param
from airflowctl.session import registry
from completers.letters import is_seen
from tests.support.command_lines import sample
from tests.support.formats import FOR_EYES, FORMATS
from tests.support.program import Program
from tests.support.screen import TAB, Screen
from tests.support.stub import Reply, Request, Stub

EVIL = (
    "<\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07\x1b]8;;http://evil/\x1b\\\x1b[2J\x1b[31m\x1b[1m\x1b[30;40m\x1b[8m"
    "\x1b[38;5;0;48;5;16m\x9b2J\x9d0;x\x9c\u202e\u2066\u200b\u200d\u2060\ufeff\xad\u3164\u2800\u115f\ufe0f"
    "\U000e0041\ufff9\u2028\x00\x08\x0c\r\x7f>"
)
SGR = re.compile(r"\x1b\[[0-9;]*m")
WHEN = re.compile(r"\d{4}-\d\d-\d\dT")
# What a person sees of it is not a result of the server, or does not end.
APART = ("watch", "repeat", "time", "source", "api", "save", "version", "auth")


class Evil:
    """Passes requests on to a real server, and spoils what it says; changes are passed on to nobody."""

    def __init__(self, url: str) -> None:
        self._real = httpx.Client(base_url=url)

    def __call__(self, request: Request) -> Reply:
        headers = {
            name: value for name, value in request.headers.items() if name in ("authorization", "accept")
        }
        if request.method not in ("GET", "POST") or (
            request.method == "POST" and "/list" not in request.target
        ):
            return self._reply(json.dumps({"detail": "no"}).encode(), 409, "application/json")
        answer = self._real.request(request.method, request.target, headers=headers, content=request.body)
        return self._reply(answer.content, answer.status_code, answer.headers.get("content-type", ""))

    def _reply(self, body: bytes, status: int, kind: str) -> Reply:
        if "ndjson" in kind:
            body = b"".join(spoilt_json(line) + b"\n" for line in body.splitlines() if line)
        elif "json" in kind:
            body = spoilt_json(body)
        return Reply(body, status, (("Content-Type", kind),))


def spoilt_json(text: bytes) -> bytes:
    return json.dumps(spoilt(json.loads(text)), ensure_ascii=False).encode()


def spoilt(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return value if WHEN.match(value) or name in ("version", "type") else f"{value}{EVIL}"
    if isinstance(value, list):
        return [spoilt(one) for one in value]
    if isinstance(value, dict):
        return {name: spoilt(one, name) for name, one in value.items()}
    return value


@pytest.fixture(scope="module")
def names(admin: Program, api: httpx.Client) -> Iterator[dict[str, str]]:
    """Things that are there, by kind."""
    run = "hostile-server"
    admin("dags", "trigger", "demo_fails", "-r", run, "--wait")
    api.patch("/dags/demo_fails/dagRuns/" + run, json={"note": "a note"})
    api.post("/variables", json={"key": "hostile_server", "value": "x", "description": "y"})
    tasks = api.get("/dags/demo_fails/tasks").json()["tasks"]
    yield {
        "dag": "demo_fails", "run": run, "task": tasks[0]["task_id"], "pool": "default_pool",
        "variable": "hostile_server",
    }  # fmt: skip
    api.delete("/variables/hostile_server")
    api.delete(f"/dags/demo_fails/dagRuns/{run}")


@pytest.fixture
def evil(airflow: LocalAirflow) -> Iterator[Stub]:
    with Stub(Evil(airflow.url)) as stub:
        yield stub


def reads(command: Command) -> bool:
    return command.line not in APART and bool(command.op) and table()[command.op].method == "GET"


def line(command: Command, names: dict[str, str]) -> list[str]:
    def value(param: Param) -> str:
        return names.get(param.complete) or sample(param)

    needed = [value(param) for param in command.arguments if param.required]
    options = [text for it in command.options if it.required for text in (it.flags[0], value(it))]
    return [*command.words, *needed, *options]


def alive(text: str) -> list[str]:
    return [hex(ord(letter)) for letter in text if letter not in "\n\t" and not is_seen(ord(letter))]


COMMANDS = [command for command in registry.all_commands() if reads(command)]
MORE = [
    ["logs", "demo_fails", "{task}", "{run}"],
    ["logs", "demo_fails", "{task}", "{run}", "--raw"],
    ["why", "demo_fails", "{run}"],
    ["status"],
    ["dags", "show", "demo_fails"],
    ["dags", "grid", "demo_fails"],
    ["dagrun", "gantt", "demo_fails", "{run}"],
    ["api", "GET", "/api/v2/variables"],
    ["variables", "list", "--query", "[].[key, value]"],
    ["dags", "list", "--sort", "dag_id", "--columns", "dag_id,tags"],
    ["variables", "get", "nothing_of_this_name"],
]


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_of_the_server_is_alive(
    format: str, ctl: Program, evil: Stub, names: dict[str, str], tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)  # where exports go
    online = ctl.with_environ(AIRFLOWCTL_URL=evil.url)
    lines = [line(command, names) for command in COMMANDS]
    lines += [[word.format(**names) for word in words] for words in MORE]
    spoilt_lines = 0
    for words in lines:
        done = online(*words, "-o", format, terminal=True, columns=200)
        out = SGR.sub("", done.out) if format in FOR_EYES else done.out
        assert alive(out) == [], (words, format)
        assert alive(done.err) == [], (words, format)
        assert "unexpected" not in done.err, (words, done.err)
        spoilt_lines += "]52;c" in done.out + done.err
    assert spoilt_lines > len(lines) // 4  # it was there to be seen


def test_nothing_is_alive_in_the_shell(ctl: Program, evil: Stub, names: dict[str, str]) -> None:
    """Its menu, its bottom line, its errors, a watch and the window's title, on a real terminal."""
    with Screen(ctl.with_environ(AIRFLOWCTL_URL=evil.url), columns=200, rows=50) as screen:
        screen.prompt()
        screen.type("dags get $'demo_f" + TAB)
        screen.until("demo_fails")
        screen.type("\x03")
        screen.prompt()
        for typed in ("pools list", "dags list -o csv", "variables get nothing", "dagrun list -o wide"):
            screen.type(typed + "\n")
            screen.until("pwned")
            screen.prompt()
        assert re.fullmatch(r"(admin@)?127\.0\.0\.1:\d+", screen.title)
        links = re.findall(r"\x1b\]8;;([^\x07\x1b]*)", screen.raw)
        assert all(re.fullmatch(rf"({re.escape(evil.url)}/dags/[\w.~%/-]+)?", link) for link in links)
        for code in ("\x1b]52", "\x9b", "\x9d", "\u202e", "\u200b", "\ufeff", "\u3164", "\x1b[8m"):
            assert code not in screen.raw, ascii(code)
