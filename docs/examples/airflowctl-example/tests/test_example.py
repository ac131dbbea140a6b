"""The plug-in as a user has it: the installed program, in a home of its own. It needs no Airflow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def run(tmp_path: Path):
    def run(*argv: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "airflowctl", *argv],
            input=stdin, capture_output=True, text=True, timeout=60, check=False,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **environ},
        )  # fmt: skip

    return run


def test_nothing_is_wrong_with_it(run) -> None:
    done = run("--help")
    assert "notes" in done.stdout
    assert "airflowctl_example" not in done.stderr


@pytest.mark.parametrize("words", ["notes list", "notes add"])
def test_each_command_has_help(run, words: str) -> None:
    done = run("help", *words.split())
    assert f"airflowctl {words}" in done.stdout
    assert done.returncode == 0


def test_a_change_is_not_sent_in_a_read_only_session(run) -> None:
    done = run("notes", "add", "a", "b", "--read-only", "--url", "http://127.0.0.1:9")
    assert "read-only" in done.stderr
    assert done.returncode == 4


def test_the_format_escapes_html(run) -> None:
    done = run("env", "list", "-o", "html")
    assert done.stdout.startswith("<table>\n<tr><th>name</th>")
    assert done.returncode == 0


def test_a_login_without_its_file_says_so(run) -> None:
    done = run("auth", "login", "--method", "vault-file", "--url", "http://127.0.0.1:9")
    assert "EXAMPLE_VAULT_FILE" in done.stderr
    assert done.returncode == 2
