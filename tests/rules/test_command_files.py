"""The words of a command lead to its file, and the names of modules say one thing each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from airflowctl.core.command import Command
from airflowctl.session import registry
from tests.support.rows import every_row

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ROOT / "airflowctl" / "commands"
FILES = sorted(path for path in COMMANDS.rglob("*.py") if path.name[0] != "_")


def file_of(words: tuple[str, ...]) -> Path:
    """Where a reader looks for a command: the rule of CONTRIBUTING, by what the folder holds."""
    noun = words[0].replace("-", "_")
    folder = COMMANDS / noun
    if not (folder / "__init__.py").exists():  # a folder whose files are gone may hold caches
        return COMMANDS / f"{noun}.py"
    verb = words[1]
    while verb:
        for text in (verb, verb.removeprefix("un")):
            path = folder / f"{text.replace('-', '_')}.py"
            if path.exists():
                return path
        verb = verb.rpartition("-")[0]
    return folder


def declared_in(path: Path) -> list[Command]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    module = __import__(name, fromlist=("*",))
    return [value for value in vars(module).values() if isinstance(value, Command)]


PLACES = [(path, command) for path in FILES for command in declared_in(path)]


@every_row(("path", "command"), PLACES, ids=[command.line for _, command in PLACES])
def test_the_words_of_a_command_lead_to_its_file(path: Path, command: Command) -> None:
    assert file_of(command.words) == path, f"`{command.line}` is declared in {path.relative_to(ROOT)}"


def test_each_file_of_commands_declares_one() -> None:
    assert {command.line for _, command in PLACES} == {command.line for command in registry.all_commands()}
    empty = [path for path in FILES if not declared_in(path)]
    assert empty == [], "a file without a command belongs into domain/, or into the __init__.py of its noun"


def test_a_noun_that_is_a_command_is_a_file() -> None:
    alone = {command.words[0] for _, command in PLACES if len(command.words) == 1}
    assert [noun for noun in alone if (COMMANDS / noun.replace("-", "_") / "__init__.py").exists()] == []


@every_row("command", registry.all_commands(), ids=lambda command: command.line)
def test_a_command_is_looked_up_by_each_of_its_spellings(command: Command) -> None:
    for line in (command.line, *command.aliases):
        words = tuple(line.split())
        assert registry.command(words) is command
        assert all(registry.has_command(words[:length]) for length in range(1, len(words) + 1))
        assert not registry.has_command((*words, "nope"))
        assert registry.command((*words, "nope")) is None


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("dags list -h", {"dags", "dags.list"}),
        ("dags get etl -h", {"dags", "dags.get"}),
        ("dags unpause -h", {"dags", "dags.pause"}),
        ("help dags list-versions", {"help", "dags", "dags.list_versions"}),
        ("tasks state-store list -h", {"tasks", "tasks.state_store"}),
        ("tasks mark-all -h", {"tasks", "tasks.mark"}),
        ("dags trigger -h", {"dags", "dags.trigger", "dagrun", "dagrun.trigger"}),
        ("pools list -h", {"pools"}),
    ],
)
def test_a_line_imports_the_file_to_which_its_words_lead(line: str, files: set[str]) -> None:
    code = (
        "import sys; from airflowctl.main import main; main(sys.argv[1:]);"
        "print(*(name for name in sys.modules if name.startswith('airflowctl.commands.')), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *line.split()], cwd=ROOT, capture_output=True, text=True, check=True
    )
    prefix = "airflowctl.commands."
    assert {name.removeprefix(prefix) for name in done.stderr.splitlines()[-1].split()} == files


# What is wrong is refused at import.

DECLARATION = '''"""Of a test."""

from __future__ import annotations

from airflowctl.core.command import command


@command({line!r}, "Try it."{more})
def handler(session): ...
'''


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in ("airflowctl", "completers"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def help_of_dags(copy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-m", "airflowctl", "dags", "nope"],
        cwd=copy, env={"HOME": str(copy), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def add(copy: Path, name: str, line: str, more: str = "", *, listed: bool = True) -> None:
    folder = copy / "airflowctl" / "commands" / "dags"
    (folder / f"{name}.py").write_text(DECLARATION.format(line=line, more=more))
    if listed:
        init = folder / "__init__.py"
        init.write_text(f'{init.read_text()}\nMODULES = (*MODULES, "{name}")\n')


@pytest.mark.parametrize(
    ("name", "line", "more", "problem"),
    [
        ("trial", "dags tri", "", "dags/trial.py: dags tri: words: they do not lead to this file"),
        ("trial", "pools trial", "", "dags/trial.py: pools trial: words: they do not lead to this file"),
        ("trial", "dags", "", "dags/trial.py: dags: words: they do not lead to this file"),
        # `list.py` would be right but for the longer name beside it.
        ("list_of", "dags list", "", "dags/list_of.py: dags list: words: they do not lead to this file"),
        # A line that begins so is looked for in pause.py only.
        ("trial", "dags trial", ', aliases=("dags pause all",)', "dags trial: aliases: 'dags pause all'"),
    ],
)
def test_a_command_in_another_file_is_refused(
    name: str, line: str, more: str, problem: str, copy: Path
) -> None:
    add(copy, name, line, more)
    done = help_of_dags(copy)
    assert done.returncode == 1
    assert "DeclarationError: airflowctl/commands/dags" in done.stderr
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_in_the_order_of_help_is_refused(copy: Path) -> None:
    add(copy, "trial", "dags trial", listed=False)
    assert "airflowctl/commands/dags/__init__.py: 'trial' is not in MODULES" in help_of_dags(copy).stderr


def test_a_name_in_the_order_of_help_without_a_file_is_refused(copy: Path) -> None:
    (copy / "airflowctl" / "commands" / "dags" / "list.py").unlink()
    assert "airflowctl/commands/dags/__init__.py: 'list' of MODULES has no file" in help_of_dags(copy).stderr


def test_a_command_in_its_file_is_there(copy: Path) -> None:
    add(copy, "trial", "dags trial")
    assert "trial" in help_of_dags(copy).stderr
    assert "DeclarationError" not in help_of_dags(copy).stderr
