"""The program as scripts use it: processes, pipes, files, signals and machines that are set up badly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.formats import FORMATS
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.waiting import until

ME = f"'{sys.executable}' -m airflowctl"
UNICODE = "naïve Ωmega 日本 🎈"


def bash(program: Program, script: str, stdin: str | None = None, **environ: str) -> Done:
    """Run a line of bash, in which `airflowctl` is the program."""
    done = subprocess.run(
        ["bash", "-c", f'airflowctl() {{ {ME} "$@"; }}\n{script}'],
        env={**program.process_environ, **environ},
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
        timeout=60,
        encoding="utf-8",
    )
    return Done(done.stdout, done.stderr, done.returncode)


@pytest.fixture
def unicode_variable(api: httpx.Client, unique: str) -> Iterator[str]:
    """The key of a variable with letters that ASCII lacks."""
    key = f"{unique}-ключ"
    api.post("/variables", json={"key": key, "value": UNICODE}).raise_for_status()
    yield key
    api.delete(f"/variables/{key}").raise_for_status()


# One command, or many


def test_one_command(ctl: Program) -> None:
    assert ctl.new_process("dags", "get", "demo_etl", "-o", "name") == Done("demo_etl\n", "", 0)


def test_the_process_prints_what_the_function_does(ctl: Program) -> None:
    for line in ("dags list", "dags list -o json", "dags get nosuch", "dags gte x", "pools list -o yaml"):
        assert ctl.new_process(*line.split()) == ctl(*line.split()), line


BATCH = """
# what there is
dags get demo_etl -o name      # a comment
   dags get 'demo_long' -o name

