"""A read-only session: whatever would change something is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from airflowctl.api.operations import Operation, table
from airflowctl.api.request import ApiRequest
from tests.support.command_lines import COMMANDS, line
from tests.support.environment_files import write
from tests.support.program import Done, Program
from tests.support.rows import every_row
from tests.support.shell_driver import Shell
from tests.support.stub import Stub

LISTS_BY_POST = {"get_list_dag_runs_batch", "get_task_instances_batch"}
DRY_RUNS = {
    "create_backfill_dry_run",
    "patch_task_instance_dry_run",
    "patch_task_instance_dry_run_by_map_index",
    "patch_task_group_instances_dry_run",
}
CHANGING = sorted(
    name
    for name, operation in table().items()
    if operation.method != "GET" and name not in LISTS_BY_POST | DRY_RUNS
)


def request(operation: str, body: object = None, method: str = "") -> ApiRequest:
    row = table().get(operation)
    return ApiRequest(method or (row.method if row else "POST"), "/x", {}, body, {}, operation, "0" * 32)


@every_row("name", CHANGING)
def test_every_operation_that_is_not_a_read_is_a_change(name: str) -> None:
    assert request(name).is_change
    assert request(name, {"dry_run": False}).is_change
    assert request(name, {"dry_run": "true"}).is_change
    assert request(name, {"dry_run": True}).is_change is ("dry_run" not in table()[name].body)


@pytest.mark.parametrize("name", sorted(LISTS_BY_POST | DRY_RUNS))
def test_lists_by_post_and_dry_runs_are_no_changes(name: str) -> None:
    assert not request(name).is_change


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", ["", "get_all_of_it", "purge_dry_run"])
def test_a_name_from_a_servers_own_document_is_not_believed(method: str, name: str) -> None:
    assert request(name, {"dry_run": True}, method).is_change


def is_refused(done: Done, cause: str) -> bool:
    return (
        done.code == 4
        and done.out == ""
        and done.err.startswith(f"error: this session is read-only ({cause}): ")
    )


def by_option(program: Program, home: Path, *words: str) -> Done:
    return program("--read-only", *words)


def by_variable(program: Program, home: Path, *words: str) -> Done:
    return program.with_environ(AIRFLOWCTL_READ_ONLY="1")(*words)


def by_environment(program: Program, home: Path, *words: str) -> Done:
    url = program.environ["AIRFLOWCTL_URL"]
    write(home, "kept", f'url = "{url}"\nread_only = true\n')
    environ = {name: text for name, text in program.environ.items() if name != "AIRFLOWCTL_URL"}
    return Program(environ)("-e", "kept", *words)


def by_policy(program: Program, home: Path, *words: str) -> Done:
    policy = home.parent / "policy.toml"
    policy.write_text("read_only = true\n")
    policy.chmod(0o600)
    return program.with_environ(AIRFLOWCTL_POLICY=str(policy))(*words)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line)
@pytest.mark.usefixtures("in_a_folder")
def test_no_command_changes_anything(command: object, online: Program, stub: Stub, home: Path) -> None:
    by_variable(online, home, *line(command), "--yes")  # type: ignore[arg-type]
    for sent in stub.requests:
        assert (
            sent.method == "GET"
            or sent.path.endswith(("/list", "/dry_run"))
            or b'"dry_run":true' in (sent.body.replace(b" ", b""))
        ), f"{sent.method} {sent.path}"


@pytest.mark.parametrize(
    "way", [by_option, by_variable, by_environment, by_policy], ids=lambda way: way.__name__
)
@pytest.mark.parametrize(
    "words",
    [
        ("variables", "set", "k", "v"),
        ("variables", "delete", "k", "--yes"),
        ("api", "DELETE", "/api/v2/pools/p", "--yes"),
        ("api", "POST", "/plugin/purge", "--body", '{"dry_run": true}', "--yes"),
        ("api", "post_pool", "name=p", "slots:=1", "--yes"),
    ],
    ids=" ".join,
)
def test_nothing_is_sent(
    way: Callable[..., Done], words: tuple[str, ...], online: Program, stub: Stub, home: Path
) -> None:
    assert way(online, home, *words).code == 4
    assert [sent for sent in stub.requests if sent.method != "GET"] == []


def test_the_rule_is_named_with_its_way_out(online: Program, home: Path) -> None:
    words = ("pools", "delete", "p", "--yes")
    assert is_refused(by_option(online, home, *words), "--read-only")
    assert is_refused(done := by_variable(online, home, *words), "AIRFLOWCTL_READ_ONLY")
    assert "unset AIRFLOWCTL_READ_ONLY" in done.err
    assert is_refused(done := by_environment(online, home, *words), "environment kept")
    assert "airflowctl env set kept --no-read-only" in done.err.replace("-e kept ", "")
    assert is_refused(by_policy(online, home, *words), f"the policy in {home.parent / 'policy.toml'}")


@pytest.mark.parametrize("text", ["maybe", "2", "TRUE!", "read"])
def test_a_slip_in_the_variable_is_no_permission(text: str, online: Program, stub: Stub) -> None:
    done = online.with_environ(AIRFLOWCTL_READ_ONLY=text)("variables", "set", "k", "v")
    assert (done.code, stub.requests) == (2, [])
    assert f"AIRFLOWCTL_READ_ONLY is neither on nor off: '{text}'" in done.err


@pytest.mark.parametrize("text", ["", "0", "false", "No", "off"])
def test_the_variable_can_be_off(text: str, online: Program) -> None:
    assert online.with_environ(AIRFLOWCTL_READ_ONLY=text)("pools", "delete", "p", "--yes").code == 0


def test_an_environment_is_set_and_reset(online: Program, stub: Stub, home: Path) -> None:
    write(home, "stage", f'url = "{stub.url}"\n')
    done = online("env", "set", "stage", "--read-only", "-o", "json")
    assert done.json["read_only"] is True
    assert "read_only = true" in (home / "environments" / "stage.toml").read_text()
    assert online("env", "show", "stage", "-o", "json").json["read_only"] is True
    assert "read_only" not in online("env", "set", "stage", "--no-read-only", "-o", "json").json
    assert "read_only" not in (home / "environments" / "stage.toml").read_text()


def test_no_person_is_asked_in_vain(online: Program, stub: Stub) -> None:
    reader = online.with_environ(AIRFLOWCTL_READ_ONLY="1")
    done = reader("dags", "delete", "p", answers="y\n")
    assert is_refused(done, "AIRFLOWCTL_READ_ONLY")
    assert ("[y/N]" in done.err, stub.requests) == (False, [])


def test_the_prompt_shows_it(online: Program) -> None:
    from airflowctl.shell.prompt_text import parts
    from airflowctl.shell.sections import About

    with Shell(online) as shell:
        shown = "".join(text for _, text, *_ in parts(About("stage", is_read_only=True), shell.session))
    assert shown == "stage (read-only)> "


def test_a_real_server_stays_as_it_is(ctl: Program, api: httpx.Client, unique: str) -> None:
    reader = ctl.with_environ(AIRFLOWCTL_READ_ONLY="on")
    assert reader("variables", "set", unique, "1").code == 4
    assert api.get(f"/variables/{unique}").status_code == 404
    assert ctl("variables", "set", unique, "1").code == 0
    assert reader("variables", "delete", unique, "--yes").code == 4
    assert reader("variables", "get", unique).out == "1\n"
    assert reader("tasks", "instances", "demo_etl", "--help").code == 0
    batch = reader(stdin=f"variables get {unique}\nvariables set {unique} 2\nvariables get {unique}\n")
    assert (batch.code, batch.out) == (4, "")
    assert "stdin:2:1: error: this session is read-only" in batch.err
    assert ctl("variables", "delete", unique, "--yes").code == 0


def test_the_table_knows_the_lists_that_are_asked_for_by_post() -> None:
    by_post = {name for name, row in table().items() if _is_read(name, row)}
    assert by_post == LISTS_BY_POST | DRY_RUNS


def _is_read(name: str, row: Operation) -> bool:
    return row.method != "GET" and not request(name).is_change
