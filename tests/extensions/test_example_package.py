"""The example package, built as a wheel and installed into a venv: its own tests, and lines of users."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.program import Done, Program

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "airflowctl-example"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A venv with the example installed from its wheel; all else comes from the venv of the tests."""
    folder = tmp_path_factory.mktemp("example")
    source = folder / "source"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")], source)
    run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], folder)
    python = str(folder / "venv" / "bin" / "python")
    site = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip()
    Path(site, "tests.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    [wheel] = (folder / "dist").glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index"]
    run([*pip, str(wheel)], folder)
    return python


def run(argv: list[str], folder: Path) -> str:
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def line(python: str, program: Program, *argv: str, stdin: str = "") -> Done:
    done = subprocess.run(
        [python, "-m", "airflowctl", *argv],
        input=stdin, capture_output=True, text=True, timeout=60, env=program.process_environ, check=False,
    )  # fmt: skip
    return Done(done.stdout, done.stderr, done.returncode)


def test_its_own_tests_pass(python: str) -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE / "tests")],
        cwd=EXAMPLE, env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("......")


def test_its_readme_names_what_it_registers() -> None:
    readme = (EXAMPLE / "README.md").read_text()
    for text in (
        "`airflowctl.auth`: `vault-file`",
        "`airflowctl.commands`: `notes`",
        "`airflowctl.output`: `html`",
    ):
        assert text in readme


def test_help_lists_all_three(python: str, program: Program) -> None:
    done = line(python, program, "--help")
    assert "notes" in done.out
    assert "html" in done.out
    assert (done.err, done.code) == ("", 0)
    assert (
        "vault-file"
        in line(python, program, "auth", "login", "--method", "x", "--url", "http://127.0.0.1:9").err
    )


def test_a_file_of_commands_is_checked_with_its_nouns(python: str, program: Program) -> None:
    done = line(python, program, stdin="notes list\nnotes lst\n")
    assert "notes lst" in done.err
    assert done.code == 2


def test_the_login_keeps_the_token_out_of_errors(python: str, program: Program, tmp_path: Path) -> None:
    file = tmp_path / "vault.json"
    file.write_text('{"tokn": "head.very-secret.tail"}')
    own = program.with_environ(EXAMPLE_VAULT_FILE=str(file))
    done = line(
        python, own, "auth", "login", "--method", "vault-file", "--url", "http://127.0.0.1:9", "--debug"
    )
    assert "there is no token in" in done.err
    assert "very-secret" not in done.err


# With a real Airflow.


def test_notes_are_kept_on_the_server(python: str, ctl: Program, unique: str) -> None:
    added = line(python, ctl, "notes", "add", unique, "not on <Fridays>", "-o", "json")
    assert added.json == {"name": unique, "text": "not on <Fridays>"}
    assert f"as the variable note_{unique}" in added.err
    kept = line(python, ctl, "variables", "get", f"note_{unique}", "-o", "json").json
    assert kept["value"] == "not on <Fridays>"
    listed = line(python, ctl, "notes", "list", "-o", "json").json
    assert {"name": unique, "text": "not on <Fridays>"} in listed
    page = line(python, ctl, "notes", "list", "-o", "html").out
    assert f"<tr><td>{unique}</td><td>not on &lt;Fridays&gt;</td></tr>\n" in page
    again = line(python, ctl, "notes", "add", unique, "twice")
    assert (again.out, again.code) == ("", 1)
    assert line(python, ctl, stdin=f"notes list --limit 1\nvariables delete note_{unique} --yes\n").code == 0


def test_a_read_only_line_adds_no_note(python: str, ctl: Program, unique: str) -> None:
    done = line(python, ctl, "notes", "add", unique, "x", "--read-only")
    assert (done.out, done.code) == ("", 4)
    names = [item["name"] for item in line(python, ctl, "notes", "list", "-o", "json").json]
    assert unique not in names


def test_a_login_by_the_file(python: str, ctl: Program, tmp_path: Path) -> None:
    file = tmp_path / "vault.json"
    file.write_text(json.dumps({"token": ctl.environ["AIRFLOW_CLI_TOKEN"]}))
    own = ctl.with_environ(EXAMPLE_VAULT_FILE=str(file), AIRFLOWCTL_STORE="memory")
    own.environ.pop("AIRFLOW_CLI_TOKEN")
    lines = "auth login --method vault-file\nnotes list --limit 1 -o json\n"
    done = line(python, own, stdin=lines)
    assert done.code == 0, done.err
    assert ctl.environ["AIRFLOW_CLI_TOKEN"] not in done.out + done.err
