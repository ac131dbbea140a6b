"""Logins to managed Airflow, each against a stand-in that checks every request to the letter.

None of them was tried on the real service, which docs/how-to/login.md says.
"""

from __future__ import annotations

import json
import stat
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply

FORM = "application/x-www-form-urlencoded"
WEB_TOKEN = "web.login-token.of-aws"
GOOGLE_TOKEN = "ya29.a0-google_canary"
ASTRO_TOKEN = "astro.canary-token.x"


def jwt(**claims: object) -> str:
    part = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{part}.c2ln"


def airflow(request: Request, token: str) -> Reply:
    """What an Airflow answers to this token; to another one it says that the token has ended."""
    if request.headers.get("authorization") != f"Bearer {token}":
        return reply({"detail": "Token Expired"}, 401)
    if request.path.endswith("/ui/auth/me"):
        return reply({"username": "ann"})
    return reply({"pools": [{"name": "p", "slots": 1}], "total_entries": 1})


def bearers(stub: Stub) -> list[str]:
    return [r.headers["authorization"] for r in stub.requests if "authorization" in r.headers]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs, the only one on PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, code: str) -> Path:
    """A program of that name, in Python; its arguments are added to NAME.log beside it."""
    file, log = folder / name, folder / f"{name}.log"
    head = f"#!{sys.executable}\nimport json, os, sys, time\n"
    file.write_text(f"{head}open({str(log)!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n{code}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return log


def calls(log: Path) -> list[list[str]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def own(person: Program, programs: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A user with these programs and none of the clouds' own libraries."""
    for name in ("boto3", "google.auth"):
        monkeypatch.setitem(sys.modules, name, None)
    return person.with_environ(PATH=str(programs))


# Amazon MWAA.


class Mwaa(Stub):
    """The web server of an MWAA environment: the token of its cookie is good until it is ended."""

    def __init__(self) -> None:
        super().__init__(self._reply)
        self.token = jwt(sub="ann", exp=time.time() + 3600)

    def _reply(self, request: Request) -> Reply:
        if request.target != "/pluginsv2/aws_mwaa/login":
            return airflow(request, self.token)
        assert (request.method, request.headers["content-type"]) == ("POST", FORM)
        assert request.body == b"token=" + WEB_TOKEN.encode()
        assert not {"authorization", "cookie"} & set(request.headers)
        cookie = f"_token={self.token}; HttpOnly; Path=/; SameSite=lax; Secure"
        return Reply(
            b"", 302, (("Location", "/"), ("Set-Cookie", "session=x; Path=/"), ("Set-Cookie", cookie))
        )


@contextmanager
def mwaa() -> Iterator[Mwaa]:
    made = Mwaa()
    with made:
        yield made


AWS = f"""print(json.dumps({{"WebToken": {WEB_TOKEN!r}, "WebServerHostname": "127.0.0.1",
"IamIdentity": "assumed-role/Admin/ann", "AirflowIdentity": "assumed-role/Admin"}}))"""
TO_MWAA = ("auth", "login", "--method", "mwaa", "--setting", "mwaa_environment=Prod-1", "--setting",
           "region=eu-west-1")  # fmt: skip


def test_mwaa_trades_in_a_web_login_token(own: Program, programs: Path) -> None:
    log = put(programs, "aws", AWS)
    with mwaa() as server:
        done = own(*TO_MWAA, "--url", server.url)
        assert done.code == 0, done
        assert "as assumed-role/Admin" in done.out
        wanted = "mwaa create-web-login-token --name Prod-1 --region eu-west-1 --output json"
        assert calls(log) == [wanted.split()]
        assert own("pools", "list", "-o", "name").out == "p\n"
        assert set(bearers(server)) == {f"Bearer {server.token}"}
        assert len(calls(log)) == 1  # the token of Airflow is kept
        shown = done.out + done.err + own("pools", "list", "--debug").err
        assert WEB_TOKEN not in shown
        assert server.token not in shown


def test_mwaa_logs_in_anew_when_its_token_is_refused(own: Program, programs: Path) -> None:
    log = put(programs, "aws", AWS)
    with mwaa() as server:
        assert own(*TO_MWAA, "--url", server.url).code == 0
        server.token = jwt(sub="ann", exp=time.time() + 7200)
        assert own("pools", "list", "-o", "name").out == "p\n"
        assert len(calls(log)) == 2


def test_mwaa_by_the_sdk(
    own: Program, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package in place of boto3, which says how it was called; docs/how-to/mwaa.md names what was tried."""
    package = tmp_path / "packages"
    for name, code in {
        "boto3/__init__.py": "import json, os\n"
        "class Session:\n"
        "    def __init__(self, **facts): self.facts = facts\n"
        "    def client(self, name, config): self.facts['client'] = name; return self\n"
        "    def create_web_login_token(self, **facts):\n"
        f"        open({str(tmp_path / 'sdk')!r}, 'w').write(json.dumps([self.facts, facts]))\n"
        f"        return {{'WebToken': {WEB_TOKEN!r}, 'WebServerHostname': '127.0.0.1'}}\n",
        "botocore/__init__.py": "",
        "botocore/config.py": "class Config:\n    def __init__(self, **facts): pass\n",
        "botocore/exceptions.py": "class BotoCoreError(Exception): pass\n\n"
        "class ClientError(Exception): pass\n",
    }.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(code)
    monkeypatch.syspath_prepend(package)
    for name in ("boto3", "botocore", "botocore.config", "botocore.exceptions"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with mwaa() as server:
        assert own(*TO_MWAA, "--url", server.url).code == 0
    facts = [{"profile_name": None, "region_name": "eu-west-1", "client": "mwaa"}, {"Name": "Prod-1"}]
    assert json.loads((tmp_path / "sdk").read_text()) == facts
    for name in ("boto3", "botocore", "botocore.config", "botocore.exceptions"):
        monkeypatch.delitem(sys.modules, name, raising=False)


AWS_FAULTS = {
    "it fails": (
        "print('secret-canary'); sys.exit('An error occurred (AccessDenied): no \\x1b[31mway')",
        "AccessDenied",
    ),
    "no JSON": ("print('secret-canary')", "something else than JSON"),
    "no token": ("print(json.dumps({'WebServerHostname': '127.0.0.1'}))", "without a web login token"),
    "another host": (
        "print(json.dumps({'WebToken': 't', 'WebServerHostname': 'evil.example'}))",
        "evil.example",
    ),
    "a header in it": (
        "print(json.dumps({'WebToken': 'a\\r\\nX: 1', 'WebServerHostname': '127.0.0.1'}))",
        "without a web login",
    ),
}


@pytest.mark.parametrize("case", AWS_FAULTS)
def test_mwaa_without_a_web_login_token(own: Program, programs: Path, case: str) -> None:
    code, words = AWS_FAULTS[case]
    put(programs, "aws", code)
    with mwaa() as server:
        done = own(*TO_MWAA, "--url", server.url)
        assert done.code in (2, 4), done
        assert words in done.err
        assert "secret-canary" not in done.out + done.err
        assert "\x1b" not in done.err
        assert not server.requests


def test_mwaa_without_a_program(own: Program, stub: Stub) -> None:
    done = own(*TO_MWAA, "--url", stub.url)
    assert done.code == 4
    assert "there is no program aws" in done.err
    assert "airflowctl-shell[mwaa]" in done.err
    assert (
        "--setting mwaa_environment=VALUE" in own("auth", "login", "--url", stub.url, "--method", "mwaa").err
    )
    assert not stub.requests


def test_a_program_without_an_end_is_ended(
    own: Program, programs: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("airflowctl.api.auth.cloud_program.LIMIT", 0.3)
    put(programs, "aws", "time.sleep(60)")
    done = own(*TO_MWAA, "--url", stub.url)
    assert (done.code, stub.requests) == (4, [])
    assert "aws gave no answer in 0.3 s" in done.err


@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 4), (404, 1), (200, 1), (302, 1), (500, 1)])
def test_mwaa_refuses_the_web_login_token(own: Program, programs: Path, status: int, code: int) -> None:
    put(programs, "aws", AWS)
    with Stub(lambda request: reply("no", status, "text/plain", Location="/home")) as server:
        done = own(*TO_MWAA, "--url", server.url)
        assert done.code == code, done
        assert WEB_TOKEN not in done.err
        assert [request.target for request in server.requests] == ["/pluginsv2/aws_mwaa/login"]


# Google Cloud Composer.


def to_composer(own: Program, url: str, *more: str) -> Done:
    return own("auth", "login", "--method", "composer", "--url", url, *more)


def test_composer_sends_googles_token(own: Program, programs: Path) -> None:
    log = put(programs, "gcloud", f"print({GOOGLE_TOKEN!r})")
    with Stub(lambda request: airflow(request, GOOGLE_TOKEN)) as server:
        assert to_composer(own, server.url).code == 0
        done = own("pools", "list", "-o", "name", "--debug")
        assert (done.out, done.code) == ("p\n", 0)
        assert set(bearers(server)) == {f"Bearer {GOOGLE_TOKEN}"}
        assert GOOGLE_TOKEN not in done.err
    assert calls(log)[0] == ["auth", "print-access-token"]


def test_composers_token_is_kept_nowhere(own: Program, programs: Path, home: Path) -> None:
    put(programs, "gcloud", f"print({GOOGLE_TOKEN!r})")
    with Stub(lambda request: airflow(request, GOOGLE_TOKEN)) as server:
        assert to_composer(own, server.url).code == 0
    assert not [path for path in home.rglob("*") if path.is_file() and GOOGLE_TOKEN in path.read_text()]
    assert own("env", "show", "default", "-o", "json").json.get("store") is None


def test_a_redirect_to_googles_login_is_not_followed(own: Program, programs: Path) -> None:
    put(programs, "gcloud", f"print({GOOGLE_TOKEN!r})")
    page = "https://accounts.google.com/o/oauth2/v2/auth?client_id=x&state=secret-canary"
    with Stub(lambda request: Reply(b"", 302, (("Location", page),))) as server:
        to_composer(own, server.url)
        done = own("pools", "list")
        assert done.code == 4, done
        assert "redirects to Google's login page" in done.err
        assert "secret-canary" not in done.err
        assert "--url https://accounts" not in done.err


def test_googles_token_goes_to_composer_only(own: Program, programs: Path, home: Path) -> None:
    log = put(programs, "gcloud", f"print({GOOGLE_TOKEN!r})")
    for host in (
        "airflow.example.org",
        "composer.googleusercontent.com.evil.example",
        "evilcomposer.googleusercontent.com",
    ):
        done = to_composer(own, f"https://{host}")
        assert (done.code, calls(log)) == (2, []), done
        assert f"{host} is no host of Cloud Composer" in done.err


@pytest.mark.parametrize("said", ["", "two words", "<html>"])
def test_what_is_no_token_of_google(own: Program, programs: Path, stub: Stub, said: str) -> None:
    put(programs, "gcloud", f"print({said!r})")
    done = to_composer(own, stub.url)
    assert (done.code, stub.requests) == (4, [])
    assert "gave no access token" in done.err


# Astronomer.


def astronomer(request: Request) -> Reply:
    """Astronomer's own API, with two organisations and a page of one deployment at a time."""
    assert request.method == "GET"
    assert request.headers["authorization"] == f"Bearer {ASTRO_TOKEN}"
    base = "/platform/v1beta1/organizations"
    if request.path == base:
        assert request.target == f"{base}?limit=100&offset=0"
        return reply({"organizations": [{"id": "org1"}, {"id": "org2"}], "totalCount": 2})
    assert request.path in (f"{base}/org1/deployments", f"{base}/org2/deployments")
    offset, total = int(request.query["offset"][0]), 2 if "org1" in request.path else 0
    rows = [
        {"id": "d1", "name": "etl", "webServerAirflowApiUrl": "acme.astronomer.run/dabc/api/v2",
         "status": "HEALTHY", "airflowVersion": "3.0.2", "workspaceName": "data"},
        {"id": "d2", "name": "new", "webServerUrl": "acme.astronomer.run/dxyz?orgId=org1"},
    ]  # fmt: skip
    return reply({"deployments": rows[offset : offset + 1] if total else [], "totalCount": total})


def test_astronomers_deployments(own: Program) -> None:
    with Stub(astronomer) as server:
        program = own.with_environ(ASTRO_API_TOKEN=ASTRO_TOKEN)
        line = ("env", "discover", "astronomer", "--service-url", server.url)
        done = program(*line, "--columns", "name,url,status")
        assert (done.err, done.code) == ("", 0)
        assert done.lines == [
            "name\turl\tstatus",
            "etl\thttps://acme.astronomer.run/dabc\tHEALTHY",
            "new\thttps://acme.astronomer.run/dxyz\t",
        ]
        assert program(*line, "--organization", "org2", "-o", "json").json == []


def test_astronomers_token_is_read_from_its_programs_file(own: Program, tmp_path: Path) -> None:
    file = tmp_path / ".astro" / "config.yaml"
    file.parent.mkdir()
    with Stub(lambda request: airflow(request, ASTRO_TOKEN)) as server:
        line = ("auth", "login", "--method", "astronomer", "--url", server.url)
        assert "set ASTRO_API_TOKEN, or run: astro login" in own(*line).err
        file.write_text(
            "context: astronomer.io\ncontexts:\n  astronomer_io:\n    domain: astronomer.io\n"
            f"    token: Bearer {ASTRO_TOKEN}\n  other_io:\n    token: Bearer wrong\n"
        )
        file.chmod(0o600)
        assert own(*line).code == 0
        assert own("pools", "list", "-o", "name").out == "p\n"
        assert set(bearers(server)) == {f"Bearer {ASTRO_TOKEN}"}
        file.write_text("contexts: [")
        assert "it is no YAML" in own("pools", "list").err


@pytest.mark.parametrize(
    ("status", "words"), [(401, "does not accept the token"), (403, "may not read"), (500, "500")]
)
def test_astronomers_api_refuses(own: Program, status: int, words: str) -> None:
    with Stub(lambda request: reply({}, status)) as server:
        program = own.with_environ(ASTRO_API_TOKEN=ASTRO_TOKEN)
        done = program("env", "discover", "astronomer", "--service-url", server.url)
        assert done.code in (1, 4)
        assert words in done.err
        assert ASTRO_TOKEN not in done.err


def test_astronomers_token_goes_to_astronomer_only(own: Program) -> None:
    program = own.with_environ(ASTRO_API_TOKEN=ASTRO_TOKEN)
    done = program("auth", "login", "--method", "astronomer", "--url", "https://airflow.example.org")
    assert done.code == 2
    assert "is no host of Astronomer" in done.err


@pytest.mark.parametrize(
    "answer", [{}, {"organizations": {}}, {"organizations": [1]}, {"organizations": None}]
)
def test_astronomers_api_answers_with_something_else(own: Program, answer: object) -> None:
    with Stub(lambda request: reply(answer)) as server:
        program = own.with_environ(ASTRO_API_TOKEN=ASTRO_TOKEN)
        done = program("env", "discover", "astronomer", "--service-url", server.url)
        assert (done.out, done.code) == ("", 1)
        assert f"{server.url} answered /platform/v1beta1/organizations without organizations" in done.err
