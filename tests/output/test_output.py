"""Results as text: tables that fit, formats that keep everything, nothing alive from a server."""

from __future__ import annotations

import csv
import errno
import io
import json
import re

import pytest
import yaml

from airflowctl.main import main
from airflowctl.output.streams import Streams
from tests.output.test_formats import TYPES
from tests.support.formats import FORMATS, SAFE_IN_PIPES, WITH_JSON_ERRORS
from tests.support.program import Program
from tests.support.rendering import Shown, row
from tests.support.rows import every_row
from tests.support.stub import Stub, reply

# Control characters.

ALIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
NASTY = {
    "clear": "\x1b[2J",
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "link": "\x1b]8;;http://x/\x1b\\y",
    "C1 CSI": "\x9b2J",
    "C1 OSC": "\x9d52;c;eA==\x9c",
    "bell": "\a",
    "backspace": "abc\b\b\bxyz",
    "carriage return": "safe\revil",
    "NUL": "a\x00b",
    "DEL": "a\x7fb",
    "form feed": "a\x0c\x0bb",
    "override": "\u202egnp.exe",
    "isolate": "\u2066x\u2069",
    "mark": "\u200fx\u200e\u061c",
    "separator": "a\u2028b\u2029c",
}


@every_row("text", NASTY.values(), ids=NASTY)
@every_row("format", FORMATS)
def test_nothing_from_a_server_is_alive_on_a_terminal(shown: Shown, format: str, text: str) -> None:
    plain = shown.with_environ(NO_COLOR="1")
    for done in (
        plain.rows([row(text, text, text), row("k")], "-o", format, terminal=True, columns=200),
        plain.record({"connection_id": text, "host": text, "x" + text: 1}, "-o", format, terminal=True),
        plain.value(text, terminal=True),
        plain.value(text, "-o", format, terminal=True),
        plain.refusal(text, "-o", format, terminal=True),
    ):
        assert ALIVE.search(done.out + done.err) is None
        assert done.out + done.err != ""


@every_row("text", NASTY.values(), ids=NASTY)
@every_row("format", SAFE_IN_PIPES)
def test_nothing_from_a_server_is_alive_in_text_formats_in_a_pipe(
    shown: Shown, format: str, text: str
) -> None:
    for done in (
        shown.rows([row(text, text, text)], "-o", format),
        shown.record({"connection_id": text, "host": text}, "-o", format),
        shown.refusal(text, "-o", format),
    ):
        assert ALIVE.search(done.out + done.err) is None
        assert done.out + done.err != ""


@every_row("text", NASTY.values(), ids=NASTY)
def test_machines_get_the_value_as_it_is(shown: Shown, text: str) -> None:
    items = [row("k", text)]
    assert shown.rows(items, "-o", "json").json == items
    assert json.loads(shown.rows(items, "-o", "jsonl").out) == items[0]
    assert yaml.safe_load(shown.rows(items, "-o", "yaml").out) == items
    [[value]] = csv.reader(
        io.StringIO(shown.rows(items, "-o", "csv", "--columns", "value", "--no-header").out, newline="")
    )
    assert value == text
    assert shown.value(text).out == f"{text}\n"


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_what_was_typed_is_not_alive_in_an_error(program: Program, text: str) -> None:
    for argv in ([text], ["dags", text], ["dags", "list", f"--{text}"], ["dags", "list", "--state", text]):
        done = program(*argv)
        assert done.code == 2
        assert ALIVE.search(done.err) is None


@pytest.mark.parametrize("format", FORMATS)
def test_no_escapes_of_ours_in_a_pipe(shown: Shown, format: str) -> None:
    forced = shown.with_environ(FORCE_COLOR="1", CLICOLOR_FORCE="1", TERM="xterm-256color")
    for done in (forced.rows([TYPES], "-o", format), forced.record(TYPES, "-o", format), forced.value("x")):
        assert "\x1b" not in done.out + done.err
        assert done.code == 0


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_escapes_of_ours_where_colours_are_not_wanted(shown: Shown, environ: dict[str, str]) -> None:
    for format in FORMATS:
        assert "\x1b" not in shown.with_environ(**environ).rows([TYPES], "-o", format, terminal=True).out


# Errors.


@pytest.mark.parametrize("format", WITH_JSON_ERRORS)
def test_an_error_in_json_is_one_line_on_stderr(shown: Shown, format: str) -> None:
    done = shown.refusal("No 'ünï' \"here\"\n", "-o", format)
    assert (done.out, done.code, done.err.count("\n")) == ("", 1, 1)
    error = json.loads(done.err)["error"]
    assert len(bytes.fromhex(error.pop("request_id"))) == 16
    assert error == {
        "code": "not_found",
        "message": "No 'ünï' \"here\"",
        "status": 404,
        "hint": None,
        "operation": "get_variable",
    }


def test_a_usage_error_in_json(program: Program) -> None:
    error = json.loads(program("dags", "lst", "-o", "json").err)["error"]
    assert error == {
        "code": "usage",
        "message": "unknown command 'dags lst'",
        "status": None,
        "hint": "did you mean list?",
        "operation": None,
    }


def test_an_error_is_short_however_long_the_answer(shown: Shown) -> None:
    done = shown.refusal("x" * 100_000)
    assert len(done.err) < 1000
    message = json.loads(shown.refusal("x" * 100_000, "-o", "json").err)["error"]["message"]
    assert 30_000 < len(message) <= 65_537


# Texts, and streams that fail.


def test_a_value_is_printed_as_it_is(shown: Shown) -> None:
    assert shown.value("two\nlines\n").out == "two\nlines\n"
    assert shown.value("no end").out == "no end\n"
    assert shown.value("x", "-o", "json").json == {"key": "k", "value": "x"}
    assert shown.value("", terminal=True).out == ""


class Unwritable(io.StringIO):
    def __init__(self, fault: OSError) -> None:
        super().__init__()
        self._fault = fault

    def write(self, _: str) -> int:
        raise self._fault


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 1, "No space left on device"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
    ],
    ids=["full disk", "reader gone"],
)
def test_a_result_that_cannot_be_written(fault: OSError, code: int, words: str) -> None:
    err = io.StringIO()
    assert main(["version"], Streams(io.StringIO(), Unwritable(fault), err, {}, 80)) == code
    assert words in err.getvalue()
    assert bool(words) == bool(err.getvalue())


def test_nobody_to_hear_an_error_is_no_error() -> None:
    deaf = Unwritable(OSError(errno.EBADF, "Bad file descriptor"))
    assert main(["dags", "lst"], Streams(io.StringIO(), io.StringIO(), deaf, {}, 80)) == 2


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_pipe_is_utf_8_whatever_the_locale(program: Program, stub: Stub, locale: str) -> None:
    stub.answer = lambda request: reply('{"key": "k", "value": "na\\u00efve \\ud83d \\u65e5"}')
    plain = program.with_environ(
        AIRFLOWCTL_URL=stub.url, LC_ALL=locale, PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    done = plain.process("variables", "get", "k")
    assert (done.out, done.err, done.code) == ("naïve \\ud83d 日\n", "", 0)


def test_the_width_comes_from_the_terminal_or_columns(shown: Shown) -> None:
    items = [row("k" * 300, "v" * 300, "d" * 300)]
    assert len(shown.rows(items, terminal=True, columns=120).lines[2]) == 120
    assert len(shown.with_environ(COLUMNS="100").rows(items, terminal=True, columns=0).lines[2]) == 100
