"""Nothing of the current folder is run, imported or read unless the line names it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflowctl.core.programs import find_program, leave_current_folder_out, search_path
from tests.support.environment_files import write
from tests.support.program import NO_KEYRING, Done, Program
from tests.support.screen import Screen
from tests.support.stub import Stub

RELATIVE = [".", "", "bin", "./bin"]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder as it is checked out: each of its programs and modules leaves a mark when it runs."""
    folder = tmp_path / "checkout"
    (folder / "bin").mkdir(parents=True)
    for name in ("less", "dot", "gettok", "xdg-open", "xdg-settings", "nano", "browser", "more"):
        for place in (folder, folder / "bin"):
            script(place / name, f"touch {folder}/RAN-{name}; cat >/dev/null; echo evil.to.ken")
    for name in ("httpx", "yaml", "keyring", "evil", "sitecustomize", "completers", "tomllib", "json"):
        (folder / f"{name}.py").write_text(f"open({str(folder / f'IMPORTED-{name}')!r}, 'w')\n")
    info = folder / "evil-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[airflowctl.auth]\npassword = evil:E\nevil = evil:E\n[keyring.backends]\nevil = evil\n"
    )
    (folder / "python_keyring").mkdir()
    (folder / "python_keyring" / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=evil.Keyring\nkeyring-path={folder}\n"
    )
    return folder


def script(file: Path, text: str) -> Path:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def marks(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(("RAN", "IMPORTED")))


def run_in(folder: Path, program: Program, *argv: str, stdin: str = "", **environ: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "airflowctl", *argv], cwd=folder, input=stdin, capture_output=True, text=True,
        env={**program.process_environ, **environ}, timeout=60, check=False,
    )  # fmt: skip
    return Done(done.stdout, done.stderr, done.returncode)


# Token commands.


def log_in_by(program: Program, stub: Stub, *command: str) -> Done:
    return program("auth", "login", "--url", stub.url, "--method", "command", "--", *command)


