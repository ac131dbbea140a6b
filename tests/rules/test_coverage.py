"""That a command is there for every operation, and that declarations agree with the servers' documents."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest

from airflowctl.api.operations import table
from airflowctl.core.command import Command, Param
from airflowctl.session import registry
from tests.support.paths import OPENAPI, ROOT
from tests.support.rows import every_row

NEWEST = json.loads((OPENAPI / "openapi-3.3.2.json").read_text(encoding="utf-8"))
COMMANDS = [command for command in registry.all_commands() if command.op or command.uses]


def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("coverage_table", str(ROOT / "scripts" / "coverage"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_every_operation_has_a_command() -> None:
    """scripts/coverage prints which."""
    assert {op for op, lines in script().commands().items() if not lines} == set()


def test_the_table_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert script().main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("| `get_pool` | 3.0+ | ") and "`pools get`" in line for line in lines)
    assert any(line.startswith("| `get_dag_reports` | 3.0 only |") for line in lines)
    assert f" of {len(table())} operations have a command." in lines[-1]


@every_row("command", COMMANDS, ids=lambda command: command.line)
def test_what_a_command_uses_exists(command: Command) -> None:
    assert {command.op, *command.uses} - {""} <= set(table())
    assert len({command.op, *command.uses}) == 1 + len(command.uses), "an operation is named twice"


def test_what_is_called_is_declared() -> None:
    """By some command at least: the operations that stand as words in calls of the client."""
    called = set()
    for path in (ROOT / "airflowctl" / "commands").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                on_client = ast.unparse(node.func.value).endswith("api")
                if on_client and isinstance(first, ast.Constant) and first.value in table():
                    called.add(first.value)
    declared = {op for command in COMMANDS for op in (command.op, *command.uses)}
    assert "get_pools" in called
    assert called <= declared


# Choices.


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return NEWEST["components"]["schemas"][name] if name else schema


def enum(schema: dict[str, Any]) -> set[str]:
    """The texts that a field takes, if they are counted up somewhere in its schema."""
    schema = resolved(schema)
    if "enum" in schema:
        return {text for text in schema["enum"] if isinstance(text, str)}
    inner = [
        *schema.get("anyOf", []),
        *schema.get("oneOf", []),
        *([schema["items"]] if "items" in schema else []),
    ]
    return {text for one in inner for text in enum(one)}


def enums(op: str) -> dict[str, set[str]]:
    """The counted texts of an operation's query parameters and of the fields of its body."""
    found: dict[str, set[str]] = {}
    for methods in NEWEST["paths"].values():
        for operation in methods.values():
            if not isinstance(operation, dict) or operation.get("operationId") != op:
                continue
            fields = {
                it["name"]: it["schema"] for it in operation.get("parameters", ()) if it["in"] == "query"
            }
            content = operation.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema", {})
            for shape in body.get("anyOf", [body]):
                fields |= resolved(shape).get("properties", {})
            found = {name: texts for name, schema in fields.items() if (texts := enum(schema))}
    return found


# What an option is called where the API has another name for it.
CALLED = {"last_run_state": "last_dag_run_state", "reprocess": "reprocess_behavior", "type": "warning_type"}
CHOSEN = [
    (command, param)
    for command in COMMANDS
    for param in command.params
    if param.choices
    for known in [[enums(op) for op in (command.op, *command.uses) if op]]
    if any(CALLED.get(param.name, param.name) in texts for texts in known)
]


@pytest.mark.parametrize("one", CHOSEN, ids=lambda it: f"{it[0].line} {it[1].name}")
def test_choices_are_those_of_the_document(one: tuple[Command, Param]) -> None:
    command, param = one
    name = CALLED.get(param.name, param.name)
    ops = [op for op in (command.op, *command.uses) if op]
    if any(name in table()[op].query and name not in enums(op) for op in ops):
        return  # a filter whose values the document leaves open
    known = [enums(op)[name] for op in ops if name in enums(op)]
    assert any(set(param.choices) <= texts for texts in known), (param.choices, known)


def test_enums_are_read_from_the_document() -> None:
    assert enums("create_backfill")["reprocess_behavior"] == {"none", "completed", "failed"}
    assert enums("list_dag_warnings")["warning_type"] >= {"asset conflict"}
    assert enums("get_dags")["last_dag_run_state"] == {"queued", "running", "success", "failed"}


# Versions.


LATE = [
    (command, param, field)
    for command in COMMANDS
    for param in command.params
    for field in [table()[command.op].body.get(param.name, "") if command.op else ""]
    if field
]


@every_row("one", LATE, ids=lambda it: f"{it[0].line} {it[1].name}")
def test_a_field_that_came_later_says_so(one: tuple[Command, Param, str]) -> None:
    """An older server answers 422 to a field that it does not know."""
    _, param, since = one
    assert param.since == since


def test_the_table_knows_when_a_field_came() -> None:
    assert table()["post_variable"].body == {"key": "", "value": "", "description": "", "team_name": "3.2"}
    assert table()["get_pools"].body == {}
