"""Values of options and arguments: what they are taken for, and what cannot be."""

from __future__ import annotations

import time
import warnings

import pytest

from airflowctl.core.converters import regex
from tests.core.test_parse import made, refused, values
from tests.support.program import Program


@pytest.mark.parametrize(
    ("option", "text", "found"),
    [
        ("--size", "0", 0),
        ("--size", "007", 7),
        ("--size", "12345678901234567890", 12345678901234567890),
        ("--wait", "30", 30.0),
        ("--wait", "0.5", 0.5),
        ("--wait", "1e2", 100.0),
        ("--conf", "{}", {}),
        (
            "--conf",
            ' {"a": [1, "ü", null, true], "b": {"c": 1.5}} ',
            {"a": [1, "ü", None, True], "b": {"c": 1.5}},
        ),
        ("--from-date", "2026-11-01", "2026-11-01T00:00:00+00:00"),
        ("--from-date", "2026-11-01T06:00", "2026-11-01T06:00:00+00:00"),
        ("--from-date", "2026-11-01 06:00:01.5", "2026-11-01T06:00:01.500000+00:00"),
        ("--from-date", "2026-11-01T06:00:00Z", "2026-11-01T06:00:00+00:00"),
        ("--from-date", "2026-11-01T06:00:00+02:00", "2026-11-01T06:00:00+02:00"),
        ("--from-date", "2026-11-01T06:00:00-0530", "2026-11-01T06:00:00-05:30"),
    ],
)
def test_conversions(option: str, text: str, found: object) -> None:
    name = option.removeprefix("--").replace("-", "_")
    assert values("things", "make", "x", option, text)[name] == found
    assert values("things", "make", "x", f"{option}={text}")[name] == found


def test_a_date_without_a_timezone_is_utc_wherever_one_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as there:
        there.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert made("x", "--from-date", "2026-11-01T06:00")["from_date"] == "2026-11-01T06:00:00+00:00"
    time.tzset()


@pytest.mark.parametrize(
    ("option", "words", "texts"),
    [
        (
            "--size",
            "not a whole number",
            ["", "x", "-1", "+1", "1.5", "1e3", "1_000", " 1", "٣", "0x10", "²"],
        ),
        ("--wait", "seconds", ["", "x", "0", "-1", "nan", "inf", "-inf", "1e400", "5s"]),
        (
            "--conf",
            "not JSON",
            ["", "{", "{'a': 1}", "{a: 1}", "nul", '{"a": NaN}', '{"a": Infinity}', "[" * 99_999],
        ),
        ("--conf", "not a JSON object", ["[1, 2]", '"x"', "1", "null", "true"]),
        (
            "--from-date",
            "not a date",
            ["", "x", "someday", "2h", "-2y", "2026-13-01", "2026-11-01T25:00", "1762000000", "11/1/26"],
        ),
    ],
)
def test_what_cannot_be_converted(option: str, words: str, texts: list[str]) -> None:
    for text in texts:
        error = refused("things", "make", "x", f"{option}={text}")
        assert error.message.startswith(option), text
        assert words in error.message, text


@pytest.mark.parametrize("option", ["--size=", "--conf=", '--conf={"a":'])
def test_a_number_that_is_far_too_long_is_a_usage_error(option: str) -> None:
    ending = "}" if "{" in option else ""
    error = refused("things", "make", "x", f"{option}{'9' * 5000}{ending}")
    assert error.exit_code == 2
    assert "5000 digits is too long" in error.message


def test_where_json_goes_wrong_is_said() -> None:
    assert "character 7" in refused("things", "make", "x", "--conf", '{"a": }').message


@pytest.mark.parametrize(
    "tokens",
    [
        ("things", "make", "\udcff"),
        ("things", "make", "x", "a\udc80b"),
        ("things", "make", "x", "--tag", "\udcff"),
        ("things", "make", "x", "--conf", '{"a": "\udcff"}'),
        ("things", "make", "x", "--state", "\udcff"),
        ("things", "make", "x", "-e", "\udcff"),
        ("things", "make", "x", "--columns", "\udcff"),
    ],
)
def test_bytes_that_are_no_text_are_refused(tokens: tuple[str, ...]) -> None:
    assert "not valid UTF-8" in refused(*tokens).message


@pytest.mark.parametrize(
    "argv", [("\udcff",), ("dags", "\udcff"), ("dags", "get", "\udcff"), ("dags", "list", "--\udcff")]
)
def test_bytes_that_are_no_text_can_be_told_of(program: Program, argv: tuple[str, ...]) -> None:
    done = program.process(*argv)
    assert (done.out, done.code) == ("", 2)
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err


@pytest.mark.parametrize("text", ["[[a]", "[b+--]", "[a&&b]", "[a||b]", "[a~~b]"])
def test_what_python_warns_of_in_a_pattern_is_not_printed(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert regex(text).pattern == text
