"""A login that goes on: renewed before it ends, by one process at a time, for so long and no longer."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from local_airflow import LocalAirflow

from airflowctl.core.credential import from_text
from airflowctl.core.options import SHELL, Options
from airflowctl.main import new_session
from airflowctl.shell.sections import About
from airflowctl.shell.toolbar import Toolbar
from airflowctl.storage.secrets.kernel_keyring import KernelKeyring
from airflowctl.storage.secrets.lock import hold_lock
from tests.support.keyrings import Kept, key_in
from tests.support.program import Done, Program
from tests.support.screen import Screen
from tests.support.servers.browser import environ
from tests.support.servers.oidc import SCOPE, OidcServer
from tests.support.shell_driver import Shell, streams
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.waiting import until


def log_in(person: Program, airflow: LocalAirflow, *more: str) -> None:
    line = ("auth", "login", "--url", airflow.url, "-u", "admin", "--password-stdin", *more)
    done = person(*line, stdin=airflow.password("admin") + "\n")
    assert (done.err, done.code) == ("", 0), done


def test_twenty_commands_on_tokens_of_three_seconds(
    program: Program, kept: Kept, short_tokens_airflow: LocalAirflow
) -> None:
    log_in(program, short_tokens_airflow)
    started, seen = time.monotonic(), set()
    for _ in range(20):
        done = program("pools", "get", "default_pool", "-o", "name")
        assert (done.out, done.err, done.code) == ("default_pool\n", "", 0)
        seen.add(next(iter(kept.values.values())))
        until_later(0.4)
    assert time.monotonic() - started > 6  # more than two lives
    assert len(seen) > 2


def until_later(seconds: float) -> None:
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, "a later moment")


def test_a_renewal_is_among_the_requests_of_debug(
    program: Program, kept: Kept, short_tokens_airflow: LocalAirflow
) -> None:
    log_in(program, short_tokens_airflow)
    until_later(1.6)
    done = program("pools", "get", "default_pool", "--debug")
    assert "debug: POST /ui/auth/token -> 200" in done.err
    assert "eyJ" not in done.err


def test_a_login_that_has_ended_says_so(
    program: Program, kept: Kept, short_tokens_airflow: LocalAirflow
) -> None:
    log_in(program, short_tokens_airflow)
    until_later(3.2)
    done = program("pools", "list")
    assert (done.out, done.code) == ("", 4)
    assert "has expired" in done.err
    assert f"auth login --url {short_tokens_airflow.url}" in done.err


def test_a_login_is_renewed_for_so_long_and_no_longer(
    program: Program, kept: Kept, short_tokens_airflow: LocalAirflow
) -> None:
    log_in(program, short_tokens_airflow, "--max-session-hours", "0.0004")  # 1.4 seconds
    until_later(1.6)
    before = dict(kept.values)
    assert program("pools", "list").code == 0  # the token is still good, but
    assert kept.values == before


def test_four_processes_at_once_leave_a_good_login(
    program: Program, oidc_airflow: LocalAirflow, oidc: OidcServer
) -> None:
    """Of an issuer that takes back all tokens when a refresh token comes twice."""
    person = program.with_environ(AIRFLOWCTL_STORE="kernel", **environ())
    with oidc.changed(access_token_seconds=4):
        options = ["--issuer", oidc.issuer, "--client-id", oidc.public_client, "--scope", SCOPE]
        login = person.process("auth", "login", "--url", oidc_airflow.url, *options)
        assert login.code == 0, login
        before = len(oidc.grants)
        until_later(4.5)
        argv = [sys.executable, "-m", "airflowctl", "pools", "get", "default_pool", "-o", "name"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        running = [subprocess.Popen(argv, env=person.process_environ, **pipes) for _ in range(4)]
        for one in running:
            out, err = one.communicate(timeout=60)
            assert (out, err, one.returncode) == (b"default_pool\n", b"", 0)
        renewals = oidc.grants[before:]
        assert {one.grant_type for one in renewals} == {"refresh_token"}
        assert all(one.error is None for one in renewals)
        until_later(4.5)
        assert person("pools", "get", "default_pool", "-o", "name").out == "default_pool\n"
    person("auth", "logout")


@pytest.mark.parametrize(("seconds", "said"), [(7200, "has ended already"), (-600, "is 10 min behind")])
def test_a_clock_that_is_wrong_is_told_of(
    program: Program,
    kept: Kept,
    airflow: LocalAirflow,
    monkeypatch: pytest.MonkeyPatch,
    seconds: int,
    said: str,
) -> None:
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() + seconds)
    line = ("auth", "login", "--url", airflow.url, "-u", "admin", "--password-stdin")
    done = program(*line, stdin=airflow.password("admin") + "\n")
    assert done.code == 0
    assert said in done.err
    assert program("pools", "get", "default_pool", "-o", "name").out == "default_pool\n"


# What is sent again, and what is not.


class Server:
    """Takes the token it gave last, and calls every other one expired."""

    def __init__(self, refusal: Reply | None = None) -> None:
        self.token = "first.to.ken"
        self.refusal = refusal or reply({"detail": "Token Expired"}, 401)
        self.renewals = 0

    def __call__(self, request: Request) -> Reply:
        if request.path == "/auth/token/cli":
            return reply({"access_token": self.token}, 201)
        if request.path == "/ui/auth/token":
            self.renewals += 1
            self.token = f"next{self.renewals}.to.ken"
            return reply({"access_token": self.token})
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return self.refusal
        if request.path == "/ui/auth/me":
            return reply({"username": "ann"})
        return reply({"dag_id": "etl", "dag_run_id": "r", "state": "queued", "name": "p"})


def logged_in(program: Program, stub: Stub) -> Program:
    line = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    assert program(*line, stdin="hunter22\n").code == 0
    stub.requests.clear()
    return program


REFUSALS = {
    "expired": reply({"detail": "Token Expired"}, 401),
    "invalid": reply({"detail": "Invalid JWT token"}, 403),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("line", ["pools get p", "dags trigger etl"])
def test_a_request_that_was_refused_for_its_token_is_sent_again_once(
    program: Program, kept: Kept, line: str, refusal: Reply
) -> None:
    server = Server(refusal)
    with Stub(server) as stub:
        person = logged_in(program, stub)
        server.token = "changed.on.server"
        done = person(*line.split())
        assert (done.err, done.code) == ("", 0)
        command = [one for one in stub.sent if "/api/v2/" in one]
        assert len(command) == 2
        assert stub.sent.count("POST /ui/auth/token") == 1


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500, 503])
def test_another_refusal_is_final(program: Program, kept: Kept, status: int) -> None:
    with Stub(Server()) as stub:
        person = logged_in(program, stub)
        stub.answer = lambda request: reply({"detail": "no"}, status)
        assert person("dags", "trigger", "etl").code != 0
        looked = ["GET /api/v2/dags/etl"] if status == 404 else []  # a Dag that is there may be stale
        assert stub.sent == ["POST /api/v2/dags/etl/dagRuns", *looked]


def test_a_role_that_may_not_is_no_reason_to_renew(program: Program, kept: Kept) -> None:
    with Stub(Server()) as stub:
        person = logged_in(program, stub)
        stub.answer = lambda request: reply({"detail": "Forbidden"}, 403)
        assert person("dags", "trigger", "etl").code == 4
        assert stub.sent == ["POST /api/v2/dags/etl/dagRuns"]


def test_a_token_from_a_variable_is_not_renewed(program: Program) -> None:
    with Stub(Server()) as stub:
        own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="an.old.one")
        assert own("pools", "get", "p").code == 4
        assert stub.sent == ["GET /api/v2/pools/p"]


def test_what_is_renewed_is_kept_where_it_was(program: Program, kept: Kept) -> None:
    server = Server()
    with Stub(server) as stub:
        person = logged_in(program, stub)
        server.token = "changed.on.server"
        person("pools", "get", "p")
        [text] = kept.values.values()
        held = from_text(text, stub.url, "keyring")
        assert held is not None
        assert (held.token, held.username, held.method) == ("next1.to.ken", "ann", "password")


# In the shell.


def test_the_last_minute_of_a_login_stands_where_nothing_is_cut_off(program: Program) -> None:
    toolbar = Toolbar(new_session(streams(program), Options(), SHELL), lambda: None)
    toolbar.about = About(url=f"http://{'x' * 80}", version="Airflow 3.3.2", expires_at=time.time() + 20.5)
    assert "".join(part[1] for part in toolbar.text("")).startswith(" token 20 s | http://x")


def test_the_shell_renews_by_itself(program: Program, kept: Kept, short_tokens_airflow: LocalAirflow) -> None:
    log_in(program, short_tokens_airflow)
    with Shell(program) as shell:
        first = dict(kept.values)
        until(lambda: kept.values != first, "a new token while nobody types")
        until_later(3)
        assert shell.run("pools get default_pool -o name") == Done("default_pool\n", "", 0)


def test_the_shell_asks_for_the_password_and_goes_on(program: Program) -> None:
    server = Server()
    with Stub(server) as stub:
        person = logged_in(program.with_environ(AIRFLOWCTL_STORE="kernel"), stub)
        with Screen(person) as screen:
            screen.prompt()
            screen.type("pools get p -o name\n")
            screen.until("^p$")
            with_renewal = stub.answer

            def answer(request: Request) -> Reply:
                if request.path == "/ui/auth/token":
                    return reply({"detail": "Not Found"}, 404)
                return with_renewal(request)

            stub.answer = answer
            server.token = "changed.on.server"
            screen.prompt()
            screen.type("dags trigger etl -o name\n")
            screen.until("the login to .* has ended", "Password of ann:")
            screen.type("hunter22\n")
            screen.until("^r$")
            screen.prompt()
            assert stub.sent.count("POST /auth/token/cli") == 1
            screen.type("pools get p -o name\n")  # and it is not asked for again
            screen.until_true(lambda: screen.text.count("\np\n") == 2, "the second answer")
            assert "hunter22" not in screen.raw
        person("auth", "logout")


def test_the_shell_asks_too_where_the_login_has_gone(program: Program, home: Path) -> None:
    """As the kernel's keyring forgets a token when it ends."""
    server = Server()
    with Stub(server) as stub:
        person = logged_in(program.with_environ(AIRFLOWCTL_STORE="kernel"), stub)
        assert KernelKeyring().delete(key_in(home))
        taken = stub.answer

        def answer(request: Request) -> Reply:
            if b"wrong" in request.body:
                return reply({"detail": "Invalid credentials"}, 401)
            if request.path.startswith("/api/") and "authorization" not in request.headers:
                return reply({"detail": "Not authenticated"}, 401)
            return taken(request)

        stub.answer = answer
        with Screen(person) as screen:
            screen.prompt()
            screen.type("pools get p -o name\n")
            screen.until("not logged in to .* \\(the login has ended\\)", "Password of ann:")
            screen.type("wrong\n")
            screen.until("does not accept this user name and password", "(?s)Password.*Password of ann:")
            screen.type("hunter22\n")
            screen.until("^p$")
        assert person("pools", "get", "p", "-o", "name") == Done("p\n", "", 0)
        assert person("auth", "logout").code == 0
        assert person("pools", "get", "p").code == 4  # and nobody is asked where nobody is


def test_a_renewal_that_hangs_elsewhere_is_not_waited_for(
    program: Program, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    monkeypatch.setattr("airflowctl.storage.secrets.lock._LONGEST", 0.1)
    with Stub(server) as stub:
        person = logged_in(program, stub)
        folder = Path(program.environ["AIRFLOWCTL_HOME"]) / "locks"
        server.token = "changed.on.server"
        with hold_lock(str(folder), key_in(folder.parent)):
            assert person("pools", "get", "p", "-o", "name") == Done("p\n", "", 0)


def test_a_renewal_writes_no_file_with_a_token(
    program: Program, kept: Kept, short_tokens_airflow: LocalAirflow, tmp_path: Path
) -> None:
    log_in(program, short_tokens_airflow)
    until_later(1.7)
    assert program("pools", "list").code == 0
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in found if path.suffix == ".lock"]
    assert not [path for path in found if "eyJ" in path.read_text(errors="replace")]
