"""Looking around in a failure: `tasks debug`, on a real Airflow."""

from __future__ import annotations

import pytest

from tests.support.failed_runs import Runs
from tests.support.program import Done, Program
from tests.support.screen import CTRL_C, CTRL_D, Screen
from tests.support.shell_driver import Shell

FAILED = ("tasks", "debug", "demo_fails", "compute", "bad")


def asked(working: Program, *lines: str, of: tuple[str, ...] = FAILED) -> Done:
    """What the lines of a pipe are answered, without how it opens."""
    opened = working(*of)
    done = working(*of, stdin="\n".join(lines) + "\n")
    assert done.out.startswith(opened.out)
    return done._replace(out=done.out.removeprefix(opened.out))


def test_it_opens_where_it_failed(working: Program, troubled: Runs) -> None:
    done = working(*FAILED)
    assert (done.err, done.code) == ("", 0)
    assert "✗ compute of demo_fails bad, try 1: failed" in done.out
    assert "> 27 |             return int(row" in done.out
    assert "caused by ValueError: could not convert string to float: 'n/a'" in done.out


def test_up_and_down_the_frames(working: Program, troubled: Runs) -> None:
    done = asked(working, "up", "down", "frame 0", "list")
    assert (done.err, done.code) == ("", 0)
    frames = [line for line in done.lines if line.startswith("frame ")]
    assert [line.split(":")[0] for line in frames] == ["frame 0", "frame 1", "frame 0"]
    assert "> 29 |             raise RuntimeError(" in done.out
    assert "execute_callable, line" not in done.out
    assert "execute_callable, line" in asked(working, "bt all").out


def test_what_the_task_had(working: Program, troubled: Runs) -> None:
    done = asked(working, "rendered", "conf", "xcoms", "xcoms prepare return_value", "tries")
    assert (done.err, done.code) == ("", 0)
    assert 'in\tprepare\treturn_value\t{"orders": "12", "price": "n/a"}' in done.out
    assert '"price": "n/a"\n}' in done.out
    assert "op_args" in done.out
    params = asked(working, "params", of=("tasks", "debug", "many", "read", "bad", "--map-index", "2"))
    assert params.out == "param\tvalue\tdefault\nfails\t2\t-1\n"


def test_a_frame_that_is_not_in_the_dags_file(working: Program, troubled: Runs) -> None:
    elsewhere = ("tasks", "debug", "elsewhere", "open_it", "bad")
    done = asked(working, "down", "list", of=elsewhere)
    assert "the server has the source of the Dag's own file only (held.py), not of " in done.out
    assert done.code == 1
    assert "frames in it: 0" in done.err


def test_two_tries_and_two_runs(working: Program, troubled: Runs) -> None:
    tries = asked(working, "diff", of=("tasks", "debug", "again", "flaky", "thrice"))
    assert (tries.err, tries.code) == ("", 0)
    assert "+info: this is try 2" in tries.out
    assert "-info: this is try 1" in tries.out
    runs = asked(working, "diff-run good", of=("tasks", "debug", "many", "read", "bad", "--map-index", "2"))
    assert (runs.err, runs.code) == ("", 0)
    told = [line.split() for line in runs.lines]
    assert ["param", "fails", "2", "-1"] in told
    assert ["add_up", "upstream_failed", "success"] in told


def test_a_wrong_line_says_so_and_the_next_is_answered(working: Program, troubled: Runs) -> None:
    done = asked(
        working, "lits", "up 1", "frame x", "list 4000", "diff", "diff-run nosuch", "rerun", "'", "conf"
    )
    assert done.out == "{}\n"
    assert done.code == 2
    for told in (
        "did you mean list?", "up takes no words", "frame takes a number, not 'x'", "has no line 4000",
        "there is one try only", "nosuch", "give --yes", "quote",
    ):  # fmt: skip
        assert told in done.err


def test_the_task_alone_runs_again(working: Program, troubled: Runs) -> None:
    troubled.start("demo_fails", "once_more")
    troubled.reaches("demo_fails", "once_more", "failed")
    of = ("tasks", "debug", "demo_fails", "compute", "once_more")
    no = working(*of, answers="rerun\nn\n")
    assert "compute of demo_fails once_more alone would run again." in no.err
    assert troubled.task("demo_fails", "once_more", "compute") == "failed"
    done = working(*of, "--yes", stdin="rerun\nup\n")
    assert done.code == 5  # the new try has failed as well
    assert (
        "the price of a row is not a number"
        in done.out.partition("frame 0: compute")[0].rpartition("help lists")[2]
    )
    assert "compute of demo_fails once_more, try 2: failed" in done.err
    troubled.reaches("demo_fails", "once_more", "failed")
    tries = working("tasks", "tries", "demo_fails", "prepare", "once_more", "-o", "json").json
    assert len(tries) == 1


def test_what_it_knows_as_data(working: Program, troubled: Runs) -> None:
    data = working(*FAILED, "-o", "json").json
    assert [one["kind"] for one in data["exceptions"]] == ["RuntimeError", "ValueError"]
    assert data["state"] == "failed"


@pytest.mark.parametrize(
    ("words", "told"),
    [("demo_fails report bad", "has not started"), ("demo_fails nosuch bad", "nosuch"),
     ("demo_fails compute bad --try 9", "has no try 9")],
)  # fmt: skip
def test_what_is_not_there(words: str, told: str, working: Program, troubled: Runs) -> None:
    done = working("tasks", "debug", *words.split())
    assert (done.out, done.code) == ("", 1)
    assert told in done.err


def test_at_a_terminal(working: Program, troubled: Runs) -> None:
    with Screen(working, *FAILED, rows=50) as screen:
        screen.until("^compute 1>$")
        screen.type("up\r")
        screen.until("frame 0: compute, line 29 of demo_fails.py", "^compute 0>$")
        screen.type("nothing" + CTRL_C)
        screen.until("nothing\ncompute 0>$")
        screen.type(CTRL_D)
        assert screen.end() == 0


def test_a_rerun_is_followed_at_a_terminal(working: Program, troubled: Runs) -> None:
    troubled.start("demo_fails", "at_terminal")
    troubled.reaches("demo_fails", "at_terminal", "failed")
    with Screen(working, "tasks", "debug", "demo_fails", "compute", "at_terminal", rows=50) as screen:
        screen.until("^compute 1>$")
        screen.type("rerun\r")
        screen.until(r"\[y/N\]")
        screen.type("y\r")
        screen.until("compute of demo_fails at_terminal, try 2: failed", "^compute 1>$")
        screen.type(CTRL_D)
        assert screen.end() == 0


def test_within_the_shell(working: Program, troubled: Runs) -> None:
    with Shell(working) as shell:
        done = shell.run("\n".join((" ".join(FAILED), "conf", "quit")))
        assert (done.err, done.code) == ("", 0)
        assert done.out.endswith("nothing is run on the server\n{}\n")
        assert shell.run("version").out.startswith("airflowctl ")
