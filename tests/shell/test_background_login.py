"""The login of a line in the background: it ends, is locked, and is mended in front."""

from __future__ import annotations

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.program import Program
from tests.support.revocable_logins import PASSPHRASE, log_in
from tests.support.screen import Screen
from tests.support.stub import Reply, Request, Stub, reply


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200)])
def test_a_revoked_login_is_named_and_mended_in_front(
    rows: int, columns: int, program: Program, airflow: LocalAirflow
) -> None:
    own = program.with_environ(AIRFLOWCTL_STORE="kernel")
    password = airflow.password("admin") + "\n"
    done = own("auth", "login", "--url", airflow.url, "-u", "admin", "--password-stdin", stdin=password)
    assert done.code == 0, done.err
    with Screen(own, rows=rows, columns=columns) as screen:
        screen.prompt()
        screen.type("pools list -o name &\n")
        screen.until(r"^\[1\] done after")
        revoke(airflow.url, own("auth", "token").out.strip())
        screen.type("sleep 0.5 && pools list -o name &\n")
        screen.until(r"^\[2\] sleep")
        screen.type("half typed")
        screen.until(
            r"^\[2\] error: .* does not accept this token",
            r"^\[2\] +log in again: auth login",
            r"^\[2\] failed, exit 4",
        )
        screen.until("> half typed$", "%2 failed")
        assert "Password" not in screen.text
        screen.type("\x15jobs\n")
        screen.until(r"^%2 +failed +4 ")
        screen.prompt()
        screen.type("auth login -u admin\n")
        screen.until("Password of admin:")
        screen.type(password)
        screen.until("logged in to")
        screen.prompt()
        screen.type("pools get default_pool -o name &\n")
        screen.until(r"^\[3\] default_pool", r"^\[3\] done after")
        assert password.strip() not in screen.raw


def revoke(url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"_token={token}"}
    httpx.get(f"{url}/api/v2/auth/logout", headers=headers, trust_env=False)
    answer = httpx.get(f"{url}/api/v2/pools", headers=headers, trust_env=False)
    assert answer.status_code in (401, 403), "the server still takes the token"


def test_a_locked_login_is_opened_before_the_line_begins(own: Program, revoking: Stub) -> None:
    assert log_in(own, revoking.url, "ann", "--store", "encrypted-file").code == 0
    with Screen(own.with_environ(AIRFLOWCTL_PASSPHRASE_FILE="")) as screen:
        screen.prompt()
        screen.type("pools get p -o name &\n")
        screen.until("^Passphrase of the encrypted file:")
        screen.type(PASSPHRASE + "\n")
        screen.until(r"^\[1\] ann$", r"^\[1\] done after")
        screen.prompt()
        assert screen.raw.count("Passphrase") == 1


def test_a_watch_says_to_log_in_before_it_says_how_to_look_again(online: Program, stub: Stub) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        if not request.path.endswith("/dagRuns/r1") or asked:
            return reply({"detail": "Invalid JWT token"}, 401)
        asked.append(request)
        return reply({"dag_id": "etl", "dag_run_id": "r1", "state": "running", "run_type": "manual"})

    stub.answer = answer
    done = online("dagrun", "watch", "etl", "r1")
    assert done.code == 4
    ways = done.err.partition("log in again: ")[2]
    assert (
        "auth token"
        in ways.partition("; the run continues; look again with: airflowctl dagrun watch etl r1")[0]
    )
    assert ways.strip().endswith("dagrun watch etl r1")
