"""What goes on, drawn in place on a real terminal: the block and nothing beside it, and the cursor back."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Generator, Iterator

import pytest

from airflowctl.core.results import Text
from airflowctl.core.rich_results import View, Watch
from airflowctl.output.formats import load_format
from airflowctl.output.streams import Streams
from airflowctl.output.style import Style
from airflowctl.output.watch import Watching
from tests.support.program import Done, Program, Terminal
from tests.support.screen import CTRL_C, CTRL_Z, Screen

# A watch that goes on with each line it is sent: how many rows there are, what is noted, or how it ends.
SCRIPT = """
import sys
from select import select
from airflowctl.execution import dispatch
from airflowctl.session import registry
from airflowctl.core.command import command
from airflowctl.core.errors import Interrupted, TimedOut
from airflowctl.core.rich_results import View, Watch
from airflowctl.core.results import Rows
from airflowctl.main import main

def views(session):
    said = []
    try:
        while True:
            while not select([0], [], [], 0.05)[0]:  # a read that has just begun hears no Ctrl-C
                pass
            said.append(input())
            word, _, more = said[-1].partition(" ")
            if word == "note":
                session.output.note(more)
            if word == "fail":
                raise TimedOut("it took too long")
            if word == "end":
                return 5
            if word.isdigit():
                focus = int(more or 0)
                rows = [{"name": f"row{n:03}", "state": "running"} for n in range(int(word))]
                body = Rows(rows, ("name", "state"), "name", empty="nothing yet")
                change = {"name": f"rows {word}", "state": "running"}
                yield View(
                    body, f"title {word}", done=(len(said), 10), foot=("foot \\x1b[31m",),
                    focus=focus, changes=[change],
                )
    except KeyboardInterrupt:
        raise Interrupted("no longer watched") from None

@command("version", "Watch what is typed.")
def watched(session):
    return Watch(views(session), ("name", "state"), "name")

