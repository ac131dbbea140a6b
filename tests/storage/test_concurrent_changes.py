"""Processes that change one home at the same time lose nothing of each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment_files import write
from tests.support.program import Program


def at_once(program: Program, *lines: tuple[str, ...]) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "airflowctl", *line],
            env=program.process_environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for line in lines
    ]
    ends = [(process.communicate(timeout=60)[1], process.returncode) for process in running]
    assert ends == [(b"", 0)] * len(lines)


@pytest.mark.parametrize("turn", range(3))
def test_settings_of_one_environment(program: Program, home: Path, tmp_path: Path, turn: int) -> None:
    write(home, "work", 'url = "http://127.0.0.1:1"\n')
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("")
    at_once(
        program,
        ("env", "set", "work", "--production"),
        ("env", "set", "work", "--ca-bundle", str(bundle)),
        ("env", "set", "work", "--read-only"),
    )
    text = (home / "environments" / "work.toml").read_text()
    assert "production = true" in text
    assert "bundle.pem" in text
    assert "read_only = true" in text


def test_aliases_of_ten_processes(program: Program, home: Path) -> None:
    at_once(program, *(("alias", f"a{number}", "=", "version") for number in range(10)))
    text = (home / "preferences.toml").read_text()
    assert [f"a{number}" for number in range(10) if f'"a{number}"' not in text] == []
    assert [path.name for path in home.iterdir() if path.name.endswith(".new")] == []
