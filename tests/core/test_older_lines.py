"""Lines of Airflow 1.10 and 2 are answered with the line of today, with their own values."""

from __future__ import annotations

import shlex

import pytest

from airflowctl.core.errors import UsageError
from airflowctl.core.older_lines import find_line_of_today, old_lines
from airflowctl.core.parse import parse_tokens
from airflowctl.session import registry
from tests.support.program import Program

LINES = {
    "list_dags": "dags list",
    "list_tasks etl --tree": "tasks list etl --tree",
    "trigger_dag etl -r one -c '{}' -e 2024-01-01": "dags trigger etl --run-id one --conf '{}'"
    " --logical-date 2024-01-01",
    "pause etl": "dags pause etl",
    "unpause etl": "dags unpause etl",
    "dag_state etl 2024-01-01": "dags state etl 2024-01-01",
    "task_state etl load 2024-01-01": "tasks state etl load 2024-01-01",
    "clear etl -t load -s 2024-01-01 -e 2024-01-02 -c": "tasks clear etl -t load --start-date 2024-01-01"
    " --end-date 2024-01-02 --yes",
    "backfill etl -s 2024-01-01 -e 2024-01-02 --reset_dagruns": "backfill create etl --from-date 2024-01-01"
    " --to-date 2024-01-02 --reprocess-behavior completed",
    "delete_dag etl -y": "dags delete etl --yes",
    "next_execution etl": "dags next-execution etl",
    "create_user -u ann -r Admin": "users create --username ann --role Admin",
    "list_users": "users list",
    "initdb": "airflow db migrate",
    "upgradedb": "airflow db migrate",
    "worker -q fast": "airflow celery worker -q fast",
    "webserver -p 8080": "airflow api-server -p 8080",
    "variables --set limit 100": "variables set limit 100",
    "variables -s limit 100": "variables set limit 100",
    "variables -g limit": "variables get limit",
    "variables --import v.json": "variables import v.json",
    "variables --export=v.json": "variables export v.json",
    "connections --add --conn_id db --conn_uri postgres://h/d": "connections add db --conn-uri URI",
    "connections -a --conn_id db --conn_type http --conn_password hunter2": "connections add db"
    " --conn-type http --conn-password PASSWORD",
    "connections --delete --conn_id db": "connections delete db",
    "connections --list": "connections list",
    "pool -s etl 5 'for etl'": "pools set etl 5 'for etl'",
    "pool -x etl": "pools delete etl",
    "dags backfill etl -s 2024-01-01 -e 2024-01-02 --rerun-failed-tasks": "backfill create etl --from-date"
    " 2024-01-01 --to-date 2024-01-02 --reprocess-behavior failed",
    "dags trigger etl --execution-date 2024-01-01": "dags trigger etl --logical-date 2024-01-01",
    "list_dags --report": "dags report",
    "dags backfill etl -s 2024-01-01 --reset-dagruns": "backfill create etl --from-date 2024-01-01"
    " --reprocess-behavior completed --to-date 2024-01-01",
    "worker": "airflow celery worker",
    "variables -e v.json": "variables export v.json",
    "config": "config list",
    "datasets list": "assets list",
    "airflow variables --get limit": "variables get limit",
}
NONE = ("dags list", "dags get etl", "variables get k --nosuch", "pause etl --nosuch", "pool", "doctor", "")


@pytest.mark.parametrize(("line", "today"), LINES.items())
def test_a_line_is_that_of_today_with_its_values(line: str, today: str) -> None:
    older = find_line_of_today(shlex.split(line))
    assert older is not None
    assert shlex.join(older.words) == today


@pytest.mark.parametrize("line", NONE[1:])
def test_what_is_not_sure_is_no_line(line: str) -> None:
    assert find_line_of_today(shlex.split(line)) is None


@pytest.mark.parametrize("line", LINES)
def test_the_program_prints_it_and_sends_nothing(line: str, program: Program) -> None:
    today = LINES[line]
    tokens = shlex.split(line)
    assert parse_tokens(tokens, registry).problem or not is_whole(tokens), (
        "a line that runs needs no line of today"
    )
    done = program(*tokens)
    assert done.code == 2
    begin = "now, where Airflow itself is: " if today.startswith("airflow ") else "now: airflowctl "
    assert f"{begin}{today}" in done.err


def is_whole(tokens: list[str]) -> bool:
    try:
        return parse_tokens(tokens, registry).bind().command is not None
    except UsageError:
        return False


def test_a_date_of_a_run_is_no_environment(program: Program) -> None:
    done = program("dags", "trigger", "-e", "20240401", "etl")
    assert done.code == 2
    assert "now: airflowctl dags trigger etl --logical-date 20240401" in done.err


@pytest.mark.parametrize("before", [("--classic",), ("-q", "--color", "never"), ("airflow", "--classic")])
def test_options_may_stand_before_the_words(before: tuple[str, ...], program: Program) -> None:
    done = program(*before, "variables", "--set", "k", "v")
    assert done.code == 2
    assert "now: airflowctl variables set k v" in done.err


def test_what_nothing_replaces_is_named(program: Program) -> None:
    line = ("dags", "backfill", "etl", "-s", "2024-01-01", "-e", "2024-01-02")
    done = program(*line, "--mark-success")
    assert done.code == 2
    way = "airflowctl backfill create etl --from-date 2024-01-01 --to-date 2024-01-02"
    assert f"--mark-success cannot be asked of the API; without: {way}\n" in done.err
    done = program("dags", "list-import-errors", "--subdir", "d", "-o", "json")
    assert (
        "--subdir cannot be asked of the API; without: airflowctl dags list-import-errors -o json" in done.err
    )


@pytest.mark.parametrize("line", ["config list -e", "config list -e -s"])
def test_a_flag_of_the_classic_command_is_no_environment(line: str, program: Program) -> None:
    done = program(*line.split())
    assert done.code == 2
    assert "-e cannot be asked of the API; without: airflowctl config list" in done.err


def test_a_date_that_is_missing_in_both_spellings_is_said_to_be(program: Program) -> None:
    done = program("dags", "backfill", "etl")
    assert (done.code, "missing option --from-date" in done.err, "usage: " in done.err) == (2, True, True)


@pytest.mark.parametrize("secret", ["hunter22", "x"])
def test_a_secret_is_not_repeated(secret: str, program: Program) -> None:
    for line in (
        ("connections", "--add", "--conn_id", "db", "--conn_password", secret),
        ("variables", "--set", "my_password", secret),
        ("create_user", "-u", "ann", "-p", secret),
    ):
        done = program(*line)
        assert done.code == 2
        assert secret not in done.err.split("now: ")[1].replace("x.", "").split()


@pytest.mark.parametrize(("old", "today"), list(old_lines()))
def test_each_line_of_today_is_a_line(old: str, today: str) -> None:
    if today.startswith("airflow "):
        return
    state = parse_tokens(today.split(), registry)
    assert state.problem is None, (old, today)
    assert state.command is not None