registry.spellings = registry.commands = lambda noun: {("version",): watched}
print("before", flush=True)
sys.exit(main(["version", *sys.argv[1:]]))
"""
COMMAND = (sys.executable, "-c", SCRIPT)
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture
def screen(program: Program) -> Iterator[Screen]:
    with Screen(program, rows=14, columns=60, command=COMMAND) as found:
        found.until_true(lambda: HIDDEN in found.raw, "a watch")  # what is typed from now on is not echoed
        yield found


def cursor_is_shown(screen: Screen) -> bool:
    return screen.raw.rfind(SHOWN) > screen.raw.rfind(HIDDEN) >= 0


def test_the_newest_view_stands_in_the_place_of_the_last(screen: Screen) -> None:
    screen.type("3\n")
    screen.until("row002")
    assert not cursor_is_shown(screen)
    screen.type("1\n")
    screen.until("title 1")
    assert screen.lines[:8] == [
        "before", "title 1", "██████░░░░░░░░░░░░░░░░░░░░░░░░ 2 of 10", "name    state", "------  -------",
        "row000  running", "foot \\x1b[31m", "",
    ]  # fmt: skip
    screen.type("0\n")
    screen.until("nothing yet")
    screen.type("2\nend\n")
    assert screen.end() == 5
    assert screen.lines[1] == "title 2"
    assert screen.lines[5:9] == ["row000  running", "row001  running", "foot \\x1b[31m", ""]
    assert cursor_is_shown(screen)


def test_it_is_never_higher_than_the_screen_but_whole_at_its_end(screen: Screen) -> None:
    screen.type("30\n")
    screen.until("… 23 more")
    assert screen.lines[-1] == ""
    assert screen.lines[0] == "title 30"
    screen.type("30 20\n")
    screen.until("… 19 before", "row019", "… 5 more", "foot")
    screen.type("30 29\n")
    screen.until("… 23 before", "row029", "foot")
    assert "more" not in screen.text
    screen.type("end\n")
    screen.end()
    assert screen.raw.count("title 30") == 4
    whole = screen.raw[screen.raw.rindex("title 30") :]
    assert all(f"row{number:03}" in whole for number in range(30))


def test_what_is_noted_meanwhile_stands_over_it(screen: Screen) -> None:
    screen.type("2\n")
    screen.until("row001")
    screen.type("note the server is back\n2\n")
    screen.until("back\ntitle 2", "row001")
    assert screen.lines[:3] == ["before", "the server is back", "title 2"]


def test_another_size_of_the_window(screen: Screen) -> None:
    screen.type("20\n")
    screen.until("… 13 more")
    screen.resize(20, 50)
    screen.type("20\n")
    screen.until("… 7 more")
    assert screen.text.count("title 20") == 1


@pytest.mark.parametrize(
    ("keys", "code", "told"),
    [
        (CTRL_C, 130, "error: no longer watched"),
        ("fail\n", 3, "error: it took too long"),
        ("end\n", 5, "row000  running"),
    ],
)
def test_the_cursor_comes_back_and_the_last_view_stays(
    screen: Screen, keys: str, code: int, told: str
) -> None:
    screen.type("1\n")
    screen.until("row000")
    screen.type(keys)
    assert screen.end() == code
    assert cursor_is_shown(screen)
    assert "row000" in screen.text
    assert told in screen.text


def test_ctrl_c_while_it_draws_is_told_to_who_watches(program: Program) -> None:
    """It comes where it likes; here while a piece is written."""

    def views() -> Generator[View, None, int]:
        try:
            while True:
                yield View(Text("now"))
        except KeyboardInterrupt:
            return 7

    def write(text: str) -> None:
        written.append(text)
        if len(written) == 3:
            raise KeyboardInterrupt

    written: list[str] = []
    streams = Streams(Terminal(), Terminal(), Terminal(), {}, 80)
    watch = Watch(views(), ("name",), "name")
    style = Style(load_format("table"), None, True, 80)
    assert Watching(watch, streams, lambda: style, str, write, written.append, " ".join).show() == 7
    assert written[-1] == SHOWN


def test_the_cursor_comes_back_when_it_is_ended_from_outside(screen: Screen) -> None:
    screen.type("1\n")
    screen.until("row000")
    screen.signal(signal.SIGTERM)
    assert screen.end() == -signal.SIGTERM
    assert cursor_is_shown(screen)


def test_it_may_be_stopped_and_go_on(screen: Screen) -> None:
    screen.type("1\n")
    screen.until("row000")
    screen.type(CTRL_Z)
    screen.until_true(lambda: screen.raw.count(SHOWN) == 1, "the cursor")
    screen.signal(signal.SIGCONT)
    screen.until_true(lambda: screen.raw.count(HIDDEN) == 2, "the cursor hidden")
    screen.type("2\n")
    screen.until("title 1", "title 2")  # what others wrote meanwhile is not written over


def test_a_terminal_that_obeys_no_codes_gets_a_line_for_each_change(program: Program) -> None:
    with Screen(program.with_environ(TERM="dumb"), command=COMMAND) as screen:
        screen.until("before")
        screen.type("3\n4\nend\n")
        assert screen.end() == 5
        lines = ["before", "name    state", "rows 3  running", "foot \\x1b[31m", "rows 4  running"]
        assert [line for line in screen.lines if line not in ("", "3", "4", "end")][:5] == lines
        assert "\x1b" not in screen.raw


def piped(program: Program, *options: str) -> Done:
    from subprocess import run

    done = run(
        [*COMMAND, *options], input="3\n4\nend\n", capture_output=True, text=True,
        env=program.process_environ, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == "foot \\x1b[31m\n"  # once
    return Done(done.stdout.removeprefix("before\n"), done.stderr, done.returncode)


def test_a_pipe_gets_a_line_for_each_change_or_the_end(program: Program) -> None:
    done = piped(program)
    assert done.lines == ["name\tstate", "rows 3\trunning", "rows 4\trunning"]
    assert done.code == 5
    events = [json.loads(line) for line in piped(program, "-o", "jsonl").lines]
    assert [event["name"] for event in events] == ["rows 3", "rows 4"]
    ends = piped(program, "-o", "json")
    assert [row["name"] for row in ends.json] == ["row000", "row001", "row002", "row003"]
    assert piped(program, "-o", "table").lines[2:] == [f"row{number:03}  running" for number in range(4)]
    assert piped(program, "--query", "[1].name").out == "row001\n"
