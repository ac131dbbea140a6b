"""What --offline, the time limit and the list of skips promise, tried on small runs of pytest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from local_airflow import places

from tests.support import offline
from tests.support.airflows import Kind, made
from tests.support.keyrings import keyring
from tests.support.only_loopback.sitecustomize import VARIABLE
from tests.support.paths import ROOT
from tests.support.servers import node

PLUGINS = ("tests.support.offline", "tests.support.time_limits", "tests.support.skips")


def run(folder: Path, bodies: list[str], *options: str) -> str:
    """What pytest prints about a test with each of these bodies, and its exit code at the end."""
    text = "import pytest, socket, subprocess, sys, time\n"
    for number, body in enumerate(bodies):
        text += f"\ndef test_{number}():\n" + "".join(f"    {line}\n" for line in body.splitlines())
    (folder / "test_it.py").write_text(text)
    plugins = [word for name in PLUGINS for word in ("-p", name)]
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, *plugins, *options]
    done = subprocess.run(
        [*command, str(folder / "test_it.py")],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), VARIABLE: ""},  # not this run's own guard
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return f"{done.stdout}{done.stderr}\nexit {done.returncode}"


CHILD = "subprocess.run([sys.executable, '-c', {!r}], env={{}})"
LEADS_OFF = [
    ("socket.create_connection(('192.0.2.1', 80), 1)", "connect 192.0.2.1:80"),
    ("socket.socket().connect_ex(('192.0.2.1', 81))", "connect 192.0.2.1:81"),
    ("socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))", "connect 2001:db8::1:80"),
    ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))", "sendto 192.0.2.1:53"),
    ("socket.getaddrinfo('airflow.apache.org', 443)", "getaddrinfo airflow.apache.org"),
    ("socket.gethostbyname('airflow.apache.org')", "gethostbyname airflow.apache.org"),
    ("socket.create_server(('', 0))", "bind 0.0.0.0:0"),
    ("socket.create_server(('0.0.0.0', 0))", "bind 0.0.0.0:0"),
    ("socket.getaddrinfo('127.evil.com', 80)", "getaddrinfo 127.evil.com"),
    (
        "try:\n    socket.create_connection(('192.0.2.2', 80), 1)\nexcept OSError:\n    pass",
        "connect 192.0.2.2:80",
    ),
    (CHILD.format("import socket; socket.create_connection(('192.0.2.3', 80), 1)"), "connect 192.0.2.3:80"),
    (CHILD.format("import urllib.request as u; u.urlopen('http://pypi.org')"), "getaddrinfo pypi.org"),
]


def test_an_offline_test_that_leads_off_this_machine_fails_by_address(tmp_path: Path) -> None:
    printed = run(tmp_path, [body for body, _ in LEADS_OFF], "--offline", "--tb=short")
    parts = re.split(r"_ (test_\d+) _", printed)
    failures = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(failures) == [f"test_{number}" for number in range(len(LEADS_OFF))]
    for text, (_, address) in zip(failures.values(), LEADS_OFF, strict=True):
        assert "an offline test leads off this machine" in text
        assert f"\n{address} (in: " in text
    assert printed.endswith("exit 1")


STAYS = """server = socket.create_server(('127.0.0.1', 0))
address = server.getsockname()
socket.create_connection(address).close()
socket.create_connection(('localhost', address[1])).close()
code = f'import socket; socket.create_connection({address}).close()'
assert subprocess.run([sys.executable, '-c', code], env={}).returncode == 0
one, other = socket.socketpair()
with pytest.raises(socket.gaierror):
    socket.getaddrinfo('nowhere.invalid', 80)"""


def test_an_offline_test_that_stays_on_this_machine_passes(tmp_path: Path) -> None:
    assert run(tmp_path, [STAYS], "--offline").endswith("exit 0")


def test_only_offline_the_network_is_refused(tmp_path: Path) -> None:
    # 192.0.2.1 is TEST-NET: wherever this runs, nothing answers at it.
    body = "socket.socket(type=socket.SOCK_DGRAM).bind(('', 0))"
    assert run(tmp_path, [body]).endswith("exit 0")


ENDLESS = [
    "while True: pass",
    "time.sleep(30)",
    "while True:\n    try:\n        time.sleep(30)\n    except Exception:\n        pass",
    "subprocess.run(['sleep', '30'])",
]


def test_a_test_without_an_end_fails_by_name(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\ndef pytest_collection_modifyitems(items):\n"
        "    for item in items:\n        item.add_marker(pytest.mark.time_limit(0.3))\n"
    )
    printed = run(tmp_path, ENDLESS)
    for number in range(len(ENDLESS)):
        assert f"test_{number} takes longer than its limit of 0.3 s" in printed
    assert printed.endswith("exit 1")


@pytest.mark.parametrize(
    ("expected", "verdict", "code"),
    [
        ("", "1 NOT EXPECTED: no npm (E404)", 6),
        ("no npm\n", "1 NOT EXPECTED: no npm (E404)", 6),
        ("# no npm*\n", "1 NOT EXPECTED: no npm (E404)", 6),
        ("no npm*  # a container has none\n", "1 expected: no npm (E404)", 0),
    ],
)
def test_a_skip_is_listed_and_fails_unless_it_is_expected(
    tmp_path: Path, expected: str, verdict: str, code: int
) -> None:
    (tmp_path / "expected").write_text(expected)
    printed = run(tmp_path, ["pytest.skip('no npm (E404)')"], "--expected-skips", str(tmp_path / "expected"))
    assert verdict in printed
    assert printed.endswith(f"exit {code}")


@pytest.mark.parametrize(
    ("is_offline", "reason"),
    [(True, "^not installed: the npm packages"), (False, "npm cannot install .*ECONNREFUSED")],
)
def test_a_test_is_skipped_where_npm_has_no_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_offline: bool, reason: str
) -> None:
    node.program()
    monkeypatch.setattr(places, "LOCAL", tmp_path)
    monkeypatch.setattr(offline, "_is_offline", is_offline)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(pytest.skip.Exception, match=reason):
        node.installed()


def test_a_test_is_skipped_where_an_airflow_cannot_be_installed() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"Airflow 0\.0\.0 cannot be installed"):
        made(Kind(version="0.0.0")).__enter__()


def test_a_test_is_skipped_where_a_program_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match=r"^not installed: node, npm"):
        node.program()
    with pytest.raises(pytest.skip.Exception, match=r"^not installed: dbus-daemon, gnome-keyring-daemon"):
        keyring(tmp_path).__enter__()


@pytest.mark.parametrize(
    ("printed", "code", "reason"),
    [("v16.20.0", 0, "too old: 18.12 or newer"), ("", 1, "does not run")],
)
def test_a_test_is_skipped_where_node_is_of_no_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, code: int, reason: str
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {printed}\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(pytest.skip.Exception, match=reason):
        node.program()
