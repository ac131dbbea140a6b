"""What is really loaded: a short command starts quickly because it loads little."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.paths import ROOT
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

HEAVY = {"httpx", "prompt_toolkit", "keyring", "pygments", "pydantic", "tabulate"}
SLOW = {
    "yaml",
    "asyncio",
    "argparse",
    "inspect",
    "importlib.metadata",
    "typing",
    "re",
    "json",
    "ssl",
    "logging",
}
# Small, but more than a short command is worth.
NEEDLESS = {
    "contextlib",
    "importlib",
    "warnings",
    "enum",
    "datetime",
    "threading",
    "airflowctl.core.rich_results",
}

# Runs the program and tells, after its own words on stderr, what that loaded.
SCRIPT = """
import sys
before = set(sys.modules)
from airflowctl.main import main
code = main(sys.argv[1:])
print("loaded:", *sorted(set(sys.modules) - before), file=sys.stderr)
sys.exit(code)
"""


class Loaded(frozenset[str]):
    """The modules that a run loaded, and its exit code."""

    code: int


def loaded(program: Program, *argv: str, stdin: str = "") -> Loaded:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *argv],
        input=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        cwd=ROOT,
        env=program.process_environ,
        check=False,
    )
    words = done.stderr.splitlines()[-1].split()
    assert words[0] == "loaded:", done.stderr
    found = Loaded(words[1:])
    found.code = done.returncode
    return found


def answer(request: Request) -> Reply:
    everything = {"name": "p", "version": "3.3.2", "key": "k", "value": "v"}
    return reply({**everything, "pools": [{"name": "p"}], "total_entries": 1})


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with Stub(answer) as server:
        yield server


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("--help", 0),
        ("help", 0),
        ("--version", 0),
        ("version", 0),
        ("help dags", 0),
        ("dags --help", 0),
        ("help dags trigger", 0),
        ("dags trigger -h", 0),
        ("auth login --help", 0),
    ],
)
def test_help_and_version_load_nothing_heavy(program: Program, line: str, code: int) -> None:
    found = loaded(program, *line.split())
    assert found.code == code
    assert "airflowctl.execution.dispatch" in found
    assert found & (HEAVY | SLOW | NEEDLESS) == set()


@pytest.mark.parametrize("line", ["version", "--version", "--help", "help dags", "dags list --help"])
def test_a_text_loads_no_output_format(program: Program, line: str) -> None:
    found = loaded(program, *line.split())
    assert found.code == 0
    printing = (
        "airflowctl.output.formats",
        "airflowctl.output.render",
        "airflowctl.output.style",
        "completers",
    )
    assert {name for name in found if name.startswith(printing)} == set()


@pytest.mark.parametrize(
    "line", ["dags lst", "dgas list", "dags get", "dags list --nope", "dags list --limit x", "-Z"]
)
def test_a_usage_error_loads_nothing_heavy(program: Program, line: str) -> None:
    found = loaded(program, *line.split())
    assert found.code == 2
    assert found & (HEAVY | SLOW - {"re", "json"}) == set()


@pytest.mark.parametrize(
    "line",
    [
        "help dags", "help tasks", "help dagrun", "help logs", "help status", "help health", "help watch",
        "help diagnose", "help why",
        "dags trigger -h", "assets materialize -h",
    ],
)  # fmt: skip
def test_help_loads_declarations_and_nothing_that_only_handlers_need(program: Program, line: str) -> None:
    found = loaded(program, *line.split())
    assert found.code == 0
    assert found & NEEDLESS == set()
    ours = {name for name in found if name.startswith("airflowctl.commands.")}
    assert {name for name in ours if "._" in name} == set()  # the work of handlers is in `_files`


@pytest.mark.parametrize("line", ["variables get -h", "pools get", "connections --help"])
def test_only_the_commands_of_the_noun_are_loaded(program: Program, line: str) -> None:
    found = loaded(program, *line.split())
    files = {name.split(".")[2] for name in found if name.startswith("airflowctl.commands.")}
    assert {name for name in files if name[0] != "_"} == {line.split()[0]}  # `_files` is of no noun


@pytest.mark.parametrize(
    "line",
    [
        "pools list",
        "pools list -o json",
        "pools get p",
        "pools get p -o csv",
        "variables get k",
        "version --remote",
    ],
)
def test_a_read_loads_httpx_and_nothing_else_that_is_heavy(online: Program, line: str) -> None:
    found = loaded(online, *line.split())
    assert found.code == 0
    assert found & HEAVY == {"httpx"}
    assert "yaml" not in found


def test_a_batch_loads_no_prompt(online: Program) -> None:
    found = loaded(online, stdin="pools get p\npools list\nvariables get k\nversion\n")
    assert found.code == 0
    assert found & HEAVY == {"httpx"}


def test_a_table_is_what_loads_tabulate(online: Program) -> None:
    assert loaded(online, "pools", "list", "-o", "table") & HEAVY == {"httpx", "tabulate"}
