"""Who is asked before something is lost, and what counts as a yes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflowctl.api.operations import table
from airflowctl.core.command import ALWAYS, Command
from airflowctl.core.effect import CHANGE, CLEAR, CREATE, DELETE, HARMLESS, LOSSY, NEEDS_YES, NOTHING, SWITCH
from airflowctl.session import registry
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.shell_driver import Desk
from tests.support.stub import Stub
from tests.support.two_environments import changed

COMMANDS = registry.all_commands()


def methods(command: Command) -> set[str]:
    return {table()[op].method for op in (command.op, *command.uses) if op in table()}


# The declarations.


@every_row("command", COMMANDS, ids=lambda command: command.line)
def test_what_a_command_does_is_declared(command: Command) -> None:
    """A command that sends a change and says nothing of it is a fault: a new one cannot forget it."""
    if methods(command) - {"GET"} or command.invalidates:
        assert command.effect is not None, f"{command.line} needs effect="
    if command.danger or command.confirms_after_plan:
        assert command.effect is not None
        assert command.effect.kind not in HARMLESS


@every_row(
    "command",
    [it for it in COMMANDS if it.op in table() and table()[it.op].method in ("DELETE", "PATCH", "PUT")],
    ids=lambda command: command.line,
)
def test_what_deletes_or_writes_is_not_declared_harmless(command: Command) -> None:
    assert command.effect is not None
    method = table()[command.op].method
    harmless = {"dags reserialize"}  # a file is read once more
    if command.line not in harmless:
        assert command.effect.kind not in HARMLESS
    if method == "DELETE" and command.line != "workers maintenance off":
        assert command.effect.kind == DELETE


def test_the_parameters_that_name_what_is_touched_exist() -> None:
    for command in COMMANDS:
        if command.effect:
            assert set(command.effect.names) <= {param.name for param in command.params}, command.line


# A line for each command of a kind: an example that runs, as the docs show it.


def example(command: Command) -> list[str]:
    from completers.tokenizer import words

    line = next((it for it in command.examples if "--dry-run" not in it), command.examples[0])
    return [word for word in words(line)[1:] if word not in ("--dry-run", "--yes")]


def asked_at_once(command: Command) -> bool:
    """Whether the question comes before any request; others look first."""
    effect = command.effect
    if effect is None or effect.in_handler or effect.look or command.confirms_after_plan:
        return False
    return effect.kind not in HARMLESS


AT_ONCE = [command for command in COMMANDS if asked_at_once(command)]


@pytest.mark.parametrize("command", AT_ONCE, ids=lambda command: command.line)
def test_the_shell_asks_before_whatever_is_lost(command: Command, places: Program, stub: Stub) -> None:
    """The person has gone: no answer is no."""
    assert command.effect
    desk = Desk(places)
    code = desk.run(" ".join(_quoted(example(command))))
    if command.effect.kind in LOSSY:
        assert code == 2
        assert f"{command.line} on dev? [y/N]" in desk.err
        assert "would be" in desk.err
        assert not changed(stub)
    else:
        assert "[y/N]" not in desk.err


@pytest.mark.parametrize("command", AT_ONCE, ids=lambda command: command.line)
def test_in_production_every_change_asks_for_the_name(command: Command, places: Program, stub: Stub) -> None:
    for answer in ("y\n", "yes\n", "dev\n", "PROD\n", "\n", ""):
        done = places(*example(command), "--env", "prod", answers=answer)
        assert (done.out, done.code) == ("", 2), answer
        assert f"{command.line} on prod (PRODUCTION): type prod to confirm: " in done.err
        assert f"error: not done: {command.line}" in done.err
    assert not changed(stub)
    places(*example(command), "--env", "prod", answers="prod\n")
    assert stub.requests


@pytest.mark.parametrize("command", AT_ONCE, ids=lambda command: command.line)
def test_a_script_goes_on_but_for_production(command: Command, places: Program, stub: Stub) -> None:
    assert command.effect
    line = example(command)
    if not command.danger:
        places(*line)
        assert stub.requests, "it asks a script"
    stub.requests.clear()
    done = places(*line, "--env", "prod")
    if command.effect.kind in NEEDS_YES:
        assert (done.code, stub.requests) == (2, [])
        assert f"error: {command.line} changes what is on prod (PRODUCTION): it needs --yes" in done.err
        assert "give --yes=prod" in done.err
    elif not command.danger:
        assert stub.requests
    for yes in ("--yes", "-y", "--yes=prod", "-y=prod"):
        stub.requests.clear()
        places(*line, "--env", "prod", yes)
        assert stub.requests, yes


def _quoted(tokens: list[str]) -> list[str]:
    from completers.tokenizer import quote_word

    return [quote_word(token) for token in tokens]


# At a terminal.


def test_a_command_at_a_terminal_asks_where_it_did(places: Program, stub: Stub) -> None:
    assert places("variables", "delete", "k", answers="").code == 0
    assert places("backfill", "cancel", "7", answers="n\n").code == 2
    assert changed(stub) == ["DELETE /dev/api/v2/variables/k"]


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "no\n", "prod\n", "yess\n", "j\n", "\x1b\n", " \n"])
def test_anything_but_yes_is_no(places: Program, stub: Stub, answer: str) -> None:
    assert places("backfill", "cancel", "7", answers=answer).code == 2
    assert not changed(stub)


@pytest.mark.parametrize("answer", ["y\n", "Y\n", "yes\n", " yes \n"])
def test_yes_is_yes(places: Program, stub: Stub, answer: str) -> None:
    assert places("backfill", "cancel", "7", answers=answer).code == 0
    assert changed(stub) == ["PUT /dev/api/v2/backfills/7/cancel"]


def test_a_question_shows_no_control_character(places: Program, stub: Stub) -> None:
    done = places("variables", "delete", "a\x1b[2K\r\x9bb\u202e", "--env", "prod", answers="n\n")
    assert "variable a\\x1b[2K\\r\\x9bb\\u202e would be deleted." in done.err
    assert not {"\x1b", "\r", "\x9b", "\u202e"} & set(done.err)


def test_a_setting_or_a_yes_of_the_whole_shell_is_not_for_production(places: Program, stub: Stub) -> None:
    desk = Desk(places)
    desk.run("set confirm off")
    assert desk.run("variables delete k") == 0
    assert desk.run("variables delete k -e prod") == 2
    assert desk.run("variables delete k -e prod --yes") == 0
    desk = Desk(places)
    desk.session.options = desk.session.options._replace(yes=True)  # `airflowctl --yes`
    assert desk.run("variables delete k") == 0
    assert desk.run("variables delete k -e prod") == 2
    assert desk.run("variables delete k -e prod --yes=prod") == 0


def test_what_several_names_are_is_counted_and_listed(places: Program) -> None:
    queues = [f"q{number}" for number in range(7)]
    done = places("workers", "queues", "remove", "edge-1", *queues, "--env", "prod", answers="\n")
    assert "7 queues of edge-1 would be removed: q0, q1, q2, q3, q4 and 2 more." in done.err


def test_a_dry_run_asks_nothing(places: Program, stub: Stub) -> None:
    assert places("variables", "delete", "k", "--dry-run", "--env", "prod").code == 0
    assert Desk(places).run("variables delete k --dry-run -e prod") == 0
    assert not changed(stub)


# Imports.


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "vars.json"
    path.write_text(json.dumps({"k": "1", "new": "2"}))
    return str(path)


def test_an_import_names_what_it_would_overwrite(places: Program, stub: Stub, file: str) -> None:
    desk = Desk(places)
    assert desk.run(f"variables import {file}") == 2
    assert "1 variable would be overwritten: k." in desk.err
    assert not changed(stub)
    assert places("variables", "import", file, "--env", "prod", answers="y\n").code == 2
    assert places("variables", "import", file, "--env", "prod").code == 2
    assert not changed(stub)
    assert places("variables", "import", file, "--env", "prod", answers="prod\n").code == 0


@pytest.mark.parametrize("more", [("-a", "skip"), ("-a", "fail"), ("--dry-run",)])
def test_an_import_that_overwrites_nothing_asks_nothing(
    places: Program, stub: Stub, file: str, more: tuple[str, ...]
) -> None:
    desk = Desk(places)
    desk.run(f"variables import {file} {' '.join(more)} -e prod")
    assert "would be overwritten: k." not in desk.err
    assert "confirm" not in desk.err
    assert places("variables", "import", file, *more, "--env", "prod").code in (0, 1, 6)


def test_a_script_that_imports_is_not_asked(places: Program, stub: Stub, file: str) -> None:
    assert places("variables", "import", file).code == 0
    # What is there is compared first; one request for what is new, one for what has changed.
    assert [it.method for it in stub.requests] == ["GET", "PATCH", "PATCH"]


# Any operation.


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("api GET /api/v2/pools", NOTHING),
        ("api get_pools", NOTHING),
        ("api DELETE /api/v2/variables/k", DELETE),
        ("api delete /api/v2/variables/k", DELETE),
        ("api delete_variable variable_key=k", DELETE),
        ("api DELETE /api/v2/nobody/knows dry_run:=true", DELETE),
        ("api PATCH /api/v2/variables/k key=k value=v", "overwrite"),
        ("api patch_dag dag_id=etl is_paused:=true", "overwrite"),
        ("api PUT /api/v2/backfills/7/cancel", "overwrite"),
        ("api POST /api/v2/pools name=p slots:=1", CLEAR),
        ("api clear_dag_run dag_id=etl dag_run_id=r dry_run:=true", NOTHING),
        ("api clear_dag_run dag_id=etl dag_run_id=r dry_run:=false", CLEAR),
        ("api clear_dag_run dag_id=etl dag_run_id=r", CLEAR),
        ("api clear_dag_run dag_id=etl dag_run_id=r --body '{\"dry_run\": true}'", NOTHING),
        ("api get_task_instances_batch dag_id=~ dag_run_id=~ --body '{}'", NOTHING),
        ("api POST /api/v2/dags/~/dagRuns/list --body '{}'", NOTHING),
        ("api create_backfill_dry_run --body '{}'", NOTHING),
        ("api post_variable key=k value=v dry_run=true", CLEAR),
    ],
)
def test_a_raw_request_is_judged_by_its_method(places: Program, stub: Stub, line: str, kind: str) -> None:
    desk = Desk(places)
    code = desk.run(line)
    if kind == NOTHING:
        assert "[y/N]" not in desk.err
        assert stub.requests
    elif "dry_run=true" in line:  # no such field
        assert code == 2
    else:
        assert code == 2
        assert "would be sent.\napi on dev? [y/N]" in desk.err
        assert not changed(stub)


def test_a_raw_deletion_in_production(places: Program, stub: Stub) -> None:
    line = ("api", "DELETE", "/api/v2/variables/k", "--env", "prod")
    for done in (places(*line), places(*line, answers="y\n"), places(*line, "--yes=dev")):
        assert done.code == 2
        assert not stub.requests
    assert places(*line, answers="prod\n").code == 0
    assert places(*line, "--yes=prod").code == 0
    assert changed(stub) == ["DELETE /prod/api/v2/variables/k"] * 2


def test_the_kinds_are_told_apart() -> None:
    by_line = {command.line: command for command in COMMANDS}
    kinds = {line: command.effect.kind for line, command in by_line.items() if command.effect}
    assert (kinds["variables set"], kinds["dags pause"], kinds["variables create"]) == (
        CHANGE,
        SWITCH,
        CREATE,
    )
    assert {kinds[it.line] for it in COMMANDS if ALWAYS in it.confirms_after_plan} <= LOSSY