version
"""


def test_a_file_of_commands_four_ways(ctl: Program, tmp_path: Path) -> None:
    file = tmp_path / "some commands"
    file.write_text("\N{ZERO WIDTH NO-BREAK SPACE}" + BATCH.replace("\n", "\r\n"), encoding="utf-8")
    wanted = Done("demo_etl\ndemo_long\nairflowctl 0.1.0\n", "", 0)
    assert ctl.new_process("-f", str(file)) == wanted
    assert ctl.new_process("-f", "-", stdin=BATCH) == wanted
    assert ctl.new_process(stdin=BATCH) == wanted
    assert bash(ctl, f"airflowctl < '{file}'") == wanted
    assert bash(ctl, f"cat '{file}' | airflowctl") == wanted


def test_a_file_is_understood_before_anything_is_sent(ctl: Program, api: httpx.Client, unique: str) -> None:
    done = ctl.new_process("-f", "-", stdin=f"variables set {unique} x\ndags lits\n\ndags get\n")
    assert (done.out, done.code) == ("", 2)
    assert "stdin:2:6: error: " in done.err
    assert "stdin:4:1: error: " in done.err
    assert api.get(f"/variables/{unique}").status_code == 404


def test_a_file_stops_at_the_first_command_that_fails(ctl: Program) -> None:
    lines = "dags get demo_etl -o name\ndags get nosuch\ndags get demo_long -o name\n"
    done = ctl.new_process(stdin=lines)
    assert (done.out, done.code) == ("demo_etl\n", 1)
    assert done.err.startswith("stdin:2: error: ")
    on = ctl.new_process("--keep-going", stdin=lines)
    assert (on.out, on.code) == ("demo_etl\ndemo_long\n", 1)


def test_a_file_may_end_before_its_end(ctl: Program) -> None:
    assert ctl.new_process(stdin="dags get demo_etl -o name\nexit\ndags get nosuch\n") == Done(
        "demo_etl\n", "", 0
    )


def test_echo_shows_the_lines_on_stderr_but_no_secret(ctl: Program, api: httpx.Client, unique: str) -> None:
    key = f"{unique}_password"
    done = ctl.new_process(
        "--echo", "-f", "-", stdin=f"dags get demo_etl -o name\nvariables set {key} canary\n"
    )
    api.delete(f"/variables/{key}").raise_for_status()
    assert done.out == f"demo_etl\ncreated {key}\n"
    assert "+ dags get demo_etl -o name" in done.err
    assert "canary" not in done.err


@pytest.mark.parametrize("path", ["/nonexistent/file", "/", "/dev/null/x"])
def test_a_file_that_cannot_be_read(path: str, ctl: Program) -> None:
    done = ctl.new_process("-f", path)
    assert (done.out, done.code) == ("", 2)
    assert f"cannot read {path}" in done.err
    assert len(done.err.splitlines()) == 1


def test_an_empty_file_does_nothing(ctl: Program) -> None:
    assert ctl.new_process("-f", "/dev/null") == ctl.new_process(stdin="") == Done("", "", 0)


# Exit codes are what scripts go by


def test_what_follows_a_failure_does_not_happen(ctl: Program) -> None:
    done = bash(ctl, "airflowctl dags pause nosuch && echo deployed")
    assert (done.out, done.code) == ("", 1)
    assert done.err.startswith("error: ")


def test_what_follows_a_success_does(ctl: Program) -> None:
    assert (
        bash(ctl, "airflowctl dags unpause demo_long -o name && echo deployed").out == "demo_long\ndeployed\n"
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("dags list", 0),
        ("dags get nosuch", 1),
        ("dags gte x", 2),
        ("dags list --url http://127.0.0.1:1", 3),
        ("dags list --url http://127.0.0.1:1 -o json", 3),
    ],
)
def test_exit_codes(line: str, code: int, ctl: Program) -> None:
    assert ctl.new_process(*line.split()).code == code


LINES = ["version", "dags list", "variables list -o json --pattern many", "help", "--version"]


@pytest.mark.parametrize("output", FORMATS)
def test_a_reader_that_goes_away(output: str, ctl: Program, many_variables: list[str]) -> None:
    script = f"variables list --pattern many -o {output}"
    done = bash(ctl, f"airflowctl {script} | head -1; exit ${{PIPESTATUS[0]}}")
    assert done.err == ""
    assert len(done.lines) == 1
    assert done.code in (0, 141)  # 0: all of it was in the pipe before the reader went


def test_a_reader_that_is_gone_at_once(ctl: Program, many_variables: list[str]) -> None:
    done = bash(ctl, "airflowctl variables list | true; exit ${PIPESTATUS[0]}")
    assert (done.out, done.err, done.code) == ("", "", 141)


def test_a_reader_that_goes_away_from_a_batch(ctl: Program, many_variables: list[str]) -> None:
    done = bash(ctl, "yes 'variables list' | head -20 | airflowctl | head -1; exit ${PIPESTATUS[2]}")
    assert (done.err, done.code) == ("", 141)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("line", LINES)
def test_a_full_disk(line: str, ctl: Program, many_variables: list[str]) -> None:
    done = bash(ctl, f"airflowctl {line} > /dev/full")
    assert done.code == 1
    assert "cannot write the result: No space left on device" in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("line", LINES)
def test_a_closed_stdout_is_a_result_that_is_lost(line: str, ctl: Program, many_variables: list[str]) -> None:
    done = bash(ctl, f"airflowctl {line} >&-")
    assert (done.out, done.code) == ("", 1)
    assert "cannot write the result: standard output is closed" in done.err
    assert bash(ctl, "airflowctl dags get nosuch >&-").code == 1


@pytest.mark.parametrize("place", ["&-", "/dev/full"])
def test_a_change_whose_result_is_lost_is_said_to_be_done(
    place: str, ctl: Program, api: httpx.Client, unique: str
) -> None:
    done = bash(ctl, f"airflowctl variables set {unique} x >{place}")
    api.delete(f"/variables/{unique}").raise_for_status()
    assert done.code == 1
    assert done.err.startswith("error: it is done, but cannot write the result: ")


def test_a_closed_stderr(ctl: Program) -> None:
    assert bash(ctl, "airflowctl dags get demo_etl -o name 2>&-") == Done("demo_etl\n", "", 0)
    assert bash(ctl, "airflowctl dags get nosuch 2>&-") == Done("", "", 1)


def test_a_closed_stdin(ctl: Program) -> None:
    assert bash(ctl, "airflowctl dags get demo_etl -o name <&-") == Done("demo_etl\n", "", 0)
    for line in ("", "-f -", "auth login -u admin --password-stdin", "auth login"):
        done = bash(ctl, f"airflowctl {line} <&-")
        assert "unexpected" not in done.err
        assert "Traceback" not in done.err


def test_stderr_that_cannot_be_written_spoils_nothing(ctl: Program) -> None:
    assert bash(ctl, "airflowctl dags get demo_etl -o name 2>/dev/full") == Done("demo_etl\n", "", 0)
    assert bash(ctl, "airflowctl dags get nosuch 2>/dev/full").code == 1


# Letters


ASCII = {"PYTHONIOENCODING": "ascii"}
OLD_C = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.mark.parametrize("environ", [ASCII, {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "nosuch"}])
def test_letters_that_the_locale_lacks(environ: dict[str, str], ctl: Program, unicode_variable: str) -> None:
    there = ctl.with_environ(**environ)
    text = there.new_process("variables", "get", unicode_variable)
    assert text == Done(f"{UNICODE}\n", "", 0)
    missing = there.new_process("variables", "get", unicode_variable + "!")
    assert missing.code == 1
    assert missing.err.startswith("error: ")
    for output in ("table", "tsv", "csv", "yaml"):
        listed = there.new_process("variables", "list", "--pattern", unicode_variable, "-o", output)
        assert (listed.err, listed.code) == ("", 0), output


@pytest.mark.parametrize("environ", [ASCII, {"LC_ALL": "C"}, OLD_C])
@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_json_is_json_in_every_locale(
    output: str, environ: dict[str, str], ctl: Program, unicode_variable: str
) -> None:
    pattern = unicode_variable.partition("-")[0]
    done = ctl.with_environ(**environ).new_process("variables", "list", "--pattern", pattern, "-o", output)
    found = done.json
    assert (found[0] if output == "json" else found)["value"] == UNICODE


@pytest.mark.parametrize("environ", [ASCII, {"LC_ALL": "C"}])
def test_an_error_as_json_is_json_in_every_locale(environ: dict[str, str], ctl: Program) -> None:
    done = ctl.with_environ(**environ).new_process("dags", "get", UNICODE, "-o", "json")
    assert UNICODE in json.loads(done.err)["error"]["message"]


def test_bytes_that_are_no_text(ctl: Program) -> None:
    done = bash(ctl, r"airflowctl dags get $'\xff\xfe'")
    assert (done.out, done.code) == ("", 2)
    assert "not valid UTF-8" in done.err


def test_a_batch_that_is_no_text(ctl: Program) -> None:
    done = ctl.new_process(stdin=b"dags get \xff\xfe\n")
    assert (done.out, done.code) == ("", 2)
    assert "UTF-8" in done.err
    assert "Traceback" not in done.err


# A home that cannot be used


@pytest.mark.parametrize("home", ["/dev/null/x", "/proc/nope", "relative/nope\x01"])
def test_reading_works_without_a_home(home: str, ctl: Program) -> None:
    environ = {name: text for name, text in ctl.environ.items() if name != "AIRFLOWCTL_HOME"}
    homeless = Program({**environ, "HOME": home})
    for line in ("dags get demo_etl -o name", "auth status -o name", "version -o name"):
        done = homeless.new_process(*line.split())
        assert (done.err, done.code) == ("", 0), line


def test_a_login_that_cannot_be_written_down_says_so(ctl: Program, airflow: Any, kept: Kept) -> None:
    nowhere = ctl.with_environ(AIRFLOWCTL_HOME="/dev/null/x")
    login = ("auth", "login", "-u", "admin", "--password-stdin")
    done = nowhere(*login, stdin=airflow.password("admin") + "\n")
    assert (done.out, done.code) == ("", 1)
    assert "cannot write /dev/null/x" in done.err
    assert "AIRFLOWCTL_HOME" in done.err
    assert kept.values == {}


def test_without_any_variable_of_the_environment() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "airflowctl", "dags", "list"], env={}, capture_output=True, check=False
    )
    assert (done.stdout, done.returncode) == (b"", 2)
    assert b"auth login --url" in done.stderr


# Being stopped


class Waiting:
    """The program, waiting for an answer that never comes."""

    def __init__(self, program: Program, server: socket.socket, *argv: str) -> None:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "airflowctl", *argv],
            env={**program.process_environ, "AIRFLOWCTL_URL": url},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        server.settimeout(60)
        self._connection, _ = server.accept()
        assert self._connection.recv(65536)
        until(self._waits, "a program that waits")

    def _waits(self) -> bool:
        # A signal that comes just before the program begins to wait is noticed after the waiting only.
        stat = Path(f"/proc/{self.process.pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "S"

    def stopped_by(self, number: signal.Signals) -> tuple[Done, float]:
        """What it left behind, and the seconds it took to go."""
        began = time.monotonic()
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        self._connection.close()
        return Done(out, err, self.process.returncode), time.monotonic() - began


@pytest.mark.parametrize("line", ["dags list", "dags pause demo_etl", "dags trigger demo_etl --wait"])
def test_ctrl_c_while_the_server_is_silent(line: str, ctl: Program, silent: socket.socket) -> None:
    done, took = Waiting(ctl, silent, *line.split()).stopped_by(signal.SIGINT)
    assert (done.out, done.code) == ("", 130)
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) <= 2
    assert took < 30


def test_ctrl_c_ends_a_batch(ctl: Program, silent: socket.socket, tmp_path: Path) -> None:
    file = tmp_path / "batch"
    file.write_text("dags list\nversion\n")
    for options in ([], ["--keep-going"]):
        done, took = Waiting(ctl, silent, *options, "-f", str(file)).stopped_by(signal.SIGINT)
        assert (done.out, done.code) == ("", 130)
        assert took < 30


def test_ctrl_c_while_waiting_for_a_run(ctl: Program, api: httpx.Client, unique: str) -> None:
    line = ["dags", "trigger", "demo_long", "-r", unique, "--conf", '{"seconds": 5}', "--wait"]
    running = subprocess.Popen(
        [sys.executable, "-m", "airflowctl", *line],
        env=ctl.process_environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr
    assert running.stderr.readline().startswith(f"waiting for {unique}")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (out, running.returncode) == ("", 130)
    assert "Traceback" not in err
    state = api.get(f"/dags/demo_long/dagRuns/{unique}").json()["state"]
    assert state in ("queued", "running")  # the run continues


@pytest.mark.parametrize("line", ["dags list", "dags trigger demo_etl"])
def test_a_silent_server_is_not_waited_for_longer_than_asked(
    line: str, ctl: Program, silent: socket.socket
) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    done = ctl.new_process(*line.split(), "--url", url, "--request-timeout", "0.5")
    assert (done.out, done.code) == ("", 3)
    assert "within 0.5 s" in done.err
    assert ("it may have been done" in done.err) is ("trigger" in line)


def test_two_at_once_do_not_disturb_each_other(ctl: Program) -> None:
    done: list[Done] = []
    each = [threading.Thread(target=lambda: done.append(ctl.new_process("dags", "list"))) for _ in range(4)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join(60)
    assert len(done) == 4
    assert len(set(done)) == 1
    assert done[0].code == 0
