"""Completion on a real Airflow: names in the context of the line, and every parameter that names one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.completion.word_slot import kind_of
from airflowctl.core.command import Param
from airflowctl.core.converters import seconds, signed_number, whole_number
from airflowctl.session import registry
from completers.match import find_matches
from completers.members import member_at
from completers.protocols import Choice, make_known
from tests.support.program import Program
from tests.support.shell_driver import TAB, Desk, Shell
from tests.support.waiting import until

# Every parameter that names something completes it.

# What no server and no machine can tell: new names, words for people, numbers, secrets, ways to log in.
FREE = {
    "body", "body_search", "subject_search", "search", "conf_contains", "pattern", "text", "note", "value",
    "default", "description", "extra", "params", "slots", "action", "resource", "email", "firstname",
    "lastname", "password", "role", "username", "client_id", "command", "issuer", "scope", "setting",
    "conn_description", "conn_extra", "conn_host", "conn_json", "conn_login", "conn_password", "conn_port",
    "conn_schema", "conn_uri", "responded_by_user_name", "comment",
}  # fmt: skip
REASONS = {
    "run_id": "of a run that is started: a new one",
    "dag_run_id": "as run_id",
    "key": "of a variable that is made",
    "name": "of a pool that is made, or another program's environment",
    "conn_id": "of a connection that is made",
    "conf": "of an asset's run: which Dag it is, the line does not say",
    "partition_key": "of an asset: which Dag's runs have it, the line does not say",
    "task_regex": "an expression",
    "grep": "an expression",
    "runs": "a number",
    "concurrency": "a number",
    "seconds": "a number",
    "code": "an exit code",
    "literal_stars": "a name in the file that is imported",
    "only": "the code of an error, which -o json shows",
    "value_env": "a variable of the system's shell",
    "param": "a field of a task's question: hitl show has them",
    "subdir": "a folder of the server",
    "number": "of a line in the background",
    "last": "a number",
    "top": "a number",
    "filter": "letters of names that are not loaded yet",
    "group": "as triage prints it",
    "what": "of history: how many, or a part of a line",
    "header": "of a gate that only its user knows",
    "remove_header": "as header: those of an environment that the line names",
    "service_url": "an address",
    "organization": "an id at Astronomer",
    "file": "as `path`, which its converter says",
}


def wants_a_name(param: Param) -> bool:
    is_number = param.convert in (whole_number, signed_number, seconds) or "hours" in param.name
    return not (param.switch or param.choices or is_number or param.hidden)


def test_every_parameter_that_names_something_completes() -> None:
    free = FREE | REASONS.keys()
    params = [(command.line, param) for command in registry.all_commands() for param in command.params]
    silent = {(line, param.name) for line, param in params if wants_a_name(param) and not kind_of(param)}
    assert {(line, name) for line, name in silent if name not in free} == set()


def test_a_name_that_a_kind_is_called_after_completes_it() -> None:
    """A parameter called `dag_id` completes Dags, and so on: it was not forgotten somewhere."""
    by_name = {"dag_id": "dag", "task_id": "task", "connection_id": "connection", "pool": "pool"}
    for command in registry.all_commands():
        for param in command.params:
            if param.name in by_name:
                assert param.complete == by_name[param.name], f"{command.line} {param.name}"


# JSON.


@pytest.mark.parametrize(
    ("text", "lead", "word"),
    [
        ("", "{", ""),
        ("{", "{", ""),
        ('{"re', "{", '"re'),
        ("{re", "{", '"re'),
        ('{"region":"e', "{", '"region": "e'),
        ('{"region": "eu", ', '{"region": "eu", ', ""),
        ('{"region": "eu","co', '{"region": "eu",', '"co'),
        ('{"a": "x,{', "{", '"a": "x,{'),
        ('{"a": {"b": 1}, "c', '{"a": {"b": 1}, ', '"c'),
        ('{"a": "\\", "b', "{", '"a": "\\", "b'),
    ],
)
def test_the_member_of_an_object_that_is_being_typed(text: str, lead: str, word: str) -> None:
    member = member_at(text)
    assert member is not None
    assert member[:3] == (lead, word, False)


@pytest.mark.parametrize(("text", "ended"), [('{"a": "x"', True), ('{"a": 3 ', True), ('{"a": [1]', True)])
def test_after_a_value_another_member_or_the_end(text: str, ended: bool) -> None:
    member = member_at(text)
    assert member is not None
    assert member.is_ended is ended


def test_the_keys_of_the_members_before_are_known() -> None:
    member = member_at('{"a": 1, "b": {"c": [1, 2]}, "d"')
    assert member is not None
    assert member.keys == ('"a"', '"b"')


@pytest.mark.parametrize("text", ['{"a": {"b', "{}", '{"a": 1} ', "[", "3"])
def test_within_a_value_and_after_the_end_there_is_none(text: str) -> None:
    assert member_at(text) is None


@pytest.mark.parametrize(
    ("line", "lead", "word"),
    [
        ("dags list --columns dag_id,ow", "dag_id,", "ow"),
        ("dags list --sort -dag", "-", "dag"),
        ("dags list --query '[?is_paused].dag", "[?is_paused].", "dag"),
        ("dags list --query=[].{id:da", "[].{id:", "da"),
        ("config lint --section core,sch", "core,", "sch"),
    ],
)
def test_of_a_list_and_of_an_expression_the_last_name_completes(line: str, lead: str, word: str) -> None:
    slot = Grammar().slot_at(line)
    assert (slot.lead, slot.word) == (lead, word)


# The order, and scale.


def test_among_100_000_names_the_few_are_found_in_the_given_order() -> None:
    names = make_known(Choice(f"team_{number % 7}_dag_{number:06}") for number in range(100_000))
    assert find_matches("team_3_dag_000", names.folded, 3) == [3, 10, 17]
    assert find_matches("_099999", names.folded, 3) == [99_999]
    assert find_matches("TEAM_0", names.folded, 2) == [0, 7]
    assert find_matches("nothing like it", names.folded, 3) == []


def test_what_was_used_last_comes_first_among_equals(ctl: Program) -> None:
    desk = Desk(ctl)
    assert next(iter(desk.offered("dags get demo_"))) == "demo_etl"
    assert desk.run("dags get demo_mapped") == 0
    until(lambda: list(desk.offered_now("dags get demo_"))[:2] == ["demo_mapped", "demo_etl"], "a new order")


# The server's names.


@pytest.fixture(scope="module")
def ran(admin: Program) -> str:
    """A run of demo_mapped that has ended."""
    done = admin("dags", "trigger", "demo_mapped", "--wait", "-o", "json")
    assert done.json["state"] == "success"
    return str(done.json["dag_run_id"])


def test_names_of_a_run_come_with_their_state(ctl: Program, ran: str) -> None:
    desk = Desk(ctl)
    runs = desk.offered("tasks logs demo_mapped add_up ")
    assert list(runs)[:2] == ["latest", ran]
    assert re.fullmatch(r"success (now|\d+ (s|min) ago)", runs[ran])
    for run in ("latest", ran):
        tasks = desk.offered(f"xcom list demo_mapped {run} ")
        assert tasks == dict.fromkeys(("list_files", "count_letters", "add_up"), "success")
        mapped = desk.offered(f"tasks state demo_mapped count_letters {run} --map-index ")
        assert mapped == dict.fromkeys("0123", "success")
        assert "return_value" in desk.offered(f"xcom get demo_mapped {run} list_files ")
    assert "1" in desk.offered("hitl show demo_mapped add_up latest --try-number ")


def test_the_params_of_a_dag_complete_its_conf(ctl: Program) -> None:
    desk = Desk(ctl)
    line = "dags trigger demo_etl --conf "
    everything, *one = desk.offered(line)
    assert everything == """'{"region": "eu", "orders": 3, "dry_run": false}'"""
    assert """'{"orders": 3""" in one
    assert desk.offered(line + """'{"re""") == {
        """'{"region": "eu\"""": "string: Whose orders",
        """'{"region": "us\"""": "string",
        """'{"region": "asia\"""": "string",
    }
    assert list(desk.offered(line + """'{"region": "a""")) == ["""'{"region": "asia\""""]
    assert list(desk.offered(line + """{"or""")) == ["""{"orders": 3"""]
    more = """'{"region": "eu", "orders": 2, """
    assert list(desk.offered(line + more)) == [f'{more}"dry_run": false']
    assert list(desk.offered(line + """'{"orders": 3 """)) == ["""'{"orders": 3 }'""", """'{"orders": 3 , """]


