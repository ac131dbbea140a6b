"""`LINE &`: a line runs in the background, and the user types on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from airflowctl.core.errors import UsageError
from airflowctl.execution import background_lines
from airflowctl.execution.background_lines import BackgroundLine, lines_of
from airflowctl.execution.pipeline import parse_commands
from airflowctl.output.line_buffer import LineBuffer
from airflowctl.shell import background_notes
from airflowctl.shell.background_notes import BackgroundNotes
from tests.support.program import Program
from tests.support.recorded import Replay, file_of
from tests.support.screen import CTRL_C, CTRL_D, CTRL_Z, Screen
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("line", "is_background", "commands"),
    [
        ("a b &", True, ["a b"]),
        ("a && b &", True, ["a", "b"]),
        ("a > f &", True, ["a"]),
        ("a | each b &", True, ["a"]),
        ("a '&'", False, ["a &"]),
        ("a | less &", False, ["a"]),
        ("a&", False, ["a&"]),
        ("!sleep 5 &", False, [""]),
    ],
)
def test_what_ends_in_the_background(line: str, is_background: bool, commands: list[str]) -> None:
    parsed = parse_commands(line)
    assert [" ".join(command.tokens) for command in parsed] == commands
    assert all(command.is_background == is_background for command in parsed)


@pytest.mark.parametrize("line", ["&", "a; &", "a & && b", "a &; b"])
def test_an_ampersand_out_of_place(line: str) -> None:
    with pytest.raises(UsageError):
        parse_commands(line)


class Held:
    """A server whose pools come when they are let go."""

    def __init__(self, stub: Stub) -> None:
        self.let_go, self.asked = threading.Event(), threading.Event()
        self.stub, self.is_dead = stub, False
        self.name = "p"
        stub.answer = self.answer

    def answer(self, request: Request) -> Reply:
        if request.path.endswith("/pools/slow"):
            self.asked.set()
            self.let_go.wait(20)
        if self.is_dead:
            raise ConnectionResetError
        if request.path.endswith("/pools"):
            return reply({"pools": [{"name": self.name, "slots": 1}], "total_entries": 1})
        if request.path.endswith("/pools/slow"):
            return reply({"name": "slow\x1b[2J", "slots": 3})
        if request.path.endswith("/pools/none"):
            return reply({"detail": "no pool"}, 404)
        return lets_in(request)


@pytest.fixture
def held(stub: Stub) -> Iterator[Held]:
    held = Held(stub)
    yield held
    held.let_go.set()


@pytest.fixture
def online(program: Program, held: Held) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=held.stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


@pytest.fixture
def shell(online: Program, held: Held) -> Iterator[Shell]:
    with Shell(online) as shell:
        yield shell
        held.let_go.set()
        lines_of(shell.session).stop_all()  # leaving would ask


def test_the_user_types_on_while_it_runs(shell: Shell, held: Held) -> None:
    done = shell.run("pools get slow -o json &")
    assert (done.code, done.err) == (0, "[1] pools get slow -o json\n")
    assert held.asked.wait(10)
    shell.type("dags li")
    listed = until(lambda: shell.line == "dags li", "what is typed")
    assert listed
    held.let_go.set()
    until(lambda: "[1] done after" in shell.err, "its end")
    assert '[1]   "name": "slow\\u001b[2J"' in shell.err
    assert shell.line == "dags li"
    shell.type(CTRL_C)


def test_jobs_shows_what_runs_and_what_has_ended_since(shell: Shell, held: Held) -> None:
    shell.run("pools get slow &")
    shell.run("pools get none &")
    until(lambda: "[2] failed, exit 1" in shell.err, "the end of the second")
    rows = [row.split("\t") for row in shell.run("jobs").out.splitlines()]
    assert [(row[0], row[1], row[2], row[4]) for row in rows[1:]] == [
        ("%1", "running", "", "pools get slow"),
        ("%2", "failed", "1", "pools get none"),
    ]
    rows = [row.split("\t") for row in shell.run("jobs").out.splitlines()]
    assert [row[0] for row in rows[1:]] == ["%1"]
    assert "get_jobs" not in str(held.stub.requests)


def test_fg_waits_and_has_its_exit_code(shell: Shell, held: Held) -> None:
    shell.run("pools get none &")
    assert shell.run("fg %1").code == 1
    shell.run("pools get slow &")
    threading.Timer(0.3, held.let_go.set).start()
    assert shell.run("fg").code == 0
    assert shell.run("fg").code == 2


def test_fg_writes_what_the_line_prints_as_it_comes(online: Program, held: Held) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("pools list -o name && pools get slow -o name &\n")
        screen.until(r"^\[1\] p$", "1 running")
        screen.prompt()
        screen.type("pools list -o csv && pools get slow -o name && version &\n")
        screen.until("2 running")
        screen.prompt()
        screen.type("fg %1; version\n")
        screen.until(r"fg %1; version\n\[1\] pools list -o name")
        screen.type(CTRL_Z)
        screen.until(r"^\[1\] is in the background again", "2 running")
        screen.prompt()
        screen.type("fg %2\n")
        screen.until(r"fg %2\n\[2\] pools list -o csv")
        held.let_go.set()
        screen.until(r"^slow.x1b.2J$", r"^airflowctl 0.*\n(.*\n)*^airflowctl 0", r"^\[1\] done after")
        assert "[2] done" not in screen.text  # it ended in front


def test_ctrl_c_ends_a_line_in_front(online: Program, held: Held) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("sleep 0.6 && pools list -o name && sleep 60 &\n")
        screen.until("1 running")
        screen.prompt()
        screen.type("fg\n")
        screen.until(r"^p$")  # before the line has ended
        screen.type(CTRL_C)
        screen.until(r"^interrupted")
        screen.prompt()
        assert screen.text.count("interrupted") == 1
        screen.type("fg %1\n")
        screen.until(r"^error: there is no line %1|^\[1\] sleep")


def test_many_lines_of_text_are_one_redraw(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    draws: list[int] = []
    draw = BackgroundNotes._draw

    def count(notes: BackgroundNotes, texts: list[str]) -> None:
        draws.append(len(texts))
        draw(notes, texts)

    monkeypatch.setattr(BackgroundNotes, "_draw", count)
    lines = lines_of(shell.session)
    printed = [BackgroundLine(number, "printing", LineBuffer()) for number in (1, 2, 3)]
    for line in printed:
        for number in range(900):
            line.buffer.put(f"text {number}", is_error=False)
    monkeypatch.setattr(lines, "_lines", printed)
    is_held = True
    monkeypatch.setattr(background_notes, "is_key_in_hand", lambda: is_held)
    monkeypatch.setattr(background_notes, "_TYPING", 0.0)
    notes = lines.note_output.__self__  # type: ignore[attr-defined]
    monkeypatch.setattr(notes, "_show_soon", Counted(notes._show_soon))
    for _ in range(2_700):  # as often as the lines have printed
        lines.note_output()
    until(lambda: notes._show_soon.count > 2, "another look")
    assert draws == []  # a key is handled
    is_held = False
    until(lambda: "[3] text 899" in shell.err, "the last text")
    assert draws == [2_700]
    shown = shell.err.splitlines()
    for line in printed:
        mine = [text for text in shown if text.startswith(f"[{line.number}] text")]
        assert mine == [f"[{line.number}] text {number}" for number in range(900)]
    monkeypatch.setattr(lines, "_lines", [])


@pytest.mark.parametrize("count", [3, 60])
def test_the_bottom_line_stays_while_a_line_prints(online: Program, held: Held, count: int) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.until("healthy")
        asked = screen.raw.count("\x1b[6n")  # the bottom line is hidden until the terminal says where it is
        screen.type(f"repeat {count} version && pools get slow &\n")
        screen.until("1 running", r"\[1\] airflowctl")
        screen.prompt()
        begun = screen.raw.count("\x1b[6n")
        assert begun <= asked + 1  # of the prompt itself
        held.let_go.set()
        screen.type("pools li")
        screen.until(r"\[1\] done after", r"> pools li", "healthy")
        assert screen.raw.count("\x1b[6n") == begun
        screen.type(CTRL_C)


class Counted:
    """A function that counts its calls."""

    def __init__(self, do: Callable[..., object]) -> None:
        self.do, self.count = do, 0

    def __call__(self, *values: object) -> object:
        self.count += 1
        return self.do(*values)


def test_a_line_that_prints_more_than_is_shown_waits_and_loses_nothing(shell: Shell) -> None:
    shell.run("repeat 3000 version &")
    until(lambda: "[1] done after" in shell.err, "its end")
    assert shell.err.count("[1] airflowctl 0") == 3_000


def test_a_table_above_the_prompt_fits_the_window(shell: Shell, held: Held) -> None:
    held.name = "n" * 200
    shell.run("pools list --columns name,slots,name &")
    until(lambda: "[1] done after" in shell.err, "its end")
    table = [text for text in shell.err.splitlines() if "nnn" in text]
    assert [len(text) <= 80 for text in table] == [True], table


def test_the_lines_of_a_report_have_no_numbers_there(shell: Shell, held: Held) -> None:
    # What `!1` runs would be another line from one key to the next.
    held.stub.answer = Replay(file_of("connection missing"))
    assert "!1  " in shell.run("why f_conn r1").out
    shell.run("why f_conn r1 &")
    until(lambda: "[1] failed" in shell.err, "its end")
    assert "connections add" in shell.err
    assert "!1" not in shell.err


def test_kill_ends_it(shell: Shell) -> None:
    shell.run("sleep 60 &")
    assert shell.run("kill %1").code == 0
    until(lambda: "[1] stopped after" in shell.err, "its end")
    assert shell.run("kill %1").code == 2
    assert shell.run("kill %9").code == 2


def test_the_list_of_the_prompt_stays(shell: Shell) -> None:
    shell.run("pools list")
    shell.run("version && dags list &")
    until(lambda: "[1] done" in shell.err or "[1] failed" in shell.err, "its end")
    done = shell.run("pools get $1 -o name")
    assert (done.code, done.out) == (0, "p\n"), done.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pools delete p &", "asks before it acts"),
        ("pools list | each pools delete {name} &", "asks before it acts"),
        ("dags delete etl &", "asks before it acts"),
        ("auth login &", "does not run in the background"),
        ("use dag etl &", "does not run in the background"),
        ("exit &", "does not run in the background"),
        ("watch pools list &", "does not run in the background"),
        ("top &", "does not run in the background"),
        ("pools list | pick &", "does not run in the background"),
        ("pools list | pick | pools delete &", "does not run in the background"),
        ("fg &", "does not run in the background"),
        ("source f &", "does not run in the background"),
        ("edit pools p &", "edit pools does not run in the background: it needs the terminal"),
        ("time edit pools p &", "edit pools does not run in the background"),
        ("pools list | each edit pools {name} &", "edit pools does not run in the background"),
        ("dags trigger etl --form &", "dags trigger does not run in the background: it needs the terminal"),
        ("try auth login &", "auth login does not run in the background"),
        ("time use dag etl &", "use dag does not run in the background: it is about the shell itself"),
        ("version && pools delete p &", "asks before it acts"),
        ("time pools delete p &", "asks before it acts"),
        ("repeat 2 pools delete p &", "asks before it acts"),
        ("try pools delete p &", "asks before it acts"),
        ("pools lst &", "lst"),
        ("pools get &", "missing argument"),
    ],
)
def test_what_would_ask_or_changes_the_session_is_refused(
    shell: Shell, held: Held, line: str, words: str
) -> None:
    done = shell.run(line)
    assert (done.code, words in done.err) == (2, True), done.err
    assert [request for request in held.stub.requests if request.method != "GET"] == []


def test_with_a_yes_it_runs(shell: Shell, held: Held) -> None:
    shell.run("pools delete p --yes &")
    until(lambda: "[1] done" in shell.err, "its end")
    assert "DELETE" in [request.method for request in held.stub.requests if request.path.endswith("/p")]


def test_read_only_holds(online: Program, held: Held) -> None:
    with Shell(online.with_environ(AIRFLOWCTL_READ_ONLY="1")) as shell:
        assert shell.run("pools delete p --yes &").code in (2, 4)
    assert [request for request in held.stub.requests if request.method == "DELETE"] == []


def test_a_server_that_dies_under_it(shell: Shell, held: Held) -> None:
    shell.run("pools get slow --retry-for 0 &")
    assert held.asked.wait(10)
    held.is_dead = True
    held.let_go.set()
    until(lambda: "[1] failed, exit 3" in shell.err, "its end")
    assert "[1] error:" in shell.err
    assert shell.run("pools list --retry-for 0").code == 3


def test_on_a_terminal(online: Program, held: Held) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("pools get slow &\n")
        screen.until(r"^\[1\] pools get slow", "1 running")
        screen.prompt()
        screen.type(CTRL_C)  # is for the prompt
        screen.prompt()
        screen.type("pools list --lim")
        screen.until("> pools list --lim")
        held.let_go.set()
        screen.until(r"\[1\] done after", r"> pools list --lim", r"\[1\] .*slow\\x1b\[2J")
        assert "\a" in screen.raw
        screen.type(CTRL_C)
        screen.prompt()
        screen.type("sleep 60 &\n")
        screen.until("1 running")
        screen.type("kill %2\n")
        screen.until("%2 stopped")
        screen.prompt()
        screen.type("sleep 60 &\n")
        screen.until("1 running")
        screen.prompt()
        screen.type(CTRL_D)
        screen.until(r"1 line in the background would end. Leave\? \[y/N\]")
        screen.type("n\n")
        screen.prompt()
        screen.type("exit\n")
        screen.until(r"would end. Leave\? \[y/N\] *$")
        screen.type("y\n")
        assert screen.end() == 0


def test_in_a_batch_wait_has_the_exit_code(online: Program, held: Held, tmp_path: Path) -> None:
    held.let_go.set()
    done = online(
        "-f", "-", stdin="pools get slow -o name &\nversion\nwait %1\npools get none &\nwait %2\nversion\n"
    )
    assert done.code == 1
    assert "slow" in done.out
    done = online("-f", "-", stdin="pools get none &\nversion\n")
    assert done.code == 1
    for line in ("a && version &", "version && version &"):
        assert online("-f", "-", stdin=f"{line}\n").code == 2
    assert online("-f", "-", "--journal", str(tmp_path / "j"), stdin="version &\n").code == 2


def test_a_line_that_has_not_begun_yet_is_ended(
    shell: Shell, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin: list[Callable[[], None]] = []

    class LateThread(threading.Thread):
        def start(self) -> None:
            begin.append(super().start)

    monkeypatch.setattr(background_lines, "Thread", LateThread)
    shell.run("pools get p &")
    assert shell.run("kill %1").code == 0
    begin[0]()
    until(lambda: "[1] stopped after" in shell.err, "its end")
    assert not any("/pools/p" in request.path for request in held.stub.requests)
