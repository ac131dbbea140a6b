"""Batches on a real Airflow when something goes wrong in their middle: what is in its database then, what is
said, the exit code; and a resumed run ends in the exact state, with no POST twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.fault_proxy import FaultProxy, cut, refuse
from tests.support.processes import start
from tests.support.program import Done, Program
from tests.support.stub import Request, Stub
from tests.support.waiting import until

LINES, AT = 5, 3  # how many there are, and the one at which it goes wrong
DOUBT = (
    "2 of 5 commands done, line 3 may or may not be done, 2 not begun; continue with: --from 3 (or --from 4)"
)
FAILED = "2 of 5 commands done, line 3 failed, 2 not begun; continue with: --from 3"
HTML = "<p>no server"


class Run:
    """A batch that creates variables, with a journal, through a proxy with a fault."""

    def __init__(
        self, program: Program, api: httpx.Client, unique: str, folder: Path, count: int = LINES
    ) -> None:
        self.keys = [f"{unique}_{number}" for number in range(1, count + 1)]
        self.file, self.journal = folder / "lines", folder / "journal"
        self.file.write_text("".join(f"variables set {key} v\n" for key in self.keys))
        self.program, self._api, self._unique = program, api, unique
        self.argv = ("-f", str(self.file), "--journal", str(self.journal))

    def is_at(self, request: Request) -> bool:
        return request.method == "POST" and request.json["key"] == self.keys[AT - 1]

    def stored(self) -> list[str]:
        """Return which of the variables are in the database."""
        query: dict[str, Any] = {"variable_key_pattern": self._unique, "limit": 100}
        return [item["key"] for item in self._api.get("/variables", params=query).json()["variables"]]

    def check(self, done: Done, is_made: bool, code: int, words: str, end: str) -> None:
        """The run did what it says, and its resumed one the rest."""
        assert sorted(self.stored()) == self.keys[: AT - 1 + is_made]
        first, *_, last = done.err.splitlines()
        assert first.startswith(f"{self.file}:{AT}: error: "), done.err
        assert words in done.err
        assert last == f"{self.file}: {end}"
        assert (done.code, done.out) == (code, "".join(f"created {key}\n" for key in self.keys[: AT - 1]))

    def resume(self, program: Program) -> None:
        again = program(*self.argv, "--resume")
        assert (again.code, again.err) == (0, "")
        assert sorted(self.stored()) == sorted(self.keys)
        assert program(*self.argv, "--resume") == Done("", "", 0)


@pytest.fixture
def run(ctl: Program, api: httpx.Client, unique: str, tmp_path: Path) -> Run:
    return Run(ctl, api, unique, tmp_path)


FAULTS: dict[str, tuple[Any, bool, int, str, str]] = {
    "cut before": (cut, False, 3, "broke the connection off during POST", DOUBT),
    "cut after": (cut, True, 3, "may have been done all the same", DOUBT),
    "hang before": (FaultProxy.hang, False, 3, "within 2 s", DOUBT),
    "hang after": (FaultProxy.hang, True, 3, "within 2 s", DOUBT),
    "500 before": (refuse(500), False, 1, "failed (500)", DOUBT),
    "500 after": (refuse(500), True, 1, "failed (500)", DOUBT),
    "502 of a proxy": (refuse(502, HTML, kind="text/html"), False, 3, "answered 502", DOUBT),
    "503 before": (refuse(503), False, 3, "answered 503", DOUBT),
    "503 after": (refuse(503), True, 3, "answered 503", DOUBT),
    "429": (refuse(429, Retry_After="1"), False, 1, "too many requests", FAILED),
    "401": (refuse(401), False, 4, "log in", FAILED),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_middle(run: Run, name: str) -> None:
    fault, is_made, code, words, end = FAULTS[name]
    proxy = FaultProxy(run.program.environ["AIRFLOWCTL_URL"], run.is_at, cut, is_made)
    proxy._fault = proxy.hang if fault is FaultProxy.hang else fault
    with Stub(proxy) as stub:
        through = run.program.with_environ(AIRFLOWCTL_URL=stub.url)
        done = through(*run.argv, "--request-timeout", "2" if "hang" in name else "60")
        proxy.may_answer.set()
        run.check(done, is_made, code, words, end)
        run.resume(through)
    assert sorted(proxy.made.values()) == [1] * LINES  # no POST came twice


@pytest.mark.parametrize(
    ("number", "code", "is_made"),
    [("SIGINT", 130, True), ("SIGTERM", 143, False), ("SIGHUP", 129, True), ("SIGKILL", -9, True)],
)
def test_a_signal_while_a_change_is_made(run: Run, number: str, code: int, is_made: bool) -> None:
    proxy = FaultProxy(run.program.environ["AIRFLOWCTL_URL"], run.is_at, cut, is_made)
    proxy._fault = proxy.hang
    with Stub(proxy) as stub:
        through = run.program.with_environ(AIRFLOWCTL_URL=stub.url)
        pipes: dict[str, Any] = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
        process = start(run.argv, env=through.process_environ, stdin=subprocess.DEVNULL, **pipes)
        assert proxy.is_reached.wait(60)
        process.send_signal(getattr(signal, number))
        out, err = process.communicate(timeout=60)
        proxy.may_answer.set()
        done = Done(out.decode(), err.decode(), process.returncode)
        if number == "SIGKILL":
            assert sorted(run.stored()) == run.keys[:AT]
            assert (done.err, done.code) == ("", code)
        else:
            run.check(done, is_made, code, "POST /api/v2/variables was sent", DOUBT)
        run.resume(through)
    assert sorted(proxy.made.values()) == [1] * LINES


def test_a_journal_that_is_cut_off_by_a_limit(
    ctl: Program, api: httpx.Client, unique: str, tmp_path: Path
) -> None:
    run = Run(ctl, api, unique, tmp_path, count=12)
    proxy = FaultProxy(ctl.environ["AIRFLOWCTL_URL"], lambda request: False, cut, is_made=False)
    with Stub(proxy) as stub:
        through = ctl.with_environ(AIRFLOWCTL_URL=stub.url)
        line = f"ulimit -f 1; exec {sys.executable} -m airflowctl {' '.join(run.argv)} >/dev/null"
        # Python keeps a module for the next run as far as the limit lets it: half of one would end that.
        environ = {**through.process_environ, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(["bash", "-c", line], env=environ, capture_output=True, text=True, check=False)
        assert (done.returncode, "cannot write the journal" in done.stderr) == (1, True)
        assert 0 < len(run.stored()) < 12
        assert f"{len(run.stored())} of 12 commands done" in done.stderr or "may or may not" in done.stderr
        run.resume(through)
    assert sorted(proxy.made.values()) == [1] * 12


def test_a_server_that_is_killed(
    ctl: Program, airflow: LocalAirflow, api: httpx.Client, unique: str, tmp_path: Path
) -> None:
    """With kill -9, while the batch runs; its keeper starts it again."""
    run = Run(ctl, api, unique, tmp_path, count=60)
    pipes: dict[str, Any] = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    process = start(run.argv, env=ctl.process_environ, stdin=subprocess.DEVNULL, **pipes)
    assert process.stdout
    seen = [process.stdout.readline() for _ in range(3)]
    os.kill(_api_server(airflow), signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    created = len(seen) + out.count(b"created ")
    assert process.returncode == 3, err
    assert f"{run.file}:{created + 1}: error: ".encode() in err
    assert f"{created} of 60 commands done, line {created + 1} ".encode() in err
    until(lambda: _answers(api), "the server again", within=280)
    assert len(run.stored()) - created in (0, 1)
    run.resume(ctl)


def _api_server(airflow: LocalAirflow) -> int:
    """Return the process id of an Airflow's API server, a child of its keeper."""
    keeper = json.loads((airflow.home / "server.json").read_text())["pid"]
    children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    port = f"port:{airflow.url.rpartition(':')[2]}".encode()
    return next(int(pid) for pid in children if port in Path(f"/proc/{pid}/cmdline").read_bytes())


def _answers(api: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return api.get("/version").is_success
    return False
