"""Logins by a program that prints a token."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from shlex import split

import pytest
from local_airflow import LocalAirflow

from airflowctl.core.redaction import place_of_secret
from tests.auth.test_login_methods import status
from tests.support.program import Program

KINDS = {
    "raw": "print(t)",
    "kubectl": "print(json.dumps({'kind': 'ExecCredential', 'status': {'token': t}}))",
    "oauth": "print(json.dumps({'access_token': t, 'expires_in': 300}))",
}


@pytest.mark.parametrize("code", KINDS.values(), ids=KINDS)
def test_a_program_that_prints_a_token(person: Program, airflow: LocalAirflow, token: str, code: str) -> None:
    line = ["auth", "login", "--url", airflow.url, "--method", "command", "--"]
    own = person.with_environ(OUR_TOKEN=token)
    done = own(*line, sys.executable, "-c", f"import json, os; t = os.environ['OUR_TOKEN']; {code}")
    assert done.code == 0, done
    assert own("dags", "list").code == 0
    assert status(own)["token_from"] == "command"


BROKEN = {
    "nothing": ("pass", "wrote no token"),
    "a page": ("print('<html>login</html>')", "wrote no token"),
    "two lines": ("print('a\\r\\nX-Evil: 1')", "wrote no token"),
    "broken JSON": ("print('{')", "JSON that holds no token"),
    "expired": (
        'print(\'{"status": {"token"\' \': "t", "expirationTimestamp": "2020-01-01T00:00:00Z"}}\')',
        "has expired",
    ),
    "JSON of another form": ('print(\'{"status": "t"}\')', "JSON that holds no token"),
    "JSON that is too deep": ("print('{\"a\":' * 30_000)", "JSON that holds no token"),
    "no end": ("import sys\nwhile True: sys.stdout.write('t' * 10_000)", "wrote no token"),
    "fails": ("import sys; sys.exit(3)", "exit status 3"),
}


@pytest.mark.parametrize(("code", "said"), BROKEN.values(), ids=BROKEN)
def test_a_program_that_prints_none(person: Program, airflow: LocalAirflow, code: str, said: str) -> None:
    line = ["auth", "login", "--url", airflow.url, "--method", "command", "--"]
    done = person(*line, sys.executable, "-c", code)
    assert (done.out, done.code) == ("", 4)
    assert said in done.err
    assert "X-Evil" not in done.err


@pytest.mark.parametrize("lasts", ["Infinity", "NaN", "1e300"])
def test_a_time_that_no_clock_can_show_is_none(
    person: Program, airflow: LocalAirflow, token: str, lasts: str, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(f'{{"access_token": "opaque", "expires_in": {lasts}}}')
    line = ["auth", "token", "--url", airflow.url, "--method", "command", "-o", "json", "--"]
    done = person(*line, "cat", str(tmp_path / "token"))
    assert done.json == {"token": "opaque", "expires_at": None}


WITH_SECRETS = [
    "curl -H 'Authorization: Bearer hunter2-hunter2' https://sso.example.org",
    "curl https://me:hunter2-hunter2@sso.example.org/token",
    "login --password hunter2-hunter2",
    "login --password=hunter2-hunter2",
    "login --client-secret hunter2-hunter2",
    "echo eyJhbGciOi.eyJzdWIiOiJh.hunter2-hunter2",
]


@pytest.mark.parametrize("words", WITH_SECRETS)
def test_a_secret_among_the_words_of_a_program_is_not_kept(
    person: Program, tmp_path: Path, words: str
) -> None:
    line = ("auth", "login", "--url", "http://127.0.0.1:1", "--method", "command", "--", *split(words))
    done = person(*line)
    assert (done.out, done.code) == ("", 2)
    assert "looks like a secret" in done.err
    assert "hunter2" not in done.err
    assert not list(tmp_path.rglob("*.toml"))


HARMLESS = [
    "gcloud auth print-access-token",
    "gcloud secrets versions access latest --secret=airflow-token",
    "aws secretsmanager get-secret-value --secret-id prod/airflow --query SecretString",
    "cat /run/secrets/token",
    "login --password-file /run/secrets/p --token /run/secrets/t",
    "op read op://ops/airflow/password",
    "vault kv get -field=token secret/airflow",
    "sh -c 'curl -d password=$PASSWORD https://sso.example.org/token'",
    "pass show airflow/token",
]


@pytest.mark.parametrize("words", HARMLESS)
def test_what_names_a_secret_is_none(words: str) -> None:
    assert place_of_secret(split(words)) is None


def test_an_address_without_its_option_is_run_by_nobody(person: Program) -> None:
    done = person("auth", "login", "http://localhost:8080", "--url", "http://127.0.0.1:1")
    assert (done.out, done.code) == ("", 2)
    assert "unexpected argument 'http://localhost:8080'" in done.err
    assert "--url" in done.err


def test_a_program_that_is_not_there(person: Program, airflow: LocalAirflow) -> None:
    line = ["auth", "login", "--url", airflow.url, "--method", "command", "--", "/no/such/program"]
    done = person(*line)
    assert (done.out, done.code) == ("", 4)
    assert "/no/such/program" in done.err


def test_a_program_is_told_which_server(
    person: Program, airflow: LocalAirflow, token: str, tmp_path: Path
) -> None:
    file = tmp_path / "told"
    code = (
        "import os, sys; open(sys.argv[1], 'w').write(os.environ['AIRFLOWCTL_EXEC_INFO']);"
        " print(os.environ['OUR_TOKEN'])"
    )
    line = ["auth", "login", "--url", airflow.url, "--method", "command", "--"]
    own = person.with_environ(OUR_TOKEN=token)
    assert own(*line, sys.executable, "-c", code, str(file)).code == 0
    assert json.loads(file.read_text())["spec"] == {"server": airflow.url, "interactive": False}
