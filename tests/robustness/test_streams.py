"""Closed streams, a full disk, no home, another locale, few files, and ten processes at once: an exit code
that is documented, and no traceback."""

from __future__ import annotations

import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment_files import write
from tests.support.program import Program
from tests.support.signal_runs import FAULTS
from tests.support.stub import Stub, lets_in, reply

LINES = {
    "get": "pools get p -o name",
    "json": "pools get p -o json",
    "version": "version",
    "help": "--help",
    "batch": "-f {batch}",
    "wrong": "pools get",
}
CODES = {"wrong": {2}}
MODULE = f"{shlex.quote(sys.executable)} -m airflowctl"


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    (tmp_path / "batch").write_text("pools get p -o name\nversion\n")
    return tmp_path / "batch"


def shell(program: Program, command: str) -> subprocess.CompletedProcess[str]:
    """What a shell does with a line, as a user would write it."""
    return subprocess.run(
        ["bash", "-c", command],
        env=program.process_environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )


def is_sound(done: subprocess.CompletedProcess[str], codes: set[int]) -> None:
    assert done.returncode in codes, done
    assert not [word for word in FAULTS if word in done.stdout + done.stderr], done


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams(online: Program, batch: Path, line: str, closed: str) -> None:
    done = shell(online, f"{MODULE} {LINES[line].format(batch=batch)} {closed}")
    # What cannot be written is an error where there was something to write.
    codes = CODES.get(line, {1} if ">&-" in closed.replace("2>&-", "") else {0})
    is_sound(done, codes)


@pytest.mark.parametrize("line", ["get", "json", "version", "help", "batch"])
@pytest.mark.parametrize("stream", [">", "2>"])
def test_a_full_device(online: Program, batch: Path, line: str, stream: str) -> None:
    done = shell(online, f"{MODULE} {LINES[line].format(batch=batch)} {stream} /dev/full")
    is_sound(done, {1} if stream == ">" else {0})
    assert stream == "2>" or "No space left" in done.stderr


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    "environ",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
        {"LC_ALL": "nonsense"},
        {"HOME": "", "AIRFLOWCTL_HOME": ""},
        {"HOME": "/nonexistent", "AIRFLOWCTL_HOME": ""},
        {"TERM": ""},
        {"TZ": "nonsense/zone"},
        {"COLUMNS": "-5", "LINES": "x"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=lambda environ: " ".join(f"{name}={value}" for name, value in environ.items()),
)
def test_an_odd_environment(
    online: Program, stub: Stub, batch: Path, line: str, environ: dict[str, str]
) -> None:
    stub.answer = lambda request: reply({"name": "pé中", "version": "3.3.2"})
    done = online.with_environ(**environ).process(*LINES[line].format(batch=batch).split(), stdin=None)
    assert done.code in CODES.get(line, {0}), done
    assert not [word for word in FAULTS if word in done.out + done.err], done


def test_without_a_home(online: Program) -> None:
    environ = {name: text for name, text in online.process_environ.items() if not name.endswith("HOME")}
    done = subprocess.run(
        [sys.executable, "-m", "airflowctl", "pools", "get", "p", "-o", "name"],
        env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("p\n", "", 0)


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


@pytest.mark.parametrize("line", LINES)
def test_few_files_may_be_open(online: Program, batch: Path, line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "airflowctl", *LINES[line].format(batch=batch).split()],
        env=online.process_environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        check=False, preexec_fn=limit_files,
    )  # fmt: skip
    is_sound(done, CODES.get(line, {0}))


@pytest.mark.time_limit(120)
def test_ten_processes_in_one_home(program: Program, stub: Stub, tmp_path: Path, home: Path) -> None:
    """Each changes an environment of its own, one of all and the aliases: nothing is lost or damaged."""
    stub.answer = lets_in
    own = program.with_environ(AIRFLOWCTL_STORE="encrypted-file", AIRFLOW_CLI_TOKEN="t.o.k")
    steps = (
        f"{MODULE} env set e$0 --production && {MODULE} env set shared --read-only"
        f" && {MODULE} alias a$0 = pools list"
        f" && {MODULE} env use e$0 && {MODULE} env list -o json > {tmp_path}/$0.json"
    )
    for name in ("shared", *(f"e{number}" for number in range(10))):
        write(home, name, f'url = "{stub.url}"\n')
    running = [
        subprocess.Popen(
            ["bash", "-c", steps, str(number)], env=own.process_environ,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for number in range(10)
    ]  # fmt: skip
    for process in running:
        _, err = process.communicate(timeout=100)
        assert process.returncode == 0, err
        assert not [word for word in FAULTS if word in err]
    assert (home / "environments" / "shared.toml").read_text().count("read_only = true") == 1
    for number in range(10):
        assert "production = true" in (home / "environments" / f"e{number}.toml").read_text()
    assert all(f"a{number}" in own("alias").out for number in range(10))
    assert not list(home.rglob("*.new"))
