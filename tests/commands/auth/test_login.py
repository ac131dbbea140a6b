"""Logging in and out, on a real Airflow and with a real keyring; no secret ends up where others read it."""

from __future__ import annotations

import base64
import hmac
import json
import re
import socket
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.support.program import Done, Program
from tests.support.screen import Screen
from tests.support.user_login import Account

# A token for scripts


def test_auth_token_prints_the_token_and_nothing_else(program: Program, account: Account) -> None:
    done = program("auth", "token", *account.options, stdin=account.stdin)
    assert (done.err, done.code) == ("", 0)
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.out)
    used = program.with_environ(AIRFLOW_CLI_TOKEN=done.out)("dags", "get", "demo_etl", "--url", account.url)
    assert used.code == 0


def test_a_token_as_json_says_when_it_ends(program: Program, account: Account) -> None:
    found = program("auth", "token", *account.options, "-o", "json", stdin=account.stdin).json
    assert found.keys() == {"token", "expires_at"}
    assert datetime.fromisoformat(found["expires_at"]) > datetime.now(UTC)


def test_the_token_of_this_login_is_printed_without_a_question(ctl: Program, token: str) -> None:
    assert ctl("auth", "token") == Done(token + "\n", "", 0)


@pytest.mark.parametrize("ending", ["", "/", "/api/v2", "/api/v2/", "//"])
def test_an_address_as_people_paste_it(ending: str, program: Program, account: Account) -> None:
    pasted = account._replace(url=account.url.replace("http://127", "  HTTP://127") + ending)
    assert program("auth", "token", *pasted.options, stdin=pasted.stdin).code == 0


def test_an_address_without_a_scheme_is_not_guessed(program: Program, account: Account) -> None:
    bare = account._replace(url=account.url.removeprefix("http://"))
    done = program("auth", "token", *bare.options, stdin=bare.stdin)
    assert (done.out, done.code) == ("", 2)
    assert f"did you mean {account.url} ?" in done.err


@pytest.mark.parametrize("command", ["token", "login"])
@pytest.mark.parametrize("password", ["wrong-canary", "wrong canary ü", "x" * 5000])
def test_a_wrong_password(command: str, password: str, program: Program, account: Account) -> None:
    done = program("auth", command, *account.options, stdin=password + "\n", terminal=True)
    assert (done.out, done.code) == ("", 4)
    assert "does not accept this user name and password" in done.err
    assert account.url in done.err
    assert password not in done.err


@pytest.mark.parametrize("command", ["token", "login"])
def test_no_password_at_all(command: str, program: Program, account: Account) -> None:
    done = program("auth", command, *account.options, stdin="")
    assert (done.out, done.code) == ("", 2)
    assert "password" in done.err


@pytest.mark.parametrize("command", ["token", "login"])
@pytest.mark.parametrize("option", [[], ["--password"], ["-p"]])
def test_without_a_terminal_nobody_is_asked(
    command: str, option: list[str], program: Program, account: Account
) -> None:
    line = ["auth", command, "--url", account.url, "--username", "admin", *option]
    done = program.process(*line, stdin=account.stdin)
    assert (done.out, done.code) == ("", 2)
    assert "--password-stdin" in done.err


def test_a_password_on_the_command_line_works_too(program: Program, account: Account) -> None:
    done = program("auth", "token", "--url", account.url, "-u", "admin", f"--password={account.password}")
    assert done.code == 0
    assert done.err.startswith("warning: --password ")  # the process list shows it
    assert done.err.count("\n") == 1


def test_a_person_is_asked_without_echo(program: Program, account: Account) -> None:
    with Screen(program, "auth", "login", "--url", account.url) as screen:
        screen.until("User name:")
        screen.type("admin\n")
        screen.until("Password of admin:")
        screen.type(account.password + "\n")
        screen.until("the login is good")  # and there is no keyring to keep it in
        assert screen.end() == 4
        assert account.password not in screen.raw


def test_stopping_at_the_question(program: Program, account: Account) -> None:
    with Screen(program, "auth", "login", "--url", account.url, "-u", "admin", "-p") as screen:
        screen.until("Password of admin:")
        screen.type("\x03")
        assert screen.end() == 130
        assert "Traceback" not in screen.raw


# Which token is used, and what is said when it is no good


@pytest.mark.parametrize("line", ["dags list", "variables set k v", "dags pause demo_etl"])
def test_no_credentials(line: str, program: Program, account: Account) -> None:
    done = program(*line.split(), "--url", account.url)
    assert (done.out, done.code) == ("", 4)
    assert f"not logged in to {account.url}" in done.err
    assert f"airflowctl auth login --url {account.url}" in done.err


@pytest.mark.parametrize("garbage", ["garbage", "a.b.c", "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhIn0.AAAA"])
def test_a_token_that_is_no_good_says_to_log_in(garbage: str, ctl: Program) -> None:
    done = ctl.with_environ(AIRFLOW_CLI_TOKEN=garbage)("dags", "list")
    assert (done.out, done.code) == ("", 4)
    assert "does not accept this token" in done.err
    assert "auth token" in done.err
    assert garbage not in done.err


