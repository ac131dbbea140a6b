"""The administrator's policy: what it fixes stays fixed; one that cannot be read allows nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.core.errors import ConfigError
from airflowctl.core.options import Options
from airflowctl.main import new_session
from airflowctl.storage import policy as policies
from airflowctl.storage.policy import Policy, load_policy, matches
from tests.support.environment_files import write
from tests.support.keyrings import Kept
from tests.support.program import Program
from tests.support.shell_driver import streams
from tests.support.stub import Stub, lets_in, reply


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's policy file, in a folder of the test."""
    path = tmp_path / "etc" / "policy.toml"
    path.parent.mkdir()
    monkeypatch.setattr(policies, "SYSTEM_FILE", str(path))
    return path


def fix(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o644)
    return path


MATCHES = [
    ("https://airflow.example.org", "https://airflow.example.org", True),
    ("https://airflow.example.org/", "https://airflow.example.org/team-a", True),
    ("https://airflow.example.org", "https://airflow.example.org.evil.test", False),
    ("https://airflow.example.org", "http://airflow.example.org", False),
    ("https://airflow.example.org/team-a", "https://airflow.example.org/team-b", False),
    ("https://airflow.example.org/team-a", "https://airflow.example.org/team-ab", False),
    ("HTTPS://Airflow.Example.Org/team-a", "https://airflow.example.org/team-a", True),
    ("https://*.prod.example.org", "https://eu.prod.example.org", True),
    ("https://*.prod.example.org", "https://prod.example.org", False),
    ("airflow.example.org", "http://airflow.example.org:8080/x", True),
    ("airflow.example.org", "https://airflow.example.org.", True),
    ("airflow.example.org", "https://notairflow.example.org", False),
    ("*.example.org", "https://a.b.example.org", True),
    ("127.0.0.1", "http://127.0.0.1:8080", True),
    ("*", "http://localhost:8080", True),
    ("::1", "http://[::1]:8080", True),
]


@pytest.mark.parametrize(("pattern", "url", "is_match"), MATCHES, ids=lambda value: str(value))
def test_a_pattern_of_addresses(pattern: str, url: str, is_match: bool) -> None:
    assert matches(pattern, url) is is_match


