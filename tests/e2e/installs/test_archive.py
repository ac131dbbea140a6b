"""One file that Python runs: everything works from it but what needs a compiled package, and that says so."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from local_airflow.archive import write_archive

from tests.support.once import make_once
from tests.support.program import Done, Program
from tests.support.stub import Stub, lets_in


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def write(file: Path) -> None:
        write_archive(file, Path(sysconfig.get_path("purelib")))

    return make_once(tmp_path_factory, "airflowctl", write, suffix=".pyz")


def run(archive: Path, program: Program, *argv: str, stdin: str = "") -> Done:
    """By an interpreter that has none of the packages."""
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(archive), *argv], env=program.process_environ, capture_output=True,
        text=True, input=stdin, timeout=120, check=False, cwd=archive.parent,
    )  # fmt: skip
    return Done(done.stdout, done.stderr, done.returncode)


@pytest.mark.parametrize(
    ("line", "code", "printed"),
    [
        ("--version", 0, "airflowctl 0."),
        ("version --remote", 0, "Airflow 3.3.2 at "),
        ("help dags trigger", 0, "Start a run of a Dag."),
        ("help topics", 0, "exit-codes"),
        ("help errors", 0, "not_found"),
        ("cheat-sheet", 0, "dags list"),
        ("completion bash", 0, "# bash completion"),
        ("api list", 0, "get_pool"),
        ("health", 0, "metadatabase"),
        ("pools get p -o json", 0, '"name": "p"'),
        ("pools get p -o yaml", 0, "name: p"),
        ("nosuch", 2, ""),
    ],
)
def test_a_command_works_from_the_archive(
    archive: Path, online: Program, line: str, code: int, printed: str
) -> None:
    done = run(archive, online, *line.split())
    assert done.code == code, done
    assert printed in done.out
    assert "unexpected" not in done.err


def test_a_command_that_needs_a_compiled_package_says_so(archive: Path, online: Program, stub: Stub) -> None:
    stub.answer = lets_in
    for line in ("variables set k v", f"auth token --url {stub.url} -u ann --password-stdin"):
        stub.requests.clear()
        done = run(archive, online, *line.split(), stdin="hunter22\n")
        assert done.code == 1
        assert done.out == ""
        assert done.err.startswith("error: this command needs pydantic")
        assert "pipx install airflowctl-shell" in done.err
        assert [request.method for request in stub.requests if request.method != "GET"] == []


def test_the_doctor_says_where_it_is(archive: Path, online: Program) -> None:
    done = run(archive, online, "doctor")
    assert "install: version" in done.out
    assert str(archive) in done.out
    assert "package-files: no other package" in done.out
