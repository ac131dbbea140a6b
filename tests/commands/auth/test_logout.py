"""What is forgotten with an environment, and logging out on real servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from airflowctl.storage.secrets.kernel_keyring import KernelKeyring
from tests.support.keyrings import Kept, key_in
from tests.support.program import Program
from tests.support.servers.oidc import OidcServer
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply

# What is forgotten.


@pytest.mark.parametrize("store", ["keyring", "kernel"])
def test_an_environment_takes_its_login_along(
    program: Program, stub: Stub, kept: Kept, store: str, home: Path
) -> None:
    login = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin", "--store", store)
    for name in ("work", "other"):
        assert program(*login, "-e", name, stdin="hunter22\n").code == 0
    program("env", "use", "work")
    key = key_in(home, "work")
    stub.requests.clear()
    done = program("env", "remove", "work")
    assert (done.out, done.code) == (f"removed work ({stub.url})\n", 0)
    assert "its login was not revoked: the server still accepts that token until it ends" in done.err
    assert "GET /api/v2/auth/logout" in stub.sent  # this server cannot do it
    assert len(kept.values) == (store == "keyring")
    assert store != "kernel" or KernelKeyring().get(key) is None
    assert not (home / "environment").exists()
    assert program("pools", "get", "p", "-e", "work").code == 2
    assert program("pools", "get", "p", "-e", "other").code == 0
    program("env", "remove", "other")


def test_a_choice_of_another_stays(two: Program, home: Path) -> None:
    two("env", "use", "two")
    two("env", "remove", "one")
    assert (home / "environment").read_text() == "two\n"


def test_what_is_not_there_cannot_be_removed(two: Program) -> None:
    done = two("env", "remove", "three")
    assert (done.out, done.code) == ("", 2)
    assert "there are: one, two" in done.err


def test_in_the_shell_the_one_in_use_can_be_removed(two: Program) -> None:
    with Shell(two) as shell:
        shell.run("env use one")
        assert shell.run("env remove one").code == 0
        gone = shell.run("pools list")
        assert gone.code == 2
        assert "no environment 'one'" in gone.err
        assert shell.run("env use two").code == 0


# Logging out.


def test_a_logout_revokes_on_the_server(program: Program, kept: Kept, airflow: LocalAirflow) -> None:
    login = ("auth", "login", "--url", airflow.url, "-u", "admin", "--password-stdin")
    assert program(*login, stdin=airflow.password("admin")).code == 0
    token = program("auth", "token").out.strip()
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{airflow.url}/api/v2/pools"
    assert httpx.get(address, headers=headers, trust_env=False).status_code == 200
    done = program("auth", "logout", "-o", "json")
    assert (done.err, done.code) == ("", 0)
    assert done.json == {"environment": "default", "url": airflow.url, "forgotten": True, "revoked": True}
    refused = httpx.get(address, headers=headers, trust_env=False)
    assert (refused.status_code, refused.json()["detail"]) == (403, "Invalid JWT token")
    assert kept.values == {}
    assert program("env", "show", "-o", "json").json["url"] == airflow.url  # the address stays


def test_a_logout_of_one_leaves_the_others(program: Program, kept: Kept, airflow: LocalAirflow) -> None:
    login = ("auth", "login", "--url", airflow.url, "-u", "admin", "--password-stdin")
    for name in ("one", "two"):
        assert program(*login, "-e", name, stdin=airflow.password("admin")).code == 0
    assert program("auth", "logout", "-e", "one").code == 0
    assert program("pools", "list", "-e", "one").code == 4
    assert program("pools", "list", "-e", "two").code == 0
    program("auth", "logout", "-e", "two")


def test_fab_revokes_too(program: Program, kept: Kept, fab_airflow: LocalAirflow) -> None:
    airflow = fab_airflow
    login = ("auth", "login", "--url", airflow.url, "-u", "admin", "--password-stdin")
    assert program(*login, stdin=airflow.password("admin")).code == 0
    assert program("auth", "logout", "-o", "json").json["revoked"] is True


def test_a_logout_from_an_issuer_takes_the_refresh_token_back(
    program: Program, oidc_airflow: LocalAirflow, oidc: OidcServer, home: Path
) -> None:
    from tests.support.servers.browser import environ
    from tests.support.servers.oidc import SCOPE

    person = program.with_environ(AIRFLOWCTL_STORE="kernel", **environ())
    options = ("--issuer", oidc.issuer, "--client-id", oidc.public_client, "--scope", SCOPE)
    assert person.process("auth", "login", "--url", oidc_airflow.url, *options).code == 0
    text = KernelKeyring().get(key_in(home))
    refresh = json.loads(text or "")["renewal"]["refresh_token"]
    assert person("auth", "logout").code == 0
    form = {"grant_type": "refresh_token", "client_id": oidc.public_client, "refresh_token": refresh}
    answer = httpx.post(oidc.metadata()["token_endpoint"], data=form, trust_env=False)
    assert answer.json()["error"] == "invalid_grant"


def older(request: Request) -> Reply:
    """Says yes to a logout, and goes on taking the token: Airflow before 3.3.2."""
    if request.path.endswith("/auth/logout"):
        return reply("", 307, Location="/auth/login")
    return lets_in(request)


def without_logout(request: Request) -> Reply:
    if request.path.endswith("/auth/logout"):
        return reply({"detail": "Not Found"}, 404)
    return lets_in(request)


@pytest.mark.parametrize("answer", [older, without_logout])
def test_a_server_that_does_not_revoke_is_not_said_to(
    program: Program, kept: Kept, stub: Stub, answer: Any
) -> None:
    stub.answer = answer
    login = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    assert program(*login, stdin="hunter22\n").code == 0
    done = program("auth", "logout")
    assert done.code == 0
    assert "the server still accepts that token until" in done.out
    assert kept.values == {}
    assert program("auth", "status").code == 4


def test_a_server_that_is_down_is_no_reason_to_stay_logged_in(
    program: Program, kept: Kept, stub: Stub
) -> None:
    with Stub(lets_in) as gone:
        login = ("auth", "login", "--url", gone.url, "-u", "ann", "--password-stdin")
        assert program(*login, stdin="hunter22\n").code == 0
    done = program("auth", "logout", "--request-timeout", "1")
    assert done.code == 0
    assert "logged out" in done.out
    assert "the server still accepts that token" in done.out
    assert kept.values == {}
