"""What the program says of a line that it cannot take, and that it shows no secret of it."""

from __future__ import annotations

import pytest

from tests.support.program import Done, Program


def first(done: Done) -> str:
    return done.out.partition("\n")[0]


@pytest.mark.parametrize(
    ("argv", "start"),
    [
        (("-h",), "airflowctl: "),
        (("--help",), "airflowctl: "),
        (("help",), "airflowctl: "),
        (("-o", "json", "-h"), "airflowctl: "),
        (("dags", "-h"), "Dags: "),
        (("-h", "dags"), "Dags: "),
        (("help", "dags"), "Dags: "),
        (("dags", "--help", "trigger"), "airflowctl dags trigger DAG_ID"),
        (("dags", "trigger", "-h"), "airflowctl dags trigger DAG_ID"),
        (("help", "dags", "trigger"), "airflowctl dags trigger DAG_ID"),
        (("dags", "trigger", "etl", "--conf", "{", "-h"), "airflowctl dags trigger DAG_ID"),
        (("dags", "trigger", "-h", "--nope", "x", "y"), "airflowctl dags trigger DAG_ID"),
        (("dags", "get", "a", "b", "c", "-yh"), "airflowctl dags get DAG_ID"),
    ],
    ids=" ".join,
)
def test_help_everywhere(program: Program, argv: tuple[str, ...], start: str) -> None:
    done = program(*argv)
    assert (done.err, done.code) == ("", 0)
    page = done.json if done.out.startswith('"') else done.out
    assert page.startswith(start) or f"usage: {start}" in page


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("dgas", "list"), "did you mean dash or dags?"),
        (("dags", "lst"), "did you mean list?"),
        (("dags", "lst", "-h"), "did you mean list?"),
        (("help", "dgas"), "did you mean dash or dags?"),
        (("help", "dags", "trigge"), "did you mean trigger?"),
        (("trigger", "etl"), "did you mean dags trigger or dagrun trigger?"),
        (("dags", "list", "--limti", "3"), "did you mean --limit?"),
        (("dags", "list", "-limit", "3"), "did you mean --limit?"),
        (("dags", "list", "--state", "succes"), "did you mean success?"),
        (("pools", "list", "-o", "jsn"), "did you mean json"),
        (("--ouptut", "json", "version"), "did you mean --output?"),
        (("--verison",), "did you mean --version?"),
        (("dags", "get"), "usage: airflowctl dags get DAG_ID"),
        (("dags",), "dags has: list"),
    ],
    ids=" ".join,
)
def test_did_you_mean(program: Program, argv: tuple[str, ...], hint: str) -> None:
    done = program(*argv)
    assert (done.out, done.code) == ("", 2)
    assert hint in done.err.splitlines()[1]


@pytest.mark.parametrize(
    "line",
    [
        "dags trigger etl --run-id",
        "dags list --tag x --tag",
        "dags list --owner",
        "dags list --bundle-name",
        "dags list --pattern",
        "connections list --pattern",
        "pools list --pattern",
        "variables list --pattern",
        "tasks states-for-dag-run etl r --task-id",
    ],
)
def test_an_empty_value_does_not_mean_something_else(program: Program, line: str) -> None:
    option = line.split()[-1]
    done = program(*line.split(), "", "--url", "http://127.0.0.1:1")
    assert (done.out, done.code) == ("", 2)
    assert done.err.startswith(f"error: {option} '': ")


def test_a_secret_that_cannot_be_converted_is_not_shown(program: Program) -> None:
    for argv in (
        ("auth", "token", "--pasword=hunter2"),
        ("auth", "token", "-u", "x", "--password-stdin=hunter2"),
    ):
        done = program(*argv)
        assert done.code == 2
        assert "hunter2" not in done.err


@pytest.mark.parametrize(
    "argv",
    [
        ("variables", "set", "my_key", "-----BEGIN hunter2 KEY-----\nabc"),
        ("variables", "set", "my_key", "--hunter2"),
        ("variables", "set", "my_key", "-hunter2"),
        ("variables", "set", "my_key", "-ohunter2"),
        ("variables", "set", "my_key", "-yZhunter2"),
        ("auth", "token", "-p", "-shunter2"),
        ("-phunter2", "auth", "token"),
        ("auth", "-phunter2", "token"),
        ("auth", "token", "--zzz=hunter2"),
    ],
    ids=" ".join,
)
def test_a_value_that_is_taken_for_an_option_is_not_shown(program: Program, argv: tuple[str, ...]) -> None:
    done = program(*argv)
    assert (done.out, done.code) == ("", 2)
    assert "hunter2" not in done.err
    assert "put -- before a value" in done.err


def test_one_argument_too_many_may_be_a_part_of_a_secret(program: Program) -> None:
    done = program("variables", "set", "my_key", "correct", "horse")
    assert (done.out, done.code) == ("", 2)
    assert "horse" not in done.err
    assert "needs quotes" in done.err


def test_a_mistyped_option_is_shown_also_where_a_secret_is_expected(program: Program) -> None:
    done = program("variables", "set", "k", "v", "--descripton=words")
    assert done.err == "error: unknown option --descripton\n  did you mean --description?\n"


@pytest.mark.parametrize("argv", [("--execution-date", "2026-11-01"), ("--execution-date=2026-11-01",)])
def test_an_option_of_airflow_2_names_that_of_today(program: Program, argv: tuple[str, ...]) -> None:
    done = program("dags", "trigger", "etl", *argv)
    assert "now: airflowctl dags trigger etl --logical-date 2026-11-01" in done.err
    assert (done.out, done.code) == ("", 2)