@pytest.mark.parametrize("command", [("./gettok",), ("sub/gettok",), ("../mine/gettok",), ("sh", "./gettok")])
def test_a_relative_token_command_is_the_one_that_was_named(
    program: Program, stub: Stub, tmp_path: Path, hostile: Path, monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:  # fmt: skip
    (tmp_path / "mine" / "sub").mkdir(parents=True)
    for place in (tmp_path / "mine", tmp_path / "mine" / "sub"):
        script(place / "gettok", "echo good.to.ken")
    monkeypatch.chdir(tmp_path / "mine")
    assert log_in_by(program, stub, *command).code == 0
    monkeypatch.chdir(hostile)
    assert program("pools", "get", "p").code == 0
    assert {request.headers["authorization"] for request in stub.requests[-1:]} == {"Bearer good.to.ken"}
    assert marks(hostile) == []


@pytest.mark.parametrize("path", RELATIVE)
def test_a_bare_token_command_is_looked_up_in_whole_paths_only(
    program: Program, stub: Stub, hostile: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(hostile)
    own = program.with_environ(PATH=f"{path}:/usr/bin:/bin")
    done = log_in_by(own, stub, "gettok")
    assert (done.out, done.code) == ("", 2)
    assert "there is no program gettok" in done.err
    assert marks(hostile) == []


@pytest.mark.parametrize("kept", ["./gettok", "bin/gettok", "gettok"])
def test_a_relative_command_in_an_old_file_is_not_run(
    program: Program, stub: Stub, home: Path, hostile: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    write(home, "x", f'url = "{stub.url}"\nmethod = "command"\ncommand = ["{kept}"]\n')
    monkeypatch.chdir(hostile)
    done = program.with_environ(PATH=".::/usr/bin:/bin")("pools", "get", "p", "-e", "x")
    assert (done.out, done.code) == ("", 4)
    assert "log in again" in done.err
    assert marks(hostile) == []


@pytest.mark.parametrize(
    "words", [("sh", "gettok"), (sys.executable, "gettok"), (sys.executable, "-m", "evil")]
)
def test_the_words_of_a_token_command_name_nothing_in_the_current_folder(
    program: Program, stub: Stub, home: Path, hostile: Path, words: tuple[str, ...]
) -> None:
    listed = ", ".join(f'"{word}"' for word in words)
    write(home, "x", f'url = "{stub.url}"\nmethod = "command"\ncommand = [{listed}]\n')
    done = run_in(hostile, program, "pools", "get", "p", "-e", "x", HOME=str(home))
    assert (done.out, done.code, stub.requests) == ("", 4, [])
    assert marks(hostile) == []


# Modules, plug-ins and keyrings.

LINES = [
    ("--version",),
    ("pools", "get", "p", "-o", "yaml"),
    ("auth", "login", "-u", "ann", "-p", "pw"),
    ("auth", "login", "--method", "evil"),
    ("auth", "import", "--yes"),
    ("env", "list"),
]


@pytest.mark.parametrize("python_path", [None, "", ":", ".", "./"])
@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_nothing_is_imported_from_the_current_folder(
    program: Program, stub: Stub, hostile: Path, line: tuple[str, ...], python_path: str | None
) -> None:
    own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOWCTL_STORE="")
    del own.environ["PYTHON_KEYRING_BACKEND"]
    more = {} if python_path is None else {"PYTHONPATH": python_path}
    if more:  # Python itself loads sitecustomize and what its start needs, before any line of ours
        for name in ("sitecustomize", "json"):
            (hostile / f"{name}.py").unlink()
    done = run_in(
        hostile, own, *line, XDG_CONFIG_HOME=".", XDG_DATA_HOME=".", HOME=str(hostile / "no"), **more
    )
    assert "Traceback" not in done.err
    assert [mark for mark in marks(hostile) if mark != "IMPORTED-sitecustomize"] == []
    assert "evil" not in done.out


def test_what_python_path_names_by_its_whole_path_stays(program: Program, hostile: Path) -> None:
    for module in hostile.glob("*.py"):
        if module.name != "evil.py":  # with the others the line would not get that far
            module.unlink()
    done = run_in(hostile, program, "auth", "login", "--method", "evil", "--url", "http://127.0.0.1:9",
                  PYTHONPATH=str(hostile))  # fmt: skip
    assert "IMPORTED-evil" in marks(hostile), done


# Programs.


@pytest.mark.parametrize("path", RELATIVE)
def test_programs_are_looked_up_in_whole_paths_only(
    hostile: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(hostile)
    environ = {"PATH": f"{path}{os.pathsep}/bin{os.pathsep}"}
    assert search_path(environ) == "/bin"
    assert find_program("gettok", environ) == ""
    assert find_program("sh", environ) == "/bin/sh"
    assert find_program("./gettok", environ) == str(hostile / "gettok")  # named by the line


def test_the_process_s_own_variables_lead_to_no_current_folder() -> None:
    environ = {"PATH": ".:/bin:", "XDG_CONFIG_HOME": "rel", "XDG_DATA_HOME": "/data", "HOME": "h"}
    leave_current_folder_out(environ)
    assert environ == {"PATH": "/bin", "XDG_DATA_HOME": "/data", "HOME": "h"}


@pytest.mark.parametrize("pager", ["", "less", "more"])
def test_no_pager_of_the_current_folder(
    program: Program, stub: Stub, hostile: Path, monkeypatch: pytest.MonkeyPatch, pager: str
) -> None:
    monkeypatch.chdir(hostile)
    own = program.with_environ(
        PATH=".::/nowhere", AIRFLOWCTL_URL=stub.url, **({"PAGER": pager} if pager else {})
    )
    own.environ["TERM"] = "xterm"
    with Screen(own, "help", "pools", rows=5) as screen:
        screen.end()
    assert marks(hostile) == []


def test_no_drawing_program_of_the_current_folder(
    program: Program, hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hostile)
    done = program.with_environ(PATH=".:", AIRFLOWCTL_URL="http://127.0.0.1:9")(
        "dags", "show", "d", "--save", "d.png"
    )
    assert "no program `dot`" in done.err
    assert marks(hostile) == []


OPENS = """
import sys
from airflowctl.main import _own_streams, new_session
from airflowctl.auth.terminal_prompter import TerminalPrompter
from airflowctl.core.options import Options
session = new_session(_own_streams(), Options())
TerminalPrompter(session.console, session.streams.environ).open("https://sso.example.org/")
"""


@pytest.mark.parametrize("browser", ["", "browser", "xdg-open"])
def test_no_browser_of_the_current_folder(hostile: Path, browser: str) -> None:
    environ = {**NO_KEYRING, "PATH": ".::bin:/nowhere", "DISPLAY": ":97", "PYTHONSAFEPATH": "1"}
    if browser:
        environ["BROWSER"] = browser
    subprocess.run([sys.executable, "-c", OPENS], cwd=hostile, env=environ, capture_output=True, check=True)
    assert marks(hostile) == []


def test_the_user_s_own_shell_keeps_the_user_s_path(hostile: Path, program: Program) -> None:
    """A line for it is the user's: it names the program."""
    done = run_in(hostile, program, stdin="!gettok\n", PATH=f".:{os.environ['PATH']}")
    assert ("evil.to.ken" in done.out, marks(hostile)) == (True, ["RAN-gettok"])
