"""`doctor`: what is wrong with the installation, the settings, the way to the server and the login."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from local_airflow import LocalAirflow

import airflowctl
from airflowctl.domain.doctor import machine, server
from tests.support.certificate_authority import Authority
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply

CHECKS = (
    "install", "package-files", "path", "plug-ins", "settings", "keyring", "terminal", "completion",
    "environment", "network", "connection", "certificate", "clock", "server-version", "login", "rights",
)  # fmt: skip


def findings(done: Done) -> dict[str, dict[str, Any]]:
    return {finding["check"]: finding for finding in done.json["findings"]}


def examine(program: Program, *options: str) -> dict[str, dict[str, Any]]:
    done = program("doctor", "-o", "json", *options)
    assert done.code == (0 if done.json["ok"] else 1)
    return findings(done)


def test_a_healthy_machine_has_nothing_to_mend(ctl: Program, airflow: LocalAirflow) -> None:
    ctl = ctl.with_environ(AIRFLOWCTL_STORE="kernel")
    rows = examine(ctl)
    assert tuple(rows) == CHECKS
    wrong = {name: row for name, row in rows.items() if row["state"] == "problem"}
    assert set(wrong) <= {"keyring"}  # where the tests run there may be neither a desktop nor a kernel's
    assert rows["server-version"]["detail"].startswith("Airflow 3.3.2")
    assert rows["login"]["detail"].startswith("logged in as admin")
    assert "connections" in rows["rights"]["detail"]
    assert airflow.url in rows["environment"]["detail"]


def test_the_rights_are_those_of_the_user(viewer: Program) -> None:
    rows = examine(viewer)
    assert "may read Dags" in rows["rights"]["detail"]
    assert "may not read" in rows["rights"]["detail"]


def test_without_a_server_the_machine_is_checked_all_the_same(program: Program) -> None:
    rows = examine(program)
    assert tuple(rows) == CHECKS[:9]
    assert rows["environment"]["state"] == "problem"
    assert rows["environment"]["fix"].startswith("airflowctl auth login --url ")


def test_a_dead_server_is_named_once_and_at_once(nowhere: Program) -> None:
    begun = time.monotonic()
    rows = examine(nowhere.with_environ(AIRFLOWCTL_RETRY_FOR="60"))
    assert time.monotonic() - begun < 30  # it does not wait for the server to come back
    assert rows["connection"]["state"] == "problem"
    assert "connection refused" in rows["connection"]["detail"]
    assert {rows[name]["state"] for name in CHECKS[11:]} == {"not checked"}


def test_who_is_not_logged_in_gets_the_line(program: Program, stub: Stub) -> None:
    rows = examine(program, "--url", stub.url)
    assert (rows["login"]["state"], rows["login"]["fix"]) == (
        "problem",
        f"airflowctl --url {stub.url} auth login",
    )
    assert rows["rights"]["state"] == "not checked"


def test_a_refused_token_is_a_problem_with_its_line(online: Program, stub: Stub) -> None:
    def answer(request: Request) -> Reply:
        if request.path.endswith(("/version", "/health")):
            return lets_in(request)
        return reply({"detail": "Invalid JWT token"}, 401)

    stub.answer = answer
    login = examine(online)["login"]
    assert (login["state"], login["fix"].split()[:3]) == ("problem", ["airflowctl", "auth", "login"])


@pytest.mark.parametrize(
    ("ahead", "words"), [(3600, "60 min ahead of"), (-3600, "60 min behind"), (5, "agree"), (-5, "agree")]
)
def test_clocks_are_compared(
    ahead: float, words: str, online: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(time=lambda: time.time() + ahead, perf_counter=time.perf_counter)
    monkeypatch.setattr(server, "time", clock)
    found = examine(online)["clock"]
    assert words in found["detail"]
    assert found["state"] == ("ok" if words == "agree" else "problem")


@pytest.mark.parametrize(
    ("version", "state", "words"),
    [
        ("3.3.2", "ok", "3.3.2"),
        ("3.0.6", "ok", "it lacks"),
        ("3.9.0", "warning", "newer"),
        ("4.0.0", "warning", "newer"),
        ("2.11.0", "problem", "Airflow 2.11.0"),
        ("", "warning", "does not say"),
        ("main", "warning", "does not say"),
    ],
)
def test_the_servers_version_is_judged(
    version: str, state: str, words: str, online: Program, stub: Stub
) -> None:
    stub.answer = lambda request: reply({"version": version, "username": "ann"})
    found = examine(online)["server-version"]
    assert (found["state"], words in found["detail"]) == (state, True)


def test_a_certificate_is_shown_with_its_end(program: Program, https: Stub, authority: Authority) -> None:
    online = program.with_environ(AIRFLOWCTL_URL=https.url, AIRFLOW_CLI_TOKEN="t.o.k")
    found = examine(online, "--ca-bundle", str(authority.bundle))["certificate"]
    assert found["state"] in ("ok", "warning")
    assert found["detail"].startswith("verified, issued by ")
    unchecked = examine(online, "--insecure")
    assert unchecked["certificate"]["state"] == "not checked"
    assert unchecked["network"]["state"] == "warning"
    assert "--ca-bundle" in examine(online)["connection"]["fix"]


def test_a_damaged_file_is_named(program: Program, home: Path) -> None:
    (home / "environments").mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    (home / "environments" / "dev.toml").write_text("url = 3")
    settings = examine(program)["settings"]
    assert settings["state"] == "problem"
    assert "dev.toml" in settings["detail"]
    assert settings["fix"]


def test_the_command_that_hides_another_is_seen(tmp_path: Path) -> None:
    own = os.path.dirname(sys.executable)
    other = tmp_path / "airflowctl"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    assert machine.check_path(str(tmp_path / "none")).state == "warning"
    hidden = machine.check_path(os.pathsep.join((str(tmp_path), own)))
    assert (hidden.state, str(other) in hidden.detail, own in hidden.fix) == ("warning", True, True)
    first = machine.check_path(os.pathsep.join((own, str(tmp_path))))
    assert (first.state, str(other) in first.detail) == ("ok", True)


def test_another_program_in_our_package_is_named(tmp_path: Path, program: Program) -> None:
    """As pip leaves it when `apache-airflow-ctl` is installed into the same environment."""
    shutil.copytree(Path(airflowctl.__file__).parent, tmp_path / "airflowctl")
    shutil.copytree(Path(airflowctl.__file__).parents[1] / "completers", tmp_path / "completers")
    information = tmp_path / "apache_airflow_ctl-0.1.5.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: apache-airflow-ctl\nVersion: 0.1.5\n")
    (information / "RECORD").write_text("airflowctl/ctl/cli_parser.py,,\n")
    environ = {**program.process_environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "airflowctl", "doctor"],
        env=environ, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert "apache-airflow-ctl installs into the same package" in done.stdout
    assert "pipx install airflowctl-shell" in done.stdout


def test_no_secret_is_shown(online: Program) -> None:
    secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2VjcmV0c2VjcmV0"
    shown = online.with_environ(AIRFLOW_CLI_TOKEN=secret, HTTPS_PROXY="http://me:hunter2@127.0.0.1:9")
    done = shown("doctor")
    assert secret not in done.out + done.err
    assert "hunter2" not in done.out + done.err
