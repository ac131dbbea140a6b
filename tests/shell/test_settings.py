"""What makes the shell one to stay in: settings, lines of several lines, a server that comes back."""

from __future__ import annotations

import os
import re
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from airflowctl.core.settings import SETTINGS
from tests.support.program import Program
from tests.support.screen import CTRL_D, Screen
from tests.support.shell_driver import CTRL_C, ESCAPE, Desk, Shell
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.stub_deployment import Toy
from tests.support.waiting import until

PROMPTS = "\x1b[?2004h"  # what each prompt begins with, once the keys are its own
PASTE = "\x1b[200~{}\x1b[201~"


@pytest.fixture
def toy() -> Toy:
    return Toy()


@pytest.fixture
def stub(toy: Toy) -> Iterator[Stub]:
    with Stub(toy) as server:
        yield server


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", SHELL="/bin/sh")


# Lines of several lines.


def test_a_value_of_several_lines(online: Program, stub: Stub) -> None:
    with Shell(online) as shell:
        shell.type("dags trigger etl --conf '{\n")
        until(lambda: shell.line.endswith("{\n"), "a second line")
        assert shell.run('"a": 1}\' -o json').json["conf"] == {"a": 1}
        shell.type('dags trigger etl --conf {\n"a":\n{"b":\n')
        until(lambda: shell.line.endswith('{"b":\n'), "a third line")
        assert shell.run('"it is"}} -o json').json["conf"] == {"a": {"b": "it is"}}


def test_pasted_lines_are_asked_about(online: Program, stub: Stub) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type(PASTE.format("dags get etl -o name\ndagrun list etl -o name"))
        screen.until("dags get etl", "dagrun list etl")
        screen.type("\n")
        screen.until(r"run these 2 lines, one after the other\? \[Y/n\]")
        screen.type("n\n")
        screen.until("^not run")
        screen.prompt()
        assert not [path for path in stub.sent if path.endswith("/etl")]
        screen.type(PASTE.format("dags get etl -o name\ndagrun list etl -o name") + "\n")
        screen.until_true(lambda: screen.raw.count("[Y/n]") == 2, "the question once more")
        screen.type("\n")
        screen.until("^etl$", "^r2$")


def test_an_unknown_flag_is_marked_before_enter(online: Program) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("dags list --nope x")
        screen.until_true(lambda: re.search(r"\x1b\[[0-9;]*31[0-9;]*m--nope", screen.raw), "a mark")


# Settings.


def test_settings_are_for_this_session_unless_they_are_kept(online: Program) -> None:
    desk = Desk(online)
    assert desk.run("set output json") == desk.run("set timing on --keep") == 0
    assert desk.session.options.output == "json"
    other = Desk(online)
    other.session.use_settings()
    assert (other.session.options.output, other.session.parts.settings["timing"]) == (None, "on")
    assert desk.run("set output auto") == 0
    assert desk.session.options.output is None
    desk.session.options = desk.session.options._replace(timezone="local")  # as it was started with
    desk.session.use_settings()
    assert desk.session.options.timezone == "local"
    file = Path(online.environ["AIRFLOWCTL_HOME"]) / "preferences.toml"
    assert file.read_text() == '[settings]\n"timing" = "on"\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_may_be_set_completes_and_is_checked(online: Program) -> None:
    desk = Desk(online)
    assert list(desk.offered("set ")) == [it.name for it in SETTINGS]
    assert list(desk.offered("set keys ")) == ["emacs", "vi"]
    assert [desk.run(line) for line in ("set nope", "set keys ed", "set timezone Mars/X")] == [2, 2, 2]
    assert "keys: 'ed' is not one of emacs, vi" in desk.err
    assert "timezone: 'Mars/X': not local, utc or the name" in desk.err


def test_what_they_do(online: Program) -> None:
    with Shell(online) as shell:
        assert "took" in (shell.run("set timing on").err + shell.run("version").err)
        shell.run("set timing off")
        shell.run("set toolbar off")
        assert shell.app.layout
        shell.run("set completion off")
        shell.type("dags ge")
        until(lambda: shell.line == "dags ge", "the line")
        assert shell.menu == {}
        shell.type(CTRL_C)
        shell.run("set keys vi")
        shell.type("versionx" + ESCAPE)
        until(lambda: shell.app.vi_state.input_mode.value == "vi-navigation", "vi's keys")
        shell.type("x")
        assert shell.run("").out.startswith("airflowctl ")


def test_it_does_not_ask_if_that_is_set_but_in_production(program: Program, stub: Stub) -> None:
    base = program.with_environ(AIRFLOW_CLI_TOKEN="t.o.k")
    for name in ("one", "production"):
        base("auth", "login", "-e", name, "--url", stub.url, "--method", "none")
    desk = Desk(base)
    desk.run("set confirm off")
    assert desk.run("env use one") == desk.run("dagrun delete etl r1") == 0
    assert desk.run("env use production") == 0
    assert desk.run("dagrun delete etl r1") == 2
    assert "(PRODUCTION)" in desk.err


# Editing.


