"""Limits and boundaries, each tried on both sides."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from airflowctl.api import server_errors
from airflowctl.api.client import Client
from airflowctl.api.deadline import PATIENCE, SILENCE, TimeLimits
from airflowctl.commands.logs import run_count, try_number
from airflowctl.completion.local_source import dates
from airflowctl.core.converters import timestamp
from airflowctl.core.errors import UsageError
from airflowctl.core.redaction import HIDDEN, Redactor
from airflowctl.core.rich_results import Line, Log
from airflowctl.domain.logs.dag_source import _Source
from airflowctl.output.formats import load_format
from airflowctl.output.live import _slice_around
from airflowctl.output.log import render_log
from airflowctl.output.style import Style
from completers.match import Folded
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.shell_driver import Desk
from tests.support.stub import Reply, Request, Stub, lets_in, reply

# Secrets, reasons, addresses, times.


@pytest.mark.parametrize(
    ("limits", "silence", "whole"),
    [
        (TimeLimits(), PATIENCE, 0.0),
        (TimeLimits(SILENCE - 1), SILENCE - 1, 0.0),
        (TimeLimits(SILENCE + 1, 7.0), SILENCE + 1, 7.0),
    ],
)
def test_a_stream_may_be_silent_for_longer_unless_the_line_says_how_long(
    limits: TimeLimits, silence: float, whole: float
) -> None:
    assert limits.of_stream() == TimeLimits(silence, whole)


@pytest.mark.parametrize(
    ("convert", "text", "value"),
    [
        (try_number, "1", 1),
        (try_number, "all", "all"),
        (try_number, "0", None),
        (run_count, "0", None),
        (run_count, "1", 1),
        (run_count, "100", 100),
        (run_count, "101", None),
    ],
)
def test_tries_and_runs_are_counted_from_one(
    convert: Callable[[str], object], text: str, value: object
) -> None:
    if value is not None:
        assert convert(text) == value
    else:
        with pytest.raises(ValueError, match="from 1"):
            convert(text)


@pytest.mark.parametrize(("secret", "is_hidden"), [("abcde", False), ("abcdef", True), ("abcdefg", True)])
def test_a_known_secret_is_hidden_from_six_letters_on(secret: str, is_hidden: bool) -> None:
    redact = Redactor()
    redact.learn(secret)
    assert redact(f"it is {secret} here") == f"it is {HIDDEN if is_hidden else secret} here"


@pytest.mark.parametrize(("length", "shown"), [(299, "x" * 299), (300, "x" * 300), (301, "x" * 299 + "…")])
def test_a_long_reason_is_cut_after_300_letters(length: int, shown: str) -> None:
    assert server_errors._because("it failed", "x" * length) == f"it failed: {shown}"


@pytest.mark.parametrize("host", ["a..b", ".a", "..", "a...b.org", "a" * 64 + ".org", "bücher..de"])
def test_a_host_with_an_empty_or_too_long_label_is_no_address(program: Program, host: str) -> None:
    done = program("pools", "list", "--url", f"http://{host}")
    assert (done.out, done.code) == ("", 2)
    assert "host name" in done.err or "label empty or too long" in done.err


@pytest.mark.parametrize(
    ("text", "is_in_range"),
    [
        ("0001-01-01T00:00:00+14:00", False),
        ("0001-01-01T14:00:00+14:00", True),
        ("9999-12-31T23:59:59-14:00", False),
        ("9999-12-31T09:59:59-14:00", True),
        ("0001-01-01T00:00:00Z", True),
        ("9999-12-31T23:59:59Z", True),
        ("-9999999d", False),
        ("+9999999d", False),
    ],
)
def test_a_time_that_utc_does_not_have_is_refused(text: str, is_in_range: bool) -> None:
    if is_in_range:
        assert timestamp(text)
    else:
        with pytest.raises(ValueError, match="out of range"):
            timestamp(text)


def test_the_dates_that_completion_offers_have_their_whole_hour() -> None:
    shown = {choice.text: choice.note for choice in dates().names}
    assert shown["today"].endswith(" 00:00 UTC")
    assert all(note[10:13] == " " + note[11:13] and note[13] == ":" for note in shown.values()), shown
    assert all(len(note) == len("2026-11-29 12:00 UTC") for note in shown.values()), shown


# Aliases.


@pytest.mark.parametrize("circle", [("x",), ("x", "y"), ("x", "y", "z"), ("x", "y", "z", "w")])
def test_aliases_in_a_circle_end(program: Program, circle: tuple[str, ...]) -> None:
    desk = Desk(program)
    for name in circle:
        assert desk.run(f"alias {name} = version") == 0
    for name, meaning in zip(circle, (*circle[1:], circle[0]), strict=True):
        desk.run(f"alias {name} = {meaning}")
    before = desk.err
    assert desk.run("x") in (0, 2)  # an alias of itself is refused, and the one before it stays
    assert "RecursionError" not in desk.err and "fault in airflowctl" not in desk.err.removeprefix(before)


# Logs.


def shown_log(events: list[dict[str, Any]], width: int | None = 80) -> list[str]:
    def lines() -> Generator[Line, None, int]:
        yield from (Line(event, "t") for event in events)
        return 0

    style = Style(load_format("table"), None, True, width)
    return "".join(render_log(Log(lines()), style)).splitlines()


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-11-01T07:00:01Z", "07:00:01.000"),
        ("2026-11-01T07:00:01.123Z", "07:00:01.123"),
        ("2026-11-01T07:00:01.123456Z", "07:00:01.123"),
        ("2026-11-01T07:00:01.000999Z", "07:00:01.000"),
    ],
)
def test_the_milliseconds_of_a_line(moment: str, shown: str) -> None:
    assert shown_log([{"event": "e", "timestamp": moment}])[-1].startswith(f"{shown} e")


@pytest.mark.parametrize(("count", "words"), [(99, ""), (100, ""), (101, "1 line"), (150, "50 lines")])
def test_a_group_without_an_end_shows_its_last_hundred_lines(count: int, words: str) -> None:
    events = [{"event": "::group::Work"}, *({"event": f"line {number}"} for number in range(count))]
    shown = shown_log(events)
    head = next(line for line in shown if "Work" in line)
    assert (f"({words} not shown)" in head) if words else ("not shown" not in head)
    assert len([line for line in shown if "line " in line and "Work" not in line]) == min(count, 100)
    assert any(line.endswith(f"line {count - 1}") for line in shown)


@pytest.mark.parametrize(("count", "words"), [(1, ""), (100, ""), (101, "1 line"), (150, "50 lines")])
def test_errors_of_such_a_group_are_shown_and_not_counted_as_left_out(count: int, words: str) -> None:
    events = [{"event": "::group::Work"}, *({"event": f"line {number}"} for number in range(count))]
    errors = [{"event": f"error {number}", "level": "error"} for number in range(3)]
    shown = shown_log([*events[:1], *errors, *events[1:]])
    head = next(line for line in shown if "Work" in line)
    assert (f"({words} not shown)" in head) if words else ("not shown" not in head)
    assert len([line for line in shown if "error " in line]) == 3


@pytest.mark.parametrize(
    ("name", "number", "text"),
    [
        ("f", 0, ""),
        ("f", 1, "def f():"),
        ("f", 2, "raise X"),
        ("g", 2, ""),
        ("<module>", 3, ""),
        ("<module>", 4, "f()"),
        ("<module>", 5, ""),  # the file is shorter now
        ("<lambda>", 99, ""),
        ("<module>", -1, ""),
        ("<module>", "4", ""),
        ("<module>", None, ""),
    ],
)
def test_a_frame_has_its_line_only_where_the_file_still_has_it(name: str, number: Any, text: str) -> None:
    code = "def f():\n    raise X\n\nf()\n"
    api = SimpleNamespace(call=lambda *_, **__: {"content": code})
    source = _Source(SimpleNamespace(api=api), "etl", 1)  # type: ignore[arg-type]
    frame = {"filename": "etl.py", "name": name, "lineno": number}
    assert source.line(frame)[1] == text


# What is drawn again in its place.

BODY = [f"row {number}" for number in range(10)]


@every_row("focus", range(10))
@every_row("room", range(1, 12))
def test_what_does_not_fit_a_screen_is_counted(room: int, focus: int) -> None:
    shown = _slice_around(BODY, focus, room)
    rows = [line for line in shown if line in BODY]
    told = sum(int(line.split()[1]) for line in shown if line not in BODY)
    assert len(shown) == min(room, len(BODY))
    assert BODY[focus] in rows
    assert room == 1 or len(rows) + told == len(BODY)
    assert rows == sorted(rows)


# Completion.


@pytest.mark.parametrize("most", range(1, 8))
@pytest.mark.parametrize("way", ["starting_with", "containing"])
def test_as_many_are_found_as_there_are_at_most(way: str, most: int) -> None:
    names = [f"ab{number}" for number in range(5)]
    text, starts = "\n", []
    for name in names:
        starts.append(len(text))
        text += f"{name}\n"
    folded = Folded(text, starts)
    for wanted in ("a", "ab", "ab", "a"):  # narrower, the same once more, wider
        assert getattr(folded, way)(wanted, most) == list(range(min(most, 5)))
    assert getattr(folded, way)("ab", 5) == list(range(5))


# Servers of other versions.


@pytest.fixture
def old() -> Iterator[Stub]:
    """A server that says that it is Airflow 3.0.6."""

    def answer(request: Request) -> Reply:
        return reply({"version": "3.0.6"}) if request.path.endswith("/version") else lets_in(request)

    with Stub(answer) as server:
        yield server


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("3.0", "3.0", ""),
        ("3.0", "3.1", ""),
        ("3.1", "", "needs Airflow 3.1"),
        ("3.2", "3.3", "needs Airflow 3.2"),
        ("3.0", "2.11", "is gone since Airflow 2.11"),
    ],
)
def test_what_a_server_has_is_judged_by_two_numbers_of_its_version(
    old: Stub, since: str, until: str, words: str
) -> None:
    client = Client(old.url)
    if not words:
        client.require(since, "it", until)
    else:
        with pytest.raises(UsageError, match=words):
            client.require(since, "it", until)


@pytest.mark.parametrize(
    ("line", "since"),
    [("pools list", ""), ("hitl list", "3.1"), ("hitl respond etl ask latest Yes --yes", "3.1")],
)
def test_an_older_server_is_named_before_it_is_asked_for_what_it_lacks(
    old: Stub, program: Program, line: str, since: str
) -> None:
    own = program.with_environ(AIRFLOWCTL_URL=old.url, AIRFLOW_CLI_TOKEN="t.o.k")
    done = own(*line.split())
    assert (f"needs Airflow {since}" in done.err) == bool(since), done
    assert all(request.path.endswith("/version") for request in old.requests) == bool(since)
