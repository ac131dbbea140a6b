"""Every way to log in, on real servers of every kind: simple, FAB, Keycloak's manager, an OIDC issuer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from local_airflow import LocalAirflow

from airflowctl.api.auth import oidc_device
from airflowctl.api.auth.oidc import Issuer, OAuthError
from airflowctl.core.errors import Unreachable
from tests.support.keyrings import Kept
from tests.support.private_files import write_private
from tests.support.program import Done, Program
from tests.support.screen import Screen
from tests.support.servers.browser import Browser, environ
from tests.support.servers.oidc import SCOPE, OidcServer
from tests.support.stub import Reply, Request, Stub, reply


def password_login(person: Program, url: str, username: str, password: str, *more: str) -> Done:
    line = ("auth", "login", "--url", url, "-u", username, "--password-stdin", *more)
    return person(*line, stdin=password + "\n")


def status(person: Program) -> Any:
    done = person("auth", "status", "-o", "json")
    assert done.code == 0, done
    return done.json


def issuer_options(oidc: OidcServer, client: str) -> list[str]:
    return ["--issuer", oidc.issuer, "--client-id", client, "--scope", SCOPE]


# A password.


def test_a_password_on_the_simple_manager(person: Program, short_tokens_airflow: LocalAirflow) -> None:
    airflow = short_tokens_airflow
    done = password_login(person, airflow.url, "viewer", airflow.password("viewer"))
    assert (done.err, done.code) == ("", 0)
    assert "kept in the kernel's keyring" in done.out
    found = status(person)
    assert (found["username"], found["method"], found["token_from"]) == ("viewer", "password", "kernel")
    assert found["origin"] == airflow.url
    refused = person("variables", "list")
    assert refused.code == 4
    assert "viewer may not GET /api/v2/variables" in refused.err


@pytest.mark.parametrize("username", ["admin", "viewer"])
def test_a_password_on_fab(person: Program, fab_airflow: LocalAirflow, username: str) -> None:
    done = password_login(person, fab_airflow.url, username, fab_airflow.password(username))
    assert (done.err, done.code) == ("", 0)
    assert status(person)["username"] == username
    assert person("auth", "whoami", "-o", "json").json["username"] == username
    assert person("dags", "list").code == 0
    connections = person("connections", "list")
    assert connections.code == (0 if username == "admin" else 4)
    if username == "viewer":  # whose token has a number for a name
        assert "viewer may not GET /api/v2/connections" in connections.err


def test_a_fab_token_in_a_variable_says_who_is_refused(program: Program, fab_airflow: LocalAirflow) -> None:
    at = program.with_environ(AIRFLOWCTL_URL=fab_airflow.url)
    made = at("auth", "token", "-u", "viewer", "--password-stdin", stdin=fab_airflow.password("viewer"))
    done = at.with_environ(AIRFLOW_CLI_TOKEN=made.out)("connections", "list")
    assert done.code == 4
    assert "viewer may not GET" in done.err


def test_a_password_on_keycloak(person: Program, keycloak_airflow: LocalAirflow, oidc: OidcServer) -> None:
    wrong = password_login(person, keycloak_airflow.url, "admin", "wrong")
    assert wrong.code == 4
    assert "does not accept this user name and password" in wrong.err
    assert password_login(person, keycloak_airflow.url, "admin", oidc.password("admin")).code == 0
    assert person("dags", "list").code == 0


def test_a_keycloak_token_ends_with_the_one_inside(
    person: Program, keycloak_airflow: LocalAirflow, oidc: OidcServer
) -> None:
    with oidc.changed(access_token_seconds=2):
        assert password_login(person, keycloak_airflow.url, "admin", oidc.password("admin")).code == 0
        url = keycloak_airflow.url
        from tests.support.waiting import until

        done = until(lambda: (found := person("dags", "list")).code and found, "an end of the login")
    assert done.code == 4
    assert f"auth login --url {url}" in done.err
    assert "may not" not in done.err  # the server says Forbidden, which it is not


# What the server has.


def test_a_server_that_lets_everybody_in(person: Program, all_admins_airflow: LocalAirflow) -> None:
    done = person("auth", "login", "--url", all_admins_airflow.url)
    assert (done.err, done.code) == ("", 0)
    assert "nothing has to be kept" in done.out
    assert person("variables", "list").code == 0
    found = status(person)
    assert (found["method"], found["username"]) == ("none", "Anonymous")
    assert person("auth", "logout").code == 0


def test_a_server_with_several_ways_asks_which(program: Program, fab_airflow: LocalAirflow) -> None:
    with Screen(program, "auth", "login", "--url", fab_airflow.url) as screen:
        screen.until("1  password", "2  paste", r"Which one\? \[1\]")
        screen.type("1\n")
        screen.until("User name:")
        screen.type("admin\n")
        screen.until("Password of admin:")


def test_without_a_person_the_usual_way_is_taken(program: Program, fab_airflow: LocalAirflow) -> None:
    done = program("auth", "login", "--url", fab_airflow.url)
    assert (done.out, done.code) == ("", 2)
    assert "give --username" in done.err


def guarded(request: Request) -> Reply:
    """An Airflow whose auth manager nobody knows, as a managed one has."""
    if request.path == "/api/v2/version":
        return reply({"version": "3.3.2"})
    if request.headers.get("authorization") == "Bearer of.the.pages":
        return reply({"username": "ann"})
    return reply({"detail": "Not Found"}, 404)


def test_an_unknown_manager_offers_a_token_of_the_pages(
    program: Program, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_: "of.the.pages")
    with Stub(guarded) as stub:
        done = program("auth", "login", "--url", stub.url, answers="")
        assert done.code == 0, done
        assert "not one that is known here; other ways: --method" in done.err
        assert "Generate Token > CLI" in done.err
        alone = program("auth", "login", "--url", stub.url, "-e", "x")
        assert (alone.out, alone.code) == ("", 2)
        assert "give --method: one of astronomer, client-credentials, command" in alone.err


def test_what_is_no_airflow_offers_nothing(program: Program) -> None:
    with Stub(lambda request: reply("<html>hello", 200, "text/html")) as stub:
        done = program("auth", "login", "--url", stub.url, answers="of.the.pages\n")
        assert (done.out, done.code) == ("", 1)
        assert "with text/html, not JSON" in done.err
        assert "Generate Token" not in done.err


def test_an_unknown_way_names_those_there_are(program: Program) -> None:
    done = program("auth", "login", "--url", "http://127.0.0.1:1", "--method", "pasword")
    assert (done.out, done.code) == ("", 2)
    assert "'pasword'" in done.err
    assert "did you mean password" in done.err


# An issuer.


def test_the_browser_of_this_machine(person: Program, oidc_airflow: LocalAirflow, oidc: OidcServer) -> None:
    own = person.with_environ(**environ("viewer"))
    options = issuer_options(oidc, oidc.public_client)
    done = own.process("auth", "login", "--url", oidc_airflow.url, *options)
    assert done.code == 0, done
    assert "Log in in your browser" in done.err
    assert oidc.issuer in done.err
    found = status(person)
    assert (found["method"], found["username"]) == ("oidc-pkce", "viewer")
    assert person("variables", "list").code == 4
    assert person("auth", "logout").code == 0
    assert person("dags", "list").code == 4


def test_a_refusal_in_the_browser(person: Program, oidc_airflow: LocalAirflow, oidc: OidcServer) -> None:
    own = person.with_environ(**environ(deny=True))
    options = issuer_options(oidc, oidc.public_client)
    done = own.process("auth", "login", "--url", oidc_airflow.url, *options)
    assert (done.out, done.code) == ("", 4)
    assert "access_denied" in done.err


def test_a_code_on_another_device(
    person: Program, oidc_airflow: LocalAirflow, oidc: OidcServer, browser: Browser
) -> None:
    line = ["auth", "login", "--url", oidc_airflow.url, "--method", "oidc-device"]
    with Screen(person, *line, *issuer_options(oidc, oidc.public_client), columns=200) as screen:
        shown = screen.until(r"Open (\S+) on any device and enter (\S+)")
        words = shown.split("Open ")[1].split()
        browser(words[0], words[6])
        screen.until("logged in to")
        assert screen.end() == 0
    assert status(person)["method"] == "oidc-device"


def test_a_refresh_token_keeps_it_going(
    person: Program, oidc_airflow: LocalAirflow, oidc: OidcServer
) -> None:
    with oidc.changed(access_token_seconds=2):
        own = person.with_environ(**environ())
        options = issuer_options(oidc, oidc.public_client)
        assert own.process("auth", "login", "--url", oidc_airflow.url, *options).code == 0
        before = len(oidc.grants)
        for _ in range(12):
            done = person.process("pools", "get", "default_pool", "-o", "name")
            assert (done.out, done.code) == ("default_pool\n", 0), done
        renewals = [one for one in oidc.grants[before:] if one.grant_type == "refresh_token"]
        assert renewals
        assert all(one.error is None for one in renewals)


def test_a_program_with_a_secret(person: Program, oidc_airflow: LocalAirflow, oidc: OidcServer) -> None:
    line = ["auth", "login", "--url", oidc_airflow.url, "--client-secret-stdin"]
    options = ["--issuer", oidc.issuer, "--client-id", oidc.service_client, "--scope", "airflow"]
    done = person(*line, *options, stdin=oidc.service_secret + "\n")
    assert done.code == 0, done
    assert status(person)["method"] == "client-credentials"
    assert person("dags", "list").code == 0


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post"])
def test_the_secret_goes_where_the_issuer_looks_for_it(program: Program, way: str) -> None:
    """Both at once would be refused (RFC 6749, 2.3)."""

    def answer(request: Request) -> Reply:
        if request.path.endswith("/openid-configuration"):
            facts = {"issuer": stub.url, "token_endpoint": f"{stub.url}/token"}
            return reply({**facts, "token_endpoint_auth_methods_supported": [way, "private_key_jwt"]})
        if request.path == "/token":
            found = {"client_secret_basic": "authorization" in request.headers}
            found["client_secret_post"] = b"client_secret=hunter22" in request.body
            assert [name for name, there in found.items() if there] == [way]
            return reply({"access_token": "of.the.issuer"})
        return reply({"username": "robot"})

    with Stub(answer) as stub:
        line = ("auth", "token", "--url", stub.url, "--issuer", stub.url, "--client-id", "robot")
        done = program(*line, "--client-secret-stdin", stdin="hunter22\n")
        assert done == Done("of.the.issuer\n", "", 0)


@pytest.mark.parametrize(
    ("interval", "waited"),
    [(3, [3, 8, 8]), (3600, [60, 65, 65]), (float("inf"), [5, 10, 10]), ("soon", [5, 10, 10])],
)
def test_a_device_login_outlives_a_broken_connection(
    monkeypatch: pytest.MonkeyPatch, interval: object, waited: list[float]
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    answers: list[Any] = [Unreachable("no way"), OAuthError("not yet", "authorization_pending"), {"a": 1}]

    class Shaky(Issuer):
        def __init__(self) -> None:
            """Asks nobody."""

        def post(self, endpoint: str, form: Mapping[str, str], secret: str = "") -> dict[str, Any]:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return dict(answer)

    assert oidc_device._wait(Shaky(), "code", {"interval": interval}) == {"a": 1}
    assert pauses == waited


def test_a_program_with_a_wrong_secret(person: Program, oidc_airflow: LocalAirflow, oidc: OidcServer) -> None:
    own = person.with_environ(AIRFLOWCTL_CLIENT_SECRET="a-wrong-secret")
    options = ["--issuer", oidc.issuer, "--client-id", oidc.service_client]
    line = ["auth", "login", "--url", oidc_airflow.url, "--method", "client-credentials"]
    done = own(*line, *options)
    assert (done.out, done.code) == ("", 4)
    assert "invalid_client" in done.err
    assert "a-wrong-secret" not in done.err


def test_the_browser_and_an_exchange_on_keycloak(
    person: Program, keycloak_airflow: LocalAirflow, oidc: OidcServer
) -> None:
    own = person.with_environ(**environ())
    options = [*issuer_options(oidc, oidc.public_client), "--exchange", "keycloak"]
    done = own.process("auth", "login", "--url", keycloak_airflow.url, *options)
    assert done.code == 0, done
    assert person("dags", "list").code == 0


def test_airflows_own_client_on_keycloak(
    person: Program, keycloak_airflow: LocalAirflow, oidc: OidcServer
) -> None:
    own = person.with_environ(AIRFLOWCTL_CLIENT_SECRET=oidc.airflow_secret)
    line = ["auth", "login", "--url", keycloak_airflow.url, "--method", "client-credentials"]
    done = own(*line, "--client-id", oidc.airflow_client)
    assert done.code == 0, done
    assert own("dags", "list").code == 0


@pytest.mark.parametrize("path", ["/nowhere", "/api/v2/version"])
def test_what_is_no_issuer(person: Program, oidc_airflow: LocalAirflow, path: str) -> None:
    line = ["auth", "login", "--url", oidc_airflow.url, "--client-id", "x", "--method", "oidc-device"]
    done = person(*line, "--issuer", oidc_airflow.url + path)
    assert (done.out, done.code) == ("", 1)
    assert "--issuer" in done.err


def test_an_issuer_that_is_not_encrypted(person: Program, oidc_airflow: LocalAirflow) -> None:
    line = ["auth", "login", "--url", oidc_airflow.url, "--client-id", "x", "--method", "oidc-device"]
    done = person(*line, "--issuer", "http://sso.example.org")
    assert (done.out, done.code) == ("", 2)
    assert "not encrypted" in done.err


def test_what_a_way_needs_is_named(person: Program, oidc_airflow: LocalAirflow) -> None:
    done = person("auth", "login", "--url", oidc_airflow.url, "--method", "oidc-pkce")
    assert (done.out, done.code) == ("", 2)
    assert "--issuer and --client-id" in done.err


# A token from elsewhere.


def test_a_token_on_standard_input(person: Program, airflow: LocalAirflow, token: str) -> None:
    done = person("auth", "login", "--url", airflow.url, "--token-stdin", stdin=token + "\n")
    assert done.code == 0, done
    assert token not in done.out
    found = status(person)
    assert (found["method"], found["username"]) == ("static", "admin")


@pytest.mark.parametrize("bad", ["garbage", "two words", ""])
def test_a_token_that_is_none_is_not_kept(
    person: Program, airflow: LocalAirflow, bad: str, tmp_path: Path
) -> None:
    done = person("auth", "login", "--url", airflow.url, "--token-stdin", stdin=bad + "\n")
    assert (done.out, done.code in (2, 4)) == ("", True)
    assert not list(tmp_path.rglob("*.toml"))


def test_a_token_in_a_file_is_read_each_time(
    person: Program, airflow: LocalAirflow, token: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    write_private(file, token + "\n")
    assert person("auth", "login", "--url", airflow.url, "--token-file", str(file)).code == 0
    assert person("dags", "list").code == 0
    file.write_text("another.to.ken")
    assert person("dags", "list").code == 4
    file.unlink()
    gone = person("dags", "list")
    assert (gone.out, gone.code) == ("", 2)
    assert str(file) in gone.err


def test_a_variable_that_names_a_file(
    program: Program, airflow: LocalAirflow, token: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    write_private(file, token + "\n")
    own = program.with_environ(AIRFLOWCTL_URL=airflow.url, AIRFLOW_CLI_TOKEN_FILE=str(file))
    assert own("dags", "list").code == 0
    found = own("auth", "status", "-o", "json").json
    assert found["token_from"] == "AIRFLOW_CLI_TOKEN_FILE"


def test_a_token_that_is_pasted(person: Program, airflow: LocalAirflow, token: str) -> None:
    with Screen(person, "auth", "login", "--url", airflow.url, "--method", "paste") as screen:
        screen.until("Generate Token", "Token .it is not shown.:")
        screen.type(token + "\n")
        screen.until("logged in to")
        assert screen.end() == 0
        assert token not in screen.raw


def test_the_official_option_works_and_warns(program: Program, airflow: LocalAirflow, token: str) -> None:
    done = program("dags", "list", "--url", airflow.url, "--api-token", token)
    assert done.code == 0
    assert "--api-token" in done.err
    assert "process list" in done.err
    assert token not in done.err
    assert "--api-token" not in program("help").out
