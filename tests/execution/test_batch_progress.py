"""The line that says how far a batch is: on a terminal only, and gone before anything else is written."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path

import pytest

from airflowctl.execution import batch_progress
from airflowctl.main import main
from airflowctl.output.streams import Streams
from tests.support.batches import Batch
from tests.support.program import Program, Terminal
from tests.support.screen import Screen
from tests.support.stub import Reply, Request, Stub

LINES = ("variables get a", "variables set k hunter22", "version > {folder}/out", "try variables get no1")


def run(program: Program, *argv: str, columns: int = 250) -> tuple[str, str, int]:
    """Run with stdout and stderr on the same terminal, as the user sees them; what both wrote, in order."""
    screen = Terminal()
    code = main(list(argv), Streams(io.StringIO(), screen, screen, program.environ, columns))
    return screen.getvalue(), _visible(screen.getvalue()), code


def _visible(text: str) -> str:
    """Return what a terminal shows in the end: letters after \\r stand over those before."""
    rows = []
    for row in text.split("\n"):
        cells: list[str] = []
        for part in row.split("\r"):
            cells[: len(part)] = part
        rows.append("".join(cells).rstrip())
    return "\n".join(rows)


def test_each_command_is_shown_while_it_runs(batch: Batch, tmp_path: Path) -> None:
    batch.file.write_text("\n".join(line.format(folder=tmp_path) for line in LINES))
    raw, visible, code = run(batch.program, "-f", str(batch.file), "--no-pager")
    assert code == 0
    shown = re.findall(r"\r(\d/4) \S*commands:(\d) ([a-z ]*[a-z])", raw)
    assert shown == [
        ("1/4", "1", "variables get"),
        ("2/4", "2", "variables set"),
        ("3/4", "3", "version"),
        ("4/4", "4", "try variables get"),
    ]
    assert "hunter22" not in raw
    assert visible == (
        f"a\nchanged k\n{batch.file}:4: error: no variable no1\n"
        "  see: airflowctl variables list\n"
    ), visible  # fmt: skip


@pytest.mark.parametrize("end", ["variables get no1", "variables gte"])
def test_the_line_is_gone_where_a_batch_fails(batch: Batch, end: str) -> None:
    batch.file.write_text(f"variables get a\n{end}\n")
    _, visible, code = run(batch.program, "-f", str(batch.file))
    assert code in (1, 2)
    assert "/2 " not in visible


def test_nothing_is_shown_where_stderr_is_no_terminal(batch: Batch) -> None:
    out, err = Terminal(), io.StringIO()
    batch.file.write_text("variables get a\nvariables get b\n")
    assert main(["-f", str(batch.file)], Streams(io.StringIO(), out, err, batch.program.environ, 60)) == 0
    assert (err.getvalue(), out.getvalue().split()) == ("", ["a", "b"])


def test_how_long_it_will_take(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_progress, "_SOON", 0)
    batch.file.write_text("version\n" * 3)
    raw, _, _ = run(batch.program, "-f", str(batch.file))
    shown = re.findall(r"\d/3 \S+commands:\d version([^\r]*)\r", raw)
    assert [text.strip() for text in shown] == ["", ", about 1 s", ", about 1 s"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (40.4, "40 s"), (119, "119 s"), (121, "2 min"), (9000, "2 h")]
)
def test_how_a_time_is_written(seconds: float, text: str) -> None:
    assert batch_progress._format_seconds(seconds) == text


def test_a_long_place_does_not_wrap(batch: Batch) -> None:
    batch.file = batch.file.with_name("long" * 30)
    batch.file.write_text("version\n")
    raw, _, _ = run(batch.program, "-f", str(batch.file), columns=60)
    assert all(len(part.partition("\n")[0]) < 60 for part in raw.split("\r")[1:])


def test_a_program_has_the_terminal_for_itself(batch: Batch, stub: Stub) -> None:
    """On a real terminal, with the batch waiting for an answer and with programs that write themselves."""
    answer, may_answer = stub.answer, threading.Event()

    def wait(request: Request) -> Reply:
        if request.path.endswith("/variables/slow"):
            may_answer.wait(30)
        return answer(request)

    stub.answer = wait
    batch.file.write_text("!echo first\nvariables get slow\nversion | cat\n!echo last\n")
    with Screen(batch.program, "-f", str(batch.file), columns=120) as screen:
        assert "\n2/4 " in screen.until(r"^2/4 \S+commands:2 variables get$")
        may_answer.set()
        assert screen.end() == 0
    first, slow, version, last = (line for line in screen.lines if line)
    assert (first, slow, last) == ("first", "slow", "last")
    assert version.startswith("airflowctl ")