def test_a_conf_put_together_by_completion_runs(ctl: Program) -> None:
    with Shell(ctl) as shell:
        shell.type("""dags trigger demo_etl -o json --conf '{"reg""")
        until(lambda: len(shell.menu) == 3, "the regions")
        shell.type(TAB + TAB)
        until(lambda: shell.line.endswith('"us"'), "a region")
        done = shell.run("}'")
        assert done.code == 0, done.err
        assert done.json["conf"]["region"] == "us"


def test_fields_of_the_rows_about_to_come(ctl: Program) -> None:
    desk = Desk(ctl)
    assert next(iter(desk.offered("dags list --columns dag_id,ow"))) == "dag_id,owners"
    assert "'[].dag_id'" in desk.offered("dags list --query [].dag")
    assert desk.run("cheat-sheet") == 0
    assert (
        list(desk.offered_now("cheat-sheet --columns ")) == []
    )  # it asks no server: nothing is kept for one
    assert desk.run("dags stats demo_etl") == 0
    assert {"dag_id", "queued", "success"} <= desk.offered_now("dags stats --columns ").keys()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("dags list --owner ", "data"),
        ("dags list --tag ", "demo"),
        ("dags list --bundle-name ", "dags-folder"),
        ("events list --event ", "patch_dag"),
        ("jobs list --job-type ", "SchedulerJob"),
        ("connections add x --conn-type post", "postgres"),
        ("dagrun list --start-date y", "yesterday"),
        ("dags list --timezone europe/ber", "Europe/Berlin"),
    ],
)
def test_what_names_something_is_offered(ctl: Program, line: str, name: str) -> None:
    ctl("dags", "unpause", "demo_etl")  # an event that is not old
    assert name in Desk(ctl).offered(line)


def test_queues_are_those_in_use(ctl: Program, ran: str) -> None:
    assert list(Desk(ctl).offered("tasks instances --queue ")) == ["default"]


def test_files(ctl: Program, tmp_path: Path) -> None:
    (tmp_path / "pools.json").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / ".hidden").touch()
    desk = Desk(ctl)
    assert list(desk.offered(f"pools import {tmp_path}/")) == [
        f"{tmp_path}/folder/",
        f"{tmp_path}/pools.json",
    ]
    assert list(desk.offered(f"pools import {tmp_path}/.h")) == [f"{tmp_path}/.hidden"]
    assert desk.offered(f"pools import {tmp_path}/nosuch/") == {}


def test_it_can_be_switched_off(ctl: Program) -> None:
    desk = Desk(ctl)
    desk.completer.is_on = False
    assert desk.offered_now("dags ") == {}
