"""A link named `airflow` stands before the real one on PATH, which gets what no API can do."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import NO_KEYRING, Done
from tests.support.stub import Request, Stub, reply

REMOTE = Path(sys.executable).with_name("airflow-remote")
BASH = "/bin/bash"

# Stands for a real one, which takes seconds to start: it prints its name, its words and a variable.
OTHER = """#!/bin/bash
echo "$0 $AIRFLOWCTL_FALLBACK_LEVEL"
printf '<%s>' "$@"
exit 7
"""
POOL = {"name": "small", "slots": 3, "description": "", "include_deferred": False, "team_name": None}


class Machine:
    """A home whose PATH has a folder of links before one with another `airflow`."""

    def __init__(self, folder: Path, url: str) -> None:
        self.links, self.others = folder / "links", folder / "others"
        for part in (self.links, self.others):
            part.mkdir()
        (self.links / "airflow").symlink_to(REMOTE)
        self.environ = {
            **NO_KEYRING,
            "AIRFLOWCTL_CLASSIC": "",
            "AIRFLOWCTL_FALLBACK": "1",
            "AIRFLOWCTL_HOME": str(folder / "home"),
            "AIRFLOWCTL_URL": url,
            "AIRFLOW_CLI_TOKEN": "t",
            "PATH": f"{self.links}:{self.others}:/usr/bin:/bin",
        }

    @property
    def other(self) -> Path:
        return self.others / "airflow"

    def put(self, text: str = OTHER) -> Path:
        """Install another program of the name."""
        self.other.write_text(text)
        self.other.chmod(0o755)
        return self.other

    def run(self, line: str, **environ: str) -> Done:
        """Run a line of bash."""
        done = subprocess.run([BASH, "-c", line], env={**self.environ, **environ}, capture_output=True,
                              text=True, timeout=60, check=False)  # fmt: skip
        return Done(done.stdout, done.stderr, done.returncode)


def answer(request: Request) -> object:
    return {"pools": [POOL], "total_entries": 1} if "pools" in request.path else {"version": "3.3.2"}


@pytest.fixture
def server() -> object:
    with Stub(lambda request: reply(answer(request))) as stub:
        yield stub


@pytest.fixture
def machine(tmp_path: Path, server: Stub) -> Machine:
    return Machine(tmp_path, server.url)


LOCAL = (
    "db check",
    "db clean --clean-before-timestamp 2026-01-01 -y",
    "scheduler -D",
    "dags test etl 2026-01-01",
    "tasks test etl load 2026-01-01 -m -- -x",
    "tasks run etl load one",
    "info",
    "db --help",
    "providers hooks -o json",
    "dags list --local",
    "dags show etl --imgcat",
    "providers get some --full",
)


@pytest.mark.parametrize("line", LOCAL)
def test_a_local_line_is_run_by_the_real_command(line: str, machine: Machine, server: Stub) -> None:
    other = machine.put()
    done = machine.run(f"airflow {line}")
    assert done.out.splitlines() == [f"{other} 1", "".join(f"<{word}>" for word in line.split())]
    assert (done.err, done.code, server.requests) == ("", 7, [])


def test_words_arrive_as_they_are(machine: Machine) -> None:
    machine.put()
    done = machine.run("""airflow tasks test etl load '{"a b": "ä"}' '' '$x'""")
    assert done.lines[1] == '<tasks><test><etl><load><{"a b": "ä"}><><$x>'


def test_a_remote_line_goes_to_the_server(machine: Machine) -> None:
    machine.put()
    assert machine.run("airflow pools list | awk 'NR>2 {print $1}'").out.split() == ["small"]
    assert machine.run("airflow version").out == "3.3.2\n"


def test_an_alias_is_a_move_too(machine: Machine) -> None:
    (machine.links / "airflow").unlink()
    other = machine.put()
    lines = f"shopt -s expand_aliases\nalias airflow={REMOTE}\nairflow pools list\nairflow db check"
    shown = machine.run(lines).lines
    assert shown[0].split() == [
        "pool",
        "|",
        "slots",
        "|",
        "description",
        "|",
        "include_deferred",
        "|",
        "team_name",
    ]
    assert shown[-2:] == [f"{other} 1", "<db><check>"]


@pytest.mark.parametrize("switch", ["", "0"])
def test_without_the_switch_it_says_where_they_live(switch: str, machine: Machine) -> None:
    machine.put()
    done = machine.run("airflow db check", AIRFLOWCTL_FALLBACK=switch)
    assert (done.code, done.out) == (2, "")
    assert "it works on the database itself: run `airflow db ...` there" in done.err


def test_without_another_it_says_where_they_live(machine: Machine) -> None:
    done = machine.run("airflow db check")
    assert (done.code, done.out) == (2, "")
    assert "run `airflow db ...` there" in done.err


def test_a_switch_that_is_none_is_refused(machine: Machine) -> None:
    machine.put()
    done = machine.run("airflow db check", AIRFLOWCTL_FALLBACK="perhaps")
    assert (done.code, done.out) == (2, "")
    assert "AIRFLOWCTL_FALLBACK is neither on nor off" in done.err


@pytest.mark.parametrize("way", ["symlink", "link to a link", "copy", "hard link"])
def test_it_skips_itself(way: str, machine: Machine, tmp_path: Path) -> None:
    """However the name came to a second folder of PATH, before the real one."""
    again = tmp_path / "again"
    again.mkdir()
    if way == "symlink":
        (again / "airflow").symlink_to(REMOTE)
    elif way == "link to a link":
        (again / "airflow").symlink_to(machine.links / "airflow")
    else:
        (again / "airflow").write_bytes(REMOTE.read_bytes())
        (again / "airflow").chmod(0o755)
    other = machine.put()
    done = machine.run("airflow db check", PATH=f"{machine.links}:{again}:{machine.others}:/bin")
    assert done.out.splitlines() == [f"{other} 1", "<db><check>"]


def test_a_loop_ends(machine: Machine) -> None:
    """A script that starts this program again is no real one, and cannot be known before."""
    other = machine.put(f'#!/bin/bash\necho again >> "{machine.others}/count"\n"{REMOTE}" "$@"\n')
    done = machine.run("airflow db check")
    assert (done.code, done.out) == (2, "")
    assert f"{other} starts this program again" in done.err
    assert (machine.others / "count").read_text().count("again") == 8


def test_the_current_folder_is_not_searched(machine: Machine) -> None:
    machine.put()
    done = machine.run(f"cd {machine.others}; airflow db check", PATH=f"{machine.links}:.::/bin")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("line", ["-e staging db check", "--url http://h db check", "--read-only db check"])
def test_it_is_no_way_to_another_server(line: str, machine: Machine) -> None:
    machine.put()
    done = machine.run(f"airflow {line}")
    assert (done.code, done.out) == (2, "")


def test_a_read_only_machine_stays_so(machine: Machine) -> None:
    machine.put()
    done = machine.run("airflow db reset -y", AIRFLOWCTL_READ_ONLY="1")
    assert (done.code, done.out) == (2, "")
    assert "AIRFLOWCTL_READ_ONLY does not hold for" in done.err


def test_a_program_that_cannot_run_is_an_error(machine: Machine) -> None:
    machine.put("#!/nonexistent/python\n")
    done = machine.run("airflow db check")
    assert (done.code, done.out) == (1, "")
    assert f"cannot run {machine.other}" in done.err


def test_signals_that_python_ignores_are_not(machine: Machine) -> None:
    machine.put("#!/bin/bash\ngrep SigIgn /proc/self/status\n")
    ignored = int(machine.run("airflow db check").out.split()[1], 16)
    assert [number for number in (signal.SIGPIPE, signal.SIGXFSZ) if ignored >> number - 1 & 1] == []


def test_the_words_of_older_airflows_are_no_local_lines(machine: Machine) -> None:
    machine.put()
    done = machine.run("airflow list_dags")
    assert (done.code, done.out) == (2, "")
    assert "now: airflowctl dags list" in done.err
