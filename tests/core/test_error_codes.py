"""Each code by which scripts know an error is what a line that fails so prints, and documented."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from airflowctl.api.client import Client
from airflowctl.core.errors import error_codes
from airflowctl.domain import polling
from tests.support.paths import ROOT
from tests.support.plug_ins import COMMANDS, install
from tests.support.processes import start
from tests.support.program import Done, Program
from tests.support.stub import Stub, reply, wants_login

JSON = ("-o", "json")
GET = ("pools", "get", "p", *JSON)
LOGIN = ("auth", "login", "-u", "ann", "--password-stdin", *JSON)


BAD = """
from airflowctl.extensions import *

@command("bad go", "Fail.", examples=("airflowctl bad go",))
def go(session: Session) -> Text:
    return Text(str(1 / 0))

BAD = Commands(api=1, summary="Commands that fail", commands=(go,))
"""


class Case(NamedTuple):
    """What the server answers, a status or a body, and the line with its exit code."""

    answer: object
    line: tuple[str, ...] = GET
    exit_code: int = 1


CASES = {
    "not_found": Case(404),
    "conflict": Case(409),
    "invalid": Case(422),
    "refused": Case(500),
    "not_allowed": Case(403, exit_code=4),
    "session_ended": Case(401, exit_code=4),
    "not_airflow": Case("<html>Welcome"),
    "usage": Case(500, ("pools", "get", *JSON), 2),
    "read_only": Case(500, ("pools", "delete", "p", "--yes", "--read-only", *JSON), 4),
    "not_undone": Case(500, ("undo", "--yes", *JSON)),
    "error": Case(
        {"variables": [{"key": "k", "value": "***"}], "total_entries": 1},
        ("variables", "export", "-", "--masked", "fail", *JSON),
    ),
}


class Stage(NamedTuple):
    """What a staged failure needs."""

    program: Program
    stub: Stub
    folder: Path
    patch: pytest.MonkeyPatch


def fail_unreachable(stage: Stage) -> Done:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return stage.program(*GET, "--url", f"http://127.0.0.1:{port}")


def fail_timed_out(stage: Stage) -> Done:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        return stage.program.with_environ(AIRFLOWCTL_URL=url)(*GET, "--request-timeout", "0.2")


def fail_not_logged_in(stage: Stage) -> Done:
    stage.stub.answer = wants_login
    return _without_token(stage)(*GET)


def fail_config(stage: Stage) -> Done:
    folder = Path(stage.program.environ["AIRFLOWCTL_HOME"], "environments")
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    (folder / "dev.toml").write_text("url = 3")
    return stage.program(*GET, "-e", "dev")


def fail_policy(stage: Stage) -> Done:
    policy = stage.folder / "policy.toml"
    policy.write_text("insecure = false\n")
    policy.chmod(0o600)
    return stage.program.with_environ(AIRFLOWCTL_POLICY=str(policy))(*GET, "--insecure")


def _without_token(stage: Stage) -> Program:
    environ = stage.program.environ
    return Program({name: value for name, value in environ.items() if name != "AIRFLOW_CLI_TOKEN"})


def _log_in(stage: Stage, **environ: str) -> Done:
    return _without_token(stage).with_environ(**environ)(*LOGIN, stdin="pw\n")


def fail_no_keyring(stage: Stage) -> Done:
    return _log_in(stage)


def fail_keyring_locked(stage: Stage) -> Done:
    """The encrypted file, and nothing that opens it."""
    return _log_in(stage, AIRFLOWCTL_STORE="encrypted-file")


def fail_output(stage: Stage) -> Done:
    environ = {**stage.program.process_environ}
    with open("/dev/full", "wb") as full:
        running = start(GET, env=environ, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE)
        _, err = running.communicate(timeout=60)
    return Done("", err.decode(), running.returncode)


def fail_program(stage: Stage) -> Done:
    return stage.program("-f", "-", *JSON, stdin="!false\n")


def fail_interrupted(stage: Stage) -> Done:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    stage.patch.setattr(Client, "exchange", interrupt)
    return stage.program(*GET)


def fail_unknown_state(stage: Stage) -> Done:
    stage.patch.setattr(polling, "_UNKNOWN_FOR", 0.0)
    stage.patch.setattr(polling, "_POLL", 0.01)
    run = {"dag_id": "d", "dag_run_id": "r", "state": "suspended"}
    stage.stub.answer = lambda request: reply(run)
    return stage.program("dagrun", "wait", "d", "r", *JSON)


def fail_extension(stage: Stage) -> Done:
    """A command of a plug-in that fails."""
    folder = install(
        stage.folder / "site", "broken-package", {COMMANDS: {"bad": "bad_module:BAD"}}, {"bad_module": BAD}
    )
    return stage.program.with_environ(PYTHONPATH=str(folder)).new_process("bad", "go", *JSON)


STAGES: dict[str, Callable[[Stage], Done]] = {
    name.removeprefix("fail_"): function
    for name, function in list(globals().items())
    if name.startswith("fail_")
}


def code_of(done: Done) -> str:
    """The code of the error, which is the last line of stderr that is JSON."""
    line = [line for line in done.err.splitlines() if line.startswith("{")][-1]
    return str(json.loads(line)["error"]["code"])


@pytest.mark.parametrize("code", CASES)
def test_what_a_server_refuses_has_its_code(code: str, online: Program, stub: Stub) -> None:
    case = CASES[code]
    if isinstance(case.answer, int):
        detail = "Invalid JWT token" if case.answer == 401 else "no"
        stub.answer = lambda _: reply({"detail": detail}, case.answer)
    else:
        kind = "text/html" if isinstance(case.answer, str) else "application/json"
        stub.answer = lambda _: reply(case.answer, kind=kind)
    done = online(*case.line)
    assert (code_of(done), done.code, done.out) == (code, case.exit_code, "")


@pytest.mark.parametrize("code", STAGES)
def test_a_staged_failure_has_its_code(
    code: str, online: Program, stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = STAGES[code](Stage(online, stub, tmp_path, monkeypatch))
    assert code_of(done) == code, done
    assert done.code == error_codes()[code].exit_code


def test_each_code_is_tried_and_documented() -> None:
    assert {*CASES, *STAGES} == set(error_codes())
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    assert [
        code for code in error_codes() if f"| `{code}` | {error_codes()[code].exit_code} | " not in page
    ] == []