def signed(claims: dict[str, object], secret: str) -> str:
    """A token as the server makes them."""

    def encoded(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    header = {"alg": "HS512", "kid": "not-used", "typ": "JWT"}
    text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{encoded(hmac.digest(secret.encode(), text.encode(), 'sha512'))}"


def test_an_expired_token_says_so(ctl: Program, airflow: Any) -> None:
    secret = json.loads((airflow.home / "secrets.json").read_text())["api_auth.jwt_secret"]
    who = {"sub": "admin", "role": "admin", "teams": [], "jti": "x", "aud": "apache-airflow"}
    now = int(time.time())

    def lasting(seconds: int) -> Program:
        token = signed({**who, "iat": now - 99, "nbf": now - 99, "exp": now + seconds}, secret)
        return ctl.with_environ(AIRFLOW_CLI_TOKEN=token)

    assert lasting(99)("dags", "list").code == 0  # so it is the time alone that is wrong with the other
    old = lasting(-60)
    done = old("dags", "list")
    assert (done.out, done.code) == ("", 4)
    assert "has expired" in done.err
    assert "auth token" in done.err
    status = old("auth", "status", "-o", "json")
    assert status.code == 4
    assert "expired" in status.json["status"]


def test_a_token_that_was_revoked(ctl: Program, account: Account) -> None:
    token = ctl("auth", "token", *account.options, stdin=account.stdin).out.strip()
    one = ctl.with_environ(AIRFLOW_CLI_TOKEN=token)
    assert one("dags", "list").code == 0
    headers = {"Authorization": f"Bearer {token}"}
    httpx.get(f"{account.url}/api/v2/auth/logout", headers=headers, trust_env=False)
    done = one("dags", "list")
    assert (done.out, done.code) == ("", 4)
    assert "revoked" in done.err
    assert "auth token" in done.err


@pytest.mark.parametrize(
    "broken", ["two words", "tok\nen", "t\u00f6ken", "token\x00", "Bearer x\r\nX-Evil: 1"]
)
def test_what_cannot_be_a_token_is_not_sent_or_shown(broken: str, ctl: Program) -> None:
    done = ctl.with_environ(AIRFLOW_CLI_TOKEN=broken)("dags", "list")
    assert (done.out, done.code) == ("", 2)
    assert "AIRFLOW_CLI_TOKEN" in done.err
    assert broken not in done.err


def test_a_token_with_a_line_end_is_what_a_file_gives(ctl: Program, token: str) -> None:
    assert ctl.with_environ(AIRFLOW_CLI_TOKEN=f" {token}\r\n")("dags", "list").code == 0


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("connections list", "GET /api/v2/connections"),
        ("variables get x", "GET /api/v2/variables/x"),
        ("variables set x y", "/api/v2/variables"),
        ("dags pause demo_etl", "PATCH /api/v2/dags/demo_etl"),
        ("dags trigger demo_etl", "POST /api/v2/dags/demo_etl/dagRuns"),
    ],
)
def test_who_may_not_do_what(line: str, what: str, viewer: Program) -> None:
    done = viewer(*line.split())
    assert (done.out, done.code) == ("", 4)
    assert "viewer may not" in done.err
    assert what in done.err
    assert "log in again" not in done.err  # it would not help


def test_a_viewer_may_look(viewer: Program) -> None:
    assert viewer("dags", "get", "demo_etl").code == viewer("pools", "list").code == 0


def test_an_error_as_json(viewer: Program) -> None:
    done = viewer("connections", "list", "-o", "json")
    error = json.loads(done.err)["error"]
    assert (done.out, done.code) == ("", 4)
    assert (error["code"], error["status"]) == ("not_allowed", 403)
    assert error["operation"] == "get_connections"


# Status and logout


def test_status_of_a_login(ctl: Program, token: str) -> None:
    done = ctl("auth", "status", "-o", "json")
    assert (done.err, done.code) == ("", 0)
    assert done.json["username"] == "admin"
    assert done.json["status"] == "logged in"
    assert done.json["token_from"] == "AIRFLOW_CLI_TOKEN"
    assert done.json["url"] == ctl.environ["AIRFLOWCTL_URL"]
    assert datetime.fromisoformat(done.json["expires_at"]) > datetime.now(UTC)
    assert token not in str(done)


def test_status_without_a_login(program: Program, account: Account) -> None:
    done = program("auth", "status", "--url", account.url, "-o", "json")
    assert done.code == 4
    assert done.json["status"] == "not logged in"


def test_status_of_a_token_that_is_no_good(ctl: Program) -> None:
    done = ctl.with_environ(AIRFLOW_CLI_TOKEN="garbage")("auth", "status", "-o", "json")
    assert done.code == 4
    assert "does not accept this token" in done.json["status"]


def test_status_of_a_viewer_is_a_login(viewer: Program) -> None:
    done = viewer("auth", "status", "-o", "json")
    assert (done.code, done.json["username"], done.json["status"]) == (0, "viewer", "logged in")


def test_status_where_nothing_answers(ctl: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    done = ctl.with_environ(AIRFLOWCTL_URL=f"http://127.0.0.1:{port}")("auth", "status", "-o", "json")
    assert done.code == 3
    assert "connection refused" in str(done)


def test_status_and_logout_without_any_server(program: Program) -> None:
    for command in ("status", "logout", "token"):
        done = program("auth", command)
        assert (done.out, done.code) == ("", 2)
        assert "auth login --url" in done.err


def test_logout_where_nobody_was_logged_in(program: Program, account: Account) -> None:
    done = program("auth", "logout", "--url", account.url)
    assert (done.err, done.code) == ("", 0)
    assert "there was no login" in done.out


def test_logout_does_not_pretend_that_the_variable_is_gone(ctl: Program) -> None:
    done = ctl("auth", "logout")
    assert "AIRFLOW_CLI_TOKEN is still set" in done.err
    assert ctl("dags", "list").code == 0
