"""The rules that keep the parts apart, and the declarations true: read from the code, not run."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from airflowctl.api.operations import table, version_key
from airflowctl.core.command import Command
from airflowctl.core.kinds import OWN
from airflowctl.core.options import GLOBAL, PROGRAM
from airflowctl.session import registry
from tests.support.paths import OPENAPI, ROOT
from tests.support.rows import every_row

PACKAGES = ("airflowctl", "completers")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
DOCUMENTS = sorted((OPENAPI).glob("openapi-*.json"))
PLUGINS = {path.stem.partition("-")[0]: path for path in (OPENAPI / "plugins").glob("*.json")}
LIMIT = 400  # lines of a file
COMMANDS = registry.all_commands()

CORE = {"airflowctl.core"}
COMPLETION = {
    f"completers.{name}"
    for name in (
        "protocols",
        "tokenizer",
        "line_lists",
        "globs",
        "match",
        "members",
        "engine",
        "letters",
        "row_numbers",
    )
}

# What a package may import at module level beside the standard library (`airflowctl` alone is its version).
LAYERS: dict[str, set[str]] = {
    "airflowctl": set(),
    "airflowctl.launch": {"airflowctl.__main__"},
    "airflowctl.__main__": {"airflowctl.main"},
    "airflowctl.main": {*CORE, "airflowctl.execution", "airflowctl.output", "airflowctl.session"},
    "airflowctl.complete": CORE,
    "airflowctl.extensions": {*CORE, "airflowctl.domain", "airflowctl.output", "airflowctl.session"},
    "airflowctl.core": CORE,
    "airflowctl.storage": {*CORE, "airflowctl.storage"},
    "airflowctl.api": {*CORE, "airflowctl.api", "httpx", "pydantic"},
    "airflowctl.output": {*CORE, "airflowctl.output", "completers.letters"},
    "airflowctl.undo": {*CORE, "airflowctl.storage", "airflowctl.undo"},
    "airflowctl.auth": {*CORE, "airflowctl.storage", "airflowctl.auth"},
    "airflowctl.session": {*CORE, *COMPLETION, "airflowctl.storage", "airflowctl.session"},
    "airflowctl.session.name_cache": {*CORE, *COMPLETION, "airflowctl.session"},
    "airflowctl.execution": {*CORE, *COMPLETION, "airflowctl.session", "airflowctl.execution"},
    "airflowctl.domain": {*CORE, "airflowctl.domain"},
    "airflowctl.completion": {
        *CORE,
        *COMPLETION,
        "airflowctl.storage",
        "airflowctl.session",
        "airflowctl.execution",
        "airflowctl.completion",
    },
    "airflowctl.commands": {*CORE, "airflowctl.domain", "airflowctl.commands"},
    "airflowctl.shell": {"airflowctl", "completers", "prompt_toolkit", "pygments"},
    "completers": {"completers"},
    "completers.prompt": {"completers", "prompt_toolkit"},
}
# Not even from the standard library: what is slow to load stands in functions.
SLOW = {"typing", "json", "re", "dataclasses", "enum", "inspect", "argparse", "datetime", "asyncio"}
QUICK = {
    "airflowctl",
    "airflowctl.main",
    "airflowctl.core",
    "airflowctl.commands",
    "airflowctl.domain",
    "airflowctl.output",
    "airflowctl.session",
    "airflowctl.execution",
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str:
    return max((name for name in LAYERS if within(module, {name})), key=len)


def within(module: str, parts: set[str]) -> bool:
    return any(module == part or module.startswith(f"{part}.") for part in parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def loaded(nodes: Iterable[ast.AST]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run when the module is loaded: those in functions wait, those for types never run."""
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            yield from loaded(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
            yield from loaded(ast.iter_child_nodes(node))


def imports(path: Path) -> set[str]:
    """What a file imports when it is loaded, by full name."""
    found: set[str] = set()
    for node in loaded(tree(path).body):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        else:
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            names = {f"{module}.{alias.name}" for alias in node.names}
            modules = {name for name in names if (ROOT / name.replace(".", "/")).with_suffix(".py").exists()}
            found.update(modules or {module})
    return found - {"__future__"}


@every_row("path", FILES, ids=module_of)
def test_a_part_imports_only_what_it_may(path: Path) -> None:
    layer = layer_of(module_of(path))
    third = {
        name
        for name in imports(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and name != "airflowctl"
    }
    assert {name for name in third if not within(name, LAYERS[layer])} == set()
    if layer in QUICK:
        assert imports(path) & SLOW == set()


def test_the_table_names_only_what_there_is() -> None:
    assert set(LAYERS) >= {layer_of(module_of(path)) for path in FILES}
    for layer in LAYERS:
        path = ROOT / layer.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file(), layer


@every_row("path", sorted((ROOT / "completers").rglob("*.py")), ids=module_of)
def test_completers_knows_nothing_of_airflowctl(path: Path) -> None:
    named = re.findall(r"(?:import|from)\s+([\w.]+)", path.read_text(encoding="utf-8"))
    assert not any(within(name, {"airflowctl", "httpx"}) for name in named)


@every_row("path", FILES, ids=module_of)
def test_a_file_is_short_and_says_what_it_is(path: Path) -> None:
    assert too_long([path]) == []
    assert ast.get_docstring(tree(path))
    assert path.stem not in ("utils", "util", "helpers", "helper", "common", "base", "manager", "misc")


def test_what_tests_and_builds_it_is_short_too() -> None:
    assert too_long([path for folder in ("tests", "scripts") for path in (ROOT / folder).rglob("*.py")]) == []


def too_long(files: Iterable[Path]) -> list[str]:
    """The files that are longer than the limit, each with what to do about it."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    return [
        f"{path.relative_to(ROOT)} has {length} lines, and the limit is {LIMIT}: move a topic to a new file"
        for path, length in lengths.items()
        if length > LIMIT
    ]


def test_a_file_that_is_too_long_is_named_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = len(Path(__file__).read_text(encoding="utf-8").splitlines())
    monkeypatch.setitem(globals(), "LIMIT", lines - 1)
    (message,) = too_long([Path(__file__)])
    assert f"{Path(__file__).name} has {lines} lines, and the limit is {lines - 1}" in message
    monkeypatch.setitem(globals(), "LIMIT", lines)
    assert too_long([Path(__file__)]) == []


@every_row("path", FILES, ids=module_of)
def test_nothing_prints_or_exits_but_in_its_place(path: Path) -> None:
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    names = {ast.unparse(call) for call in calls}
    if "output" not in path.parts:
        assert not names & {"print", "sys.stdout.write", "sys.stderr.write"}
    if path.name != "__main__.py":
        assert not names & {"sys.exit", "exit", "quit", "os._exit"}
    if path.name != "__main__.py" and module_of(path) != "airflowctl":  # SIGINT ends it before `run`
        assert not names & {"_exit"}


# The declarations.


def line(command: Command) -> str:
    return command.line


@every_row("command", COMMANDS, ids=line)
def test_a_command_explains_itself(command: Command) -> None:
    assert command.summary.endswith(".")
    assert command.summary[0].isupper()
    assert command.danger == "" or command.danger.endswith(".")
    for param in command.params:
        assert param.help.endswith((".", "?", ")")), param.name
    for example in command.examples:
        assert f"airflowctl {command.line}" in example
    flags = [flag for param in command.options for flag in (*param.flags, *param.no_flags)]
    assert len(flags) == len(set(flags))


@every_row("command", COMMANDS, ids=line)
def test_the_operation_of_a_command_exists_on_every_supported_server(command: Command) -> None:
    """On those since the version that the table says; older ones are told apart by that."""
    for op in filter(None, (command.op, *command.uses)):
        if table()[op].plugin:
            assert op in operations(PLUGINS[table()[op].plugin])
            continue
        has = [path.stem for path in DOCUMENTS if op in operations(path)]
        assert has == [path.stem for path in DOCUMENTS if in_time(path, op)]


@every_row("command", COMMANDS, ids=line)
def test_what_completes_or_changes_is_a_kind(command: Command) -> None:
    kinds = {*registry.kinds(), *OWN}
    assert {param.complete for param in (*command.params, *GLOBAL) if param.complete} <= kinds
    assert set(command.invalidates) <= set(registry.kinds())


IN_TABLE = sorted(kind for kind, names in registry.kinds().items() if not names.op.startswith("/"))


@every_row("kind", IN_TABLE)
def test_a_kind_is_listed_by_an_operation_that_is_a_read(kind: str) -> None:
    names = registry.kinds()[kind]
    operation = table()[names.op]
    assert operation.method == "GET"
    wanted = (*names.scope, *names.query)
    assert all(f"{{{part}}}" in operation.path or part in operation.query for part in wanted)
    assert not names.search or names.search in operation.query
    documents = [path for path in DOCUMENTS if in_time(path, names.op)]
    if operation.plugin:
        documents = [PLUGINS[operation.plugin]]
    assert documents
    for path in documents:
        answer = schema_of(path, names.op)
        if not names.items:
            continue
        assert names.items in answer["properties"]
        item = resolved(path, answer["properties"][names.items]["items"])
        fields = item.get("properties", {"name": item})  # a text is shown as a name
        assert {*filter(None, [names.key]), *names.note} <= set(fields), path.stem


def test_the_nouns_are_the_files() -> None:
    folder = ROOT / "airflowctl" / "commands"
    found = (*folder.glob("[!_]*.py"), *(path.parent for path in folder.glob("[!_]*/__init__.py")))
    files = {path.stem.replace("_", "-") for path in found}
    assert set(registry.nouns()) == files
    assert {command.words[0] for command in COMMANDS} == files


def test_no_option_of_all_commands_is_there_twice() -> None:
    flags = [flag for param in (*GLOBAL, *PROGRAM) for flag in (*param.flags, *param.no_flags)]
    assert len(flags) == len(set(flags))


# The documents of the servers.


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


LOADED = {path: document(path) for path in (*DOCUMENTS, *PLUGINS.values())}


def operations(path: Path) -> dict[str, Any]:
    prefix = "edge_" if path == PLUGINS["edge3"] else ""
    return {
        prefix + operation["operationId"]: operation
        for methods in LOADED[path]["paths"].values()
        for operation in methods.values()
        if isinstance(operation, dict) and "operationId" in operation
    }


def in_time(path: Path, op: str) -> bool:
    """Whether this server is one that has the operation, by the table."""
    version, since = version_key(path.stem.partition("-")[2])[:2], version_key(table()[op].since)
    until = table()[op].until
    return since <= version and (not until or version <= version_key(until))


def resolved(path: Path, schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = LOADED[path]["components"]["schemas"][name] if name else schema
    return found


def schema_of(path: Path, op: str) -> dict[str, Any]:
    answers = operations(path)[op]["responses"]
    answer = next(found for status, found in answers.items() if status.startswith("2"))
    return alternative(path, answer["content"]["application/json"]["schema"])


def alternative(path: Path, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, or the first of its alternatives."""
    schema = resolved(path, schema)
    choices = schema.get("anyOf") or schema.get("oneOf")
    return alternative(path, choices[0]) if choices else schema


def test_all_supported_servers_are_there() -> None:
    assert [path.stem for path in DOCUMENTS] == [f"openapi-{v}" for v in ("3.0.6", "3.1.8", "3.2.2", "3.3.2")]


CHOICES = [
    (command, param)
    for command in COMMANDS
    for param in command.params
    if param.name in ("state", "run_type")
]
ENUMS = {"state": ("DagRunState", "TaskInstanceState", "EdgeWorkerState"), "run_type": ("DagRunType",)}


@pytest.mark.parametrize(
    ("command", "param"), CHOICES, ids=[f"{command.line} {param.name}" for command, param in CHOICES]
)
def test_choices_are_those_of_the_newest_server(command: Command, param: Any) -> None:
    schemas = {
        name: schema
        for path in (PLUGINS["edge3"], DOCUMENTS[-1])
        for name, schema in LOADED[path]["components"]["schemas"].items()
    }
    assert any(set(param.choices) == set(schemas[name]["enum"]) for name in ENUMS[param.name])


def test_states_and_types_of_runs_are_chosen_from() -> None:
    assert {(command.line, param.name) for command, param in CHOICES} >= {
        ("dagrun list", "state"),
        ("dagrun list", "run_type"),
        ("dags list", "state"),
    }


def test_the_table_of_operations_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "generate-operations", "--check"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, "run scripts/generate-operations"
