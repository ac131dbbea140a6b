"""What the shell says to the terminal and hears from it: colours, title, marks, the cursor, a bell."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.output.vt100 import Vt100_Output

from airflowctl.core.settings import Settings
from airflowctl.output.streams import Streams
from airflowctl.shell.background_colour import BackgroundQuestion
from airflowctl.shell.terminal_marks import TerminalMarks
from tests.support.program import Program
from tests.support.screen import CTRL_C, CTRL_D, ESCAPE, Screen
from tests.support.stub import Stub
from tests.support.stub_deployment import Toy

WHITE, BLACK = "rgb:ffff/ffff/ffff", "rgb:0000/0000/0000"
BLUE, CYAN = (
    r"\x1b\[0;34(;1)?m",
    r"\x1b\[0;36(;1)?m",
)  # of the environment's name, on a light and a dark ground
REPLIES = ("]11;", "rgb:", "[?6c", "?6c")


@pytest.fixture
def online(program: Program) -> Iterator[Program]:
    with Stub(Toy()) as stub:
        yield program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", SHELL="/bin/sh")


# The background.


@pytest.mark.parametrize(
    ("background", "colour"),
    [(WHITE, BLUE), ("rgb:fd/f6/e3", BLUE), (BLACK, CYAN), ("", CYAN), ("rgb:x", CYAN)],
)
def test_the_colours_are_those_for_the_background(background: str, colour: str, program: Program) -> None:
    with Screen(program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1"), background=background) as screen:
        screen.prompt()
        screen.until_true(lambda: re.search(colour, screen.raw) is not None, f"{colour} for {background}")
        assert not any(reply in screen.text for reply in REPLIES)


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": "linux"}, {"NO_COLOR": "1"}])
def test_a_terminal_that_may_print_the_question_is_not_asked(
    environ: dict[str, str], program: Program
) -> None:
    with Screen(program.with_environ(**environ)) as screen:
        screen.prompt()
        assert "\x1b]" not in screen.raw.replace("\x1b]133", "").replace("\x1b]2;", "")
        assert "\x1b[c" not in screen.raw


def test_what_was_typed_before_the_first_prompt_is_kept(program: Program) -> None:
    with Screen(program, background=BLACK) as screen:
        screen.type("versio")
        screen.until_true(lambda: "\x1b]11;?" in screen.raw, "the question")
        screen.type("n\n")
        screen.until(r"^airflowctl \d")
        assert not any(reply in screen.text for reply in REPLIES)


def test_replies_that_come_late_are_no_keys(program: Program) -> None:
    """Cut anywhere, and between two keys."""
    reply = f"\x1b]11;{WHITE}\x1b\\\x1b[?62;22c"
    with Screen(program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1"), answers=False) as screen:
        screen.prompt()
        typed = "dags list --limit 2"
        for index, letter in enumerate(reply):
            screen.type(letter)
            if letter == "\\" or index == len(reply) - 1:  # replies themselves come whole
                screen.type(typed[:9] if letter == "\\" else typed[9:])
        screen.until(f"> {typed}")
        screen.until_true(lambda: re.search(BLUE, screen.raw) is not None, "the colours for white")
        screen.type(CTRL_C)
        screen.type("versionx" + ESCAPE + "\x7f" + "exit")  # the Esc key is still a key
        screen.until("> exit")


@pytest.mark.parametrize("size", range(1, 9))
def test_replies_are_taken_out_wherever_they_are_cut(size: int) -> None:
    question = BackgroundQuestion(Streams(io.StringIO(), io.StringIO(), io.StringIO(), {"TERM": "xterm"}))
    question.is_waiting = True
    text = f"ab\x1b[Ac\x1b]11;{WHITE}\x07d\x1bOP\x1b[?6ce\x1b[B"
    taken = "".join(question.take(text[at : at + size]) for at in range(0, len(text), size))
    assert (taken + question.release(), question.is_light) == ("ab\x1b[Acd\x1bOPe\x1b[B", True)
    assert not question.is_waiting


# Title, marks, cursor, bell.


def test_the_title_and_the_marks_of_prompts_and_results(online: Program) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("dags get etl -o name\n")
        screen.until("^etl$")
        screen.prompt()
        screen.type("dags get nosuch\n")
        screen.until("^error")
        screen.prompt()
        assert screen.title == online.environ["AIRFLOWCTL_URL"].removeprefix("http://")
        screen.type(CTRL_D)
        screen.end()
    marks = re.findall(r"\x1b\]133;([^\x1b]*)\x1b\\", screen.raw)
    kinds = [mark for index, mark in enumerate(marks) if index == 0 or mark != marks[index - 1]]
    assert [mark for mark in kinds if mark != "B"] == ["A", "C", "D;0", "A", "C", "D;1", "A"]
    assert kinds[1] == "B"
    assert screen.raw.rstrip().endswith("\x1b[23;2t")  # the title that the window had


def test_the_cursor_shows_the_mode_of_vi(online: Program) -> None:
    with Screen(online) as screen:
        screen.prompt()
        assert " q" not in screen.raw
        screen.type("set keys vi\n")
        screen.until_true(lambda: "\x1b[6 q" in screen.raw, "a beam")
        screen.until("vi: insert")
        screen.type("x" + ESCAPE)
        screen.until_true(lambda: "\x1b[2 q" in screen.raw, "a block")
        screen.until("vi: navigation")


def marked(seconds: float, bell: str, term: str = "xterm") -> str:
    written = io.StringIO()
    output = Vt100_Output(written, lambda: Size(rows=24, columns=80), term=term)
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO(), {"TERM": term})
    TerminalMarks(output, streams).end_line(5, seconds, "dags trigger", Settings({"bell": bell}))
    return written.getvalue()


def test_a_long_line_rings_the_bell_and_says_so() -> None:
    text = "airflowctl: dags trigger ended with exit code 5 after 15 s"
    assert marked(15.0, "on") == f"\x1b]133;D;5\x1b\\\a\x1b]9;{text}\x1b\\"
    assert marked(15.0, "sound") == "\x1b]133;D;5\x1b\\\a"
    assert marked(15.0, "off") == marked(9.0, "on") == "\x1b]133;D;5\x1b\\"
    assert marked(15.0, "on", "dumb") == marked(15.0, "on", "linux") == ""


def test_replies_after_the_shell_are_no_typed_text(program: Program) -> None:
    """The next program on the terminal would take them for keys."""
    line = f'"{sys.executable}" -m airflowctl; exec cat'
    quiet = program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1")
    with Screen(quiet, command=("/bin/sh", "-c", line), answers=False) as screen:
        screen.until_true(lambda: "\x1b[c" in screen.raw, "the question")
        screen.type(CTRL_D)
        screen.until_true(lambda: "\x1b[?2004l" in screen.raw, "the end of the prompt")
        screen.type(f"\x1b]11;{WHITE}\x1b\\\x1b[?62;22c")
        screen.type("hello\n")
        screen.until_true(lambda: screen.text.count("hello") == 2, "a word and its echo")
        assert not any(reply in screen.raw for reply in ("]11;rgb", "62;22c", "^["))


def test_a_line_waits_for_a_reply_that_its_program_would_read(program: Program) -> None:
    quiet = program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1", SHELL="/bin/sh")
    with Screen(quiet, answers=False) as screen:
        screen.until_true(lambda: "\x1b[c" in screen.raw, "the question")
        screen.type("!cat\n")
        screen.until("> !cat")
        screen.type(f"\x1b]11;{WHITE}\x1b\\\x1b[?62;22c")
        screen.until_true(lambda: "\x1b]133;C" in screen.raw, "the line's begin")
        screen.type("hello\n")
        screen.until_true(lambda: screen.text.count("hello") == 2, "a word and its echo")
        assert not any(reply in screen.raw for reply in ("]11;rgb", "62;22c", "^["))