WRONG = {
    "unknown key": "redonly = true",
    "no TOML": "read_only = ",
    "text for a list": 'stores = "keyring"',
    "empty text": 'production = [""]',
    "number": "insecure = 1",
    "relative log": 'audit_log = "audit.jsonl"',
    "number in a list": "login_methods = [1]",
    "text for a truth": 'programs = "no"',
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_policy_that_cannot_be_read_allows_nothing(
    text: str, system: Path, online: Program, stub: Stub
) -> None:
    fix(system, text)
    done = online("pools", "list")
    assert (done.code, done.out, stub.requests) == (1, "", [])
    assert f"{system} is no policy: " in done.err


def test_a_policy_that_others_can_write_allows_nothing(system: Path, online: Program, stub: Stub) -> None:
    fix(system, "").chmod(0o666)
    assert (online("pools", "list").code, stub.requests) == (1, [])


def test_without_a_server_no_policy_is_read(system: Path, program: Program) -> None:
    fix(system, "nonsense")
    for words in (("--help",), ("version",), ("help", "dags")):
        assert program(*words).code == 0


def test_the_variable_tightens_only(system: Path, tmp_path: Path) -> None:
    fix(system, 'stores = ["keyring", "kernel"]\ninsecure = false\nread_only = ["a.test"]\n')
    own = fix(tmp_path / "own.toml", 'stores = ["kernel", "memory"]\ninsecure = true\nread_only = false\n')
    policy = load_policy({"AIRFLOWCTL_POLICY": str(own)})
    assert (policy.stores, policy.insecure) == (("kernel",), False)
    assert policy.is_read_only("https://a.test")
    assert policy.sources == (str(system), str(own))


def test_a_policy_that_is_named_must_be_there(system: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_policy({"AIRFLOWCTL_POLICY": str(tmp_path / "nosuch.toml")})
    assert load_policy({"AIRFLOWCTL_POLICY": " "}) == Policy()


def test_an_address_of_the_policy_is_production(system: Path, online: Program, stub: Stub) -> None:
    fix(system, f'production = ["{stub.url}"]\n')
    assert new_session(streams(online), Options()).is_production
    assert not new_session(streams(online), Options(url="http://127.0.0.1:9")).is_production


@pytest.mark.parametrize("option", ["--insecure", "--insecure-http"])
def test_the_way_must_be_safe(option: str, system: Path, online: Program, stub: Stub) -> None:
    fix(system, "insecure = false\n")
    done = online("pools", "list", option)
    assert (done.code, stub.requests) == (4, [])
    assert f"does not allow {option}" in done.err


def test_also_where_the_environments_file_says_so(
    system: Path, online: Program, stub: Stub, home: Path
) -> None:
    fix(system, "insecure = false\n")
    write(home, "open", f'url = "{stub.url}"\n[network]\ninsecure = true\n')
    done = online("-e", "open", "pools", "list")
    assert (done.code, stub.requests) == (4, [])


def test_a_store_must_be_allowed(system: Path, program: Program, stub: Stub, kept: Kept) -> None:
    fix(system, 'stores = ["kernel"]\n')
    done = program(
        "auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin", "--store", "keyring",
        stdin="hunter22\n",
    )  # fmt: skip
    assert (done.code, done.out) == (4, "")
    assert "does not allow the store keyring" in done.err


def test_a_login_method_must_be_allowed(system: Path, program: Program, stub: Stub, kept: Kept) -> None:
    fix(system, 'login_methods = ["oidc-pkce"]\n')
    words = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    done = program(*words, stdin="hunter22\n")
    assert done.code == 4
    assert "does not allow the login method password" in done.err
    assert [sent for sent in stub.requests if b"hunter22" in sent.body] == []


def test_a_token_in_a_variable_is_the_method_static(system: Path, online: Program, stub: Stub) -> None:
    fix(system, 'login_methods = ["password"]\n')
    assert online("pools", "list").code == 4
    assert [sent for sent in stub.requests if "authorization" in sent.headers] == []
    fix(system, 'login_methods = ["static"]\n')
    assert online("pools", "get", "p").code == 0


def test_a_login_kept_before_is_not_used_either(
    system: Path, program: Program, stub: Stub, kept: Kept
) -> None:
    words = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    assert program(*words, stdin="hunter22\n").code == 0
    fix(system, 'login_methods = ["oidc-pkce"]\n')
    before = len(stub.requests)
    assert program("pools", "get", "p").code == 4
    assert len(stub.requests) == before


@pytest.mark.parametrize("line", ["!touch made", "pools get p | tee made", "pools get p > made"])
@pytest.mark.usefixtures("in_a_folder")
def test_programs_in_a_batch(line: str, system: Path, online: Program, stub: Stub) -> None:
    fix(system, "programs = false\n")
    done = online(stdin=f"pools get p\n{line}\n")
    assert (done.code, done.out, stub.requests) == (2, "", [])
    assert "stdin:2:1: error: " in done.err and "does not allow programs" in done.err
    assert not os.path.exists("made")


# The audit log.


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


@pytest.fixture
def audited(online: Program, log: Path) -> Program:
    return online.with_environ(AIRFLOWCTL_AUDIT_LOG=str(log))


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []


def test_a_change_is_recorded_without_its_value(audited: Program, stub: Stub, log: Path) -> None:
    assert audited("connections", "update", "p", "--conn-password", "s3cret-canary").code in (0, 1)
    assert audited("pools", "get", "p").code == 0
    row = rows(log)[-1]
    sent = stub.requests[-1].headers["x-request-id"]
    assert (row["operation"], row["change"], row["names"]) == ("get_pool", False, ["p"])
    assert (row["request_id"], row["exit_code"], row["url"]) == (sent, 0, stub.url)
    assert {"time", "os_user", "user", "environment", "method", "route"} < set(row)
    assert "s3cret-canary" not in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_each_line_of_a_batch_has_its_own_exit_code(audited: Program, stub: Stub, log: Path) -> None:
    audited("--keep-going", "-f", "-", stdin="pools get p\npools get q --columns nosuch\n")
    assert [(row["operation"], row["exit_code"]) for row in rows(log)] == [
        ("get_pool", 0),
        ("get_pool", 2),
    ]


def test_a_login_is_recorded(program: Program, stub: Stub, kept: Kept, log: Path) -> None:
    own = program.with_environ(AIRFLOWCTL_AUDIT_LOG=str(log))
    words = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    assert own(*words, stdin="s3cret-canary\n").code == 0
    assert "/auth/token/cli" in [row["route"] for row in rows(log)]
    assert "s3cret-canary" not in log.read_text()


def test_names_in_a_body_are_recorded(audited: Program, stub: Stub, log: Path, tmp_path: Path) -> None:
    none: dict[str, object] = {"variables": [], "total_entries": 0}
    stub.answer = lambda request: reply(none) if request.path.endswith("/variables") else lets_in(request)
    source = tmp_path / "variables.json"
    source.write_text('{"first": "s3cret-canary", "second": "x"}')
    audited("variables", "import", str(source))
    changes = [row for row in rows(log) if row["change"]]
    assert [row["names"] for row in changes] == [["first", "second"]]
    assert "s3cret-canary" not in log.read_text()


UNWRITABLE = ["/nonexistent/audit.jsonl", "/dev", "{folder}/link"]


@pytest.mark.parametrize("path", UNWRITABLE)
def test_what_cannot_be_recorded_is_not_sent(path: str, online: Program, stub: Stub, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    log = path.format(folder=tmp_path)
    done = online.with_environ(AIRFLOWCTL_AUDIT_LOG=log)("pools", "get", "p")
    assert (done.code, done.out, stub.requests) == (1, "", [])
    assert f"the audit log {log} cannot be written" in done.err


@pytest.fixture
def full() -> Iterator[str]:
    yield "/dev/full"


def test_a_log_that_is_full_is_no_success(full: str, online: Program) -> None:
    done = online.with_environ(AIRFLOWCTL_AUDIT_LOG=full)("pools", "get", "p")
    assert done.code == 1
    assert "the audit log /dev/full cannot be written: No space left on device" in done.err


def test_the_policys_log_cannot_be_left_out(system: Path, online: Program, log: Path, tmp_path: Path) -> None:
    fix(system, f'audit_log = "{log}"\n')
    other = tmp_path / "other.jsonl"
    assert online.with_environ(AIRFLOWCTL_AUDIT_LOG=str(other))("pools", "get", "p").code == 0
    assert rows(log) == rows(other) != []


# Every request has an id.


def test_a_request_carries_an_id_that_debug_and_json_errors_show(online: Program, stub: Stub) -> None:
    done = online("pools", "get", "p", "--debug")
    sent = stub.requests[-1].headers["x-request-id"]
    assert len(bytes.fromhex(sent)) == 16
    assert f"request {sent}" in done.err
    online("pools", "get", "p")
    assert stub.requests[-1].headers["x-request-id"] != sent