def test_looking_for_an_earlier_line_and_an_editor(online: Program, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nprintf 'dagrun list etl -o name' > \"$1\"\n")
    editor.chmod(0o700)
    with Screen(online.with_environ(EDITOR=str(editor))) as screen:
        screen.prompt()
        screen.type("dags get etl -o name\n")
        screen.until("^etl$")
        screen.prompt()
        screen.type("\x12get e")  # Ctrl-R
        screen.until("^ +dags get etl -o name ")  # the list of earlier lines
        screen.type("\n\n")
        screen.until_true(lambda: screen.raw.count("etl\r\n") > 1, "the same line once more")
        screen.prompt()
        screen.type("dags\x18\x05")  # Ctrl-X Ctrl-E
        screen.until("^r2$")
        screen.type("set keys vi\n")
        screen.until("vi: insert")


# What is remembered.


def test_what_is_saved_is_what_worked_and_no_secret(online: Program, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    with Shell(online) as shell:
        for line in ("dags get etl", " dags get etl", "dags get nosuch", "!true my-token x", f"save {file}"):
            shell.run(line)
        shell.run('dags trigger etl --conf \'{"password": "hunter2"}\'')
        shell.run("dags list | cat")
        shell.session.parts.memory.add_line("watch dags list", 0)  # it ended by Ctrl-C, which is no failure
        assert shell.run(f"save {file}").code == 2
        assert shell.run(f"save {file} --force").code == 0
        assert file.read_text() == "dags get etl\ndags list | cat\n"
        assert "conf" not in shell.run("history trigger").out
        assert "hunter2" not in (Path(online.environ["AIRFLOWCTL_HOME"]) / "history").read_text()


# Watching.


def test_watching_a_line_in_place(online: Program, toy: Toy) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("watch -n 0.2 dagrun list etl\n")
        screen.until("every 0.2 s: dagrun list etl", "^  r2 +running")
        toy.state = "success"
        # The id may be a link for the terminal.
        marked = re.compile(r"\* (\x1b]8;;[^\x1b]*\x1b\\)?r2")
        screen.until_true(lambda: bool(marked.search(screen.raw)), "the mark of a change")
        screen.until("r2 +success")
        assert screen.text.count("dag_run_id") == 1
        toy.state = "failed"
        screen.until("r2 +failed")
        screen.type(CTRL_C)
        screen.prompt()
        screen.type("dags get etl -o name\n")
        screen.until("^etl$")


def test_a_round_that_fails_is_told_and_it_goes_on(online: Program, toy: Toy, stub: Stub) -> None:
    with Screen(online) as screen:
        screen.prompt()
        stub.answer = lambda request: reply({"detail": "it broke"}, 500)
        screen.type("watch -n 0.2 dagrun list etl\n")
        screen.until("error: .*it broke")
        stub.answer = toy
        screen.until("r2 +running")
        screen.type(CTRL_C)
        screen.prompt()


def test_what_changes_something_is_not_watched(online: Program, stub: Stub) -> None:
    done = online("watch", "dags", "trigger", "etl")
    assert (done.code, stub.requests) == (2, [])
    assert "dagrun trigger" in done.err or "dags trigger changes something" in done.err


# The server.


def test_the_toolbar_heals_without_a_key(program: Program, toy: Toy) -> None:
    """By a stub that refuses at first: nothing is typed between red and well."""
    broken = Event()

    def answer(request: Request) -> Reply:
        return toy(request) if broken.is_set() else reply({"detail": "down for now"}, 503)

    with Stub(answer) as stub:
        online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
        with Screen(online, columns=200, rows=50) as screen:
            screen.prompt()
            screen.until_true(lambda: "down for now" in screen.lines[-1], "the fault in the toolbar")
            assert re.search(r"\x1b\[[0-9;]*31[0-9;]*m[^\x1b]*down for now", screen.raw)
            screen.type("half a li")
            screen.until("half a li")
            broken.set()
            screen.until_true(lambda: "healthy" in screen.lines[-1], "a toolbar that is well again")
            assert screen.cursor_line.endswith("> half a li")


def test_an_unhealthy_component_is_named(online: Program, toy: Toy) -> None:
    toy.health = {**toy.health, "dag_processor": {"status": "unhealthy"}, "triggerer": {"status": None}}
    with Screen(online, columns=120) as screen:
        screen.prompt()
        screen.until_true(lambda: "dag processor unhealthy" in screen.lines[-1], "what is ill")


# Leaving.


def test_ctrl_c_at_an_empty_prompt_never_leaves(online: Program) -> None:
    """As fast as they come: some are pressed between two prompts, where they are signals."""
    with Screen(online) as screen:
        screen.prompt()
        screen.until_true(lambda: bool(screen.type(CTRL_C)) or screen.raw.count(PROMPTS) > 30, "30 prompts")
        still = r"^still here$"
        screen.until_true(
            lambda: bool(screen.type("!echo still here\n")) or re.search(still, screen.text, re.M), "it"
        )
        screen.type("exit\n")
        assert screen.end() == 0
        assert "Traceback" not in screen.raw
        assert "xception" not in screen.raw


def test_a_signal_from_outside_ends_a_prompt_or_what_runs_and_nothing_else(online: Program) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("half a line")
        screen.until("> half a line$")
        screen.signal(signal.SIGINT)
        screen.prompt()
        screen.type("watch -n 60 dags list\n")
        screen.until("every 60 s")
        screen.signal(signal.SIGINT)
        screen.prompt()
        screen.type(CTRL_D)
        assert screen.end() == 0
        assert "xception" not in screen.raw


@pytest.mark.parametrize(
    "line", ["!echo ready; cat\n", "dags list | (cat >/dev/null; echo ready; cat </dev/tty)\n"]
)
def test_ctrl_c_ends_the_program_that_runs_and_nothing_else(online: Program, line: str) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type(line)
        screen.until("^ready$")
        screen.type("here it is\n")
        screen.until_true(lambda: screen.raw.count("here it is") > 1, "an answer of cat, which runs by now")
        screen.type(CTRL_C)
        screen.prompt()
        screen.type("dags get etl -o name\n")
        screen.until("^etl$")


@pytest.mark.parametrize("line", ["watch dags list\n", "dags trigger etl --form\n", "!exec sleep 99\n", ""])
def test_being_ended_leaves_the_terminal_as_it_was(online: Program, line: str) -> None:
    me = f"'{sys.executable}' -m airflowctl"
    script = f'trap : TERM; stty -g; {me} & echo $! > "$HOME/pid"; fg >/dev/null; echo END; stty -g'
    with Screen(online, command=["/bin/bash", "-mc", script]) as screen:
        screen.prompt()
        before = screen.raw.splitlines()[0].strip()
        screen.type(line)
        screen.until({"w": "every 2 s", "d": "> table", "!": "exec sleep 99", "": ">$"}[line[:1]])
        pid = int((Path(online.environ["HOME"]) / "pid").read_text())
        children = Path(f"/proc/{pid}/task/{pid}/children")
        until(lambda: line[:1] != "!" or children.read_text(), "the program, whose line is echoed before")
        os.kill(pid, signal.SIGTERM)
        screen.until("END")
        screen.end()
        after = screen.raw.rpartition("END")[2].strip()
        assert after.splitlines()[0] == before
        assert screen.raw.rfind("\x1b[?2004h") <= screen.raw.rfind("\x1b[?2004l")  # pasting, as it was
        assert screen.raw.rfind("\x1b[?25h") >= screen.raw.rfind("\x1b[?25l")
        assert "Traceback" not in screen.raw


@pytest.mark.parametrize("place", ["app.Shell._bottom", "keys.split", "app.LineRunner.run_lines"])
def test_a_fault_of_ours_leaves_the_terminal_as_it_was(online: Program, place: str) -> None:
    """In drawing, at a key, and between two prompts: told in two lines, and the shell leaves."""
    code = f"""
import sys
from airflowctl.shell import app, keys

def broken(*_):
    raise RuntimeError("it broke")

{place} = broken
from airflowctl.__main__ import run
sys.exit(run())
"""
    script = f"stty -g; '{sys.executable}' -c {shlex.quote(code)}; echo END $?; stty -g"
    with Screen(online, command=["/bin/bash", "-c", script]) as screen:
        if place != "app.Shell._bottom":
            screen.prompt()
            screen.type("version\n")
        screen.until("unexpected RuntimeError: it broke", "END 1")
        screen.end()
        before, after = screen.raw.splitlines()[0], screen.raw.rpartition("END 1")[2].strip()
        assert after == before.strip()
        assert "Traceback" not in screen.raw
        assert screen.raw.rfind("\x1b[?2004l") > screen.raw.rfind("\x1b[?2004h")


def test_being_ended_where_nothing_can_be_raised() -> None:
    """Python drops what is raised while an object is thrown away."""
    code = """
import os, signal, threading
from prompt_toolkit.application import Application
from airflowctl.shell.signals import Signals

class Thing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

with Signals(Application()):
    thing = Thing()
    del thing
    threading.Event().wait()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 143
    assert "ignored" not in done.stderr


# The pager.


def test_ctrl_c_while_a_list_still_streams_into_the_pager(program: Program) -> None:
    """The second page never comes; Ctrl-C, more than once, and q bring the prompt back."""
    go_on = Event()

    def answer(request: Request) -> Reply:
        if request.path.endswith("/variables") and request.query.get("offset") != ["0"]:
            go_on.wait(30)
        items = [{"key": f"key_{place:03}", "value": "v"} for place in range(100)]
        return reply({"variables": items, "total_entries": 200, "version": "3.3.2", "metadatabase": {}})

    with Stub(answer) as stub:
        online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", PAGER="less")
        with Screen(online) as screen:
            screen.prompt()
            screen.type("variables list -o jsonl\n")
            screen.until("key_010")
            screen.type(CTRL_C)
            screen.type(CTRL_C)
            screen.until_true(lambda: screen.type("q") or "interrupted" in screen.text, "an end")
            screen.until_true(lambda: screen.type(CTRL_C) or screen.cursor_line.endswith(">"), "a prompt")
            screen.type("version\n")
            screen.until(r"^airflowctl \d")
        go_on.set()
