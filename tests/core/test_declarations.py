"""A wrong declaration is refused when its file is imported, and the error names file, command and field."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from airflowctl.core import command as declaring
from airflowctl.core.command import Command
from airflowctl.core.kinds import KINDS, OWN, names
from airflowctl.core.nouns import NOUNS
from airflowctl.core.typed import NamedTuple, fields_among
from airflowctl.session import registry
from tests.support.paths import ROOT
from tests.support.rows import every_row

POOLS = ROOT / "airflowctl" / "commands" / "pools.py"

# What a file of commands begins with, to which each case adds a declaration.
HEAD = '''"""Of a test."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag, opt, same_as, toggle
from airflowctl.core.effect import DELETE, effect
from airflowctl.core.kinds import names
from airflowctl.core.typed import NamedTuple


class Values(NamedTuple):
    name: str


'''
HANDLER = "\ndef handler(session, name): ...\n"
X = "\ndef handler(session, name, x): ...\n"
XY = "\ndef handler(session, name, x, y): ...\n"
ANY = "\ndef handler(session, **given): ...\n"
VALUES = "\ndef handler(session, values: Values): ...\n"
NOTHING = "\ndef nothing(session): ...\n"
NAME = 'arg("name", "It.")'
ALSO = 'aliases=("pools it",)'
IT, DO = '"pools it"', '"pools do"'


def declare(*facts: str, words: str = '"pools try"', summary: str = '"Try it."') -> str:
    return f"@command({', '.join((words, summary, *facts))})"


WRONG = {
    "a misspelt field": (declare(NAME, 'example=("x",)') + HANDLER, "pools try", "example"),
    "a misspelt field of an option": (
        declare(NAME, 'opt("--x", hlep="X.")') + HANDLER, "pools try", "hlep"),
    "a misspelt field of an argument": (declare('arg("name", completes="pool")') + HANDLER, "pools try",
                                        "completes"),
    "a misspelt field of a switch": (declare('flag("--x", complet="x")') + HANDLER, "pools try", "complet"),
    "a misspelt field of a toggle": (declare('toggle("--x", alone="x")') + HANDLER, "pools try", "alone"),
    "a misspelt field of an effect": (
        declare(NAME, 'effect=effect(DELETE, "pool", "name", become="x")') + HANDLER, "pools try", "become"),
    "a misspelt field of a kind": (
        'names("test", op="get_pools", items="pools", key="name", notes=("x",))\n', "test", "notes"),
    "a kind that is there": (
        'names("dag", op="get_pools", items="pools", key="name")\n'
        'names("dag", op="get_pools", items="pools", key="name")\n', "", "'dag' is declared"),
    "an effect of no kind": (declare(NAME, 'effect=effect("remove", "pool", "name")') + HANDLER, "pools try",
                             "effect: there is no kind 'remove'"),
    "a flag twice": (declare(NAME, 'opt("--x"), opt("--y", "--x")') + XY,
                     "pools try", "flags: --x is there twice"),
    "a flag and an older one": (
        declare(NAME, 'opt("--x"), opt("--y", aliases=("--x",))') + XY,
        "pools try", "flags: --x is there twice"),
    "a flag and an opposite": (
        declare(NAME, 'toggle("--x"), flag("--no-x")') + "\ndef handler(session, name, x, no_x): ...",
        "pools try", "flags: --no-x is there twice"),
    "a flag without a dash": (declare(NAME, 'opt("x")') + X, "pools try",
                              "flags: 'x' begins with no dash"),
    "a parameter twice": (declare(NAME, 'opt("--name")') + HANDLER, "pools try", "params: 'name'"),
    "a parameter that the handler lacks": (
        declare(NAME, 'opt("--x")') + HANDLER, "pools try", "params: name, x"),
    "a parameter that is not declared": (declare() + HANDLER, "pools try", "takes name"),
    "parameters in another order": (
        declare('opt("--x")', NAME) + X, "pools try", "params: x, name"),
    "a handler of anything": (declare(NAME) + ANY, "pools try", "params: name"),
    "values that lack one": (
        declare(NAME, 'opt("--x")') + VALUES, "pools try",
        "params: name, x are declared, but the handler takes name"),
    "values that have one more": (
        declare() + VALUES, "pools try", "params:  are declared, but the handler takes name"),
    "values of no class": (declare(NAME) + "\ndef handler(session, values: dict[str, str]): ...", "pools try",
                           "values"),
    "no summary": (declare(NAME, summary='" "') + HANDLER, "pools try", "summary"),
    "no words": (declare(NAME, words='" "') + HANDLER, "", "words"),
    "a question about no parameter": (declare(NAME, 'confirms_after_plan=("all",)') + HANDLER, "pools try",
                                      "confirms_after_plan: there is no parameter 'all'"),
    "an effect on no parameter": (
        declare(NAME, 'effect=effect(DELETE, "pool", "pool_name")') + HANDLER, "pools try",
        "effect: there is no parameter 'pool_name'"),
    "a secret named by no parameter": (
        declare('arg("name", secret="key")') + HANDLER, "pools try", "secret: there is no parameter 'key'"),
    "a text for a tuple of texts": (
        declare(NAME, 'uses="get_pool"') + HANDLER, "pools try", "uses: 'get_pool' is no tuple of texts"),
    "a tuple of no texts": (
        declare(NAME, 'invalidates=(("pool",),)') + HANDLER, "pools try", "invalidates: (("),
    "a text for the spellings of an option": (
        declare(NAME, 'opt("--x", aliases="-x")') + X,
        "pools try", "--x: aliases: '-x' is no tuple of texts"),
    "a text for choices": (
        declare(NAME, 'opt("--x", choices="ab")') + X, "pools try", "--x: choices: 'ab' is no tuple"),
    "a text for the notes of a kind": (
        'names("test", op="get_pools", items="pools", key="name", note="x")\n', "", "note: 'x'"),
    "an argument after one that takes all": (
        declare('arg("name", repeatable=True)', 'arg("x")') + X, "pools try", "X: no value is left for it"),
    "a required argument after one that is not": (
        declare('arg("name", default=None)', 'arg("x")') + X, "pools try", "X: it is required"),
    "a required option with a default": (
        declare(NAME, 'opt("--x", required=True, default="a")') + X, "pools try", "--x: required"),
    "a default that is no choice": (
        declare(NAME, 'opt("--x", choices=("a", "b"), default="c")') + X, "pools try", "--x: default: 'c'"),
    "a value without a value that is no choice": (
        declare(NAME, 'opt("--x", choices=("a", "b"), implicit_value="c")') + X,
        "pools try", "--x: implicit_value: 'c'"),
    "a safer way for no secret": (
        declare(NAME, 'opt("--x", safer="--y -")') + X, "pools try", "--x: safer: it is no secret"),
    "a version that is none": (
        declare(NAME, 'opt("--x", since="newest")') + X, "pools try", "--x: since: 'newest' is no version"),
    "an example of another command": (
        declare(NAME, 'examples=("airflowctl pools list",)') + HANDLER, "pools try", "examples:"),
    "a converter that there is not": (
        declare('arg("name", convert=some_txt)') + HANDLER, "pools try", "'some_txt' is not defined"),
    "a field of an effect that there is not": (
        declare(NAME, "effect=DELETE.of") + HANDLER, "pools try", "no attribute 'of'"),
    "the same command twice": (
        f"{declare(NAME)}{HANDLER}other = handler", "pools try", "words: they are declared twice"),
    "a spelling that is another command": (
        f"{declare(NAME, ALSO)}{HANDLER}{declare(words=IT)}{NOTHING}", "pools try", "aliases: 'pools it'"),
    "a spelling of two commands": (
        f"{declare(NAME, ALSO)}{HANDLER}{declare(ALSO, words=DO)}{NOTHING}",
        "pools do", "aliases: 'pools it'"),
    "a spelling of another noun": (
        declare(NAME, 'aliases=("pol try",)') + HANDLER, "pools try", "aliases: 'pol try'"),
    "the same command under words that its example lacks": (
        f'{declare(NAME)}{HANDLER}it = same_as(handler, "pools it", examples=("airflowctl pools try",))',
        "pools it", "examples: 'airflowctl pools try' is no line of it"),
}  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's files, of which a test replaces `commands/pools.py`."""
    folder = tmp_path_factory.mktemp("copy")
    for package in ("airflowctl", "completers"):
        shutil.copytree(ROOT / package, folder / package)
    return folder


def run(copy: Path, text: str, *line: str) -> subprocess.CompletedProcess[str]:
    """A line, where the file of pools holds this text."""
    (copy / "airflowctl" / "commands" / "pools.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-B", "-m", "airflowctl", *line],
        cwd=copy, env={"HOME": str(copy), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_declaration_names_file_command_and_field(case: str, copy: Path) -> None:
    text, command, field = WRONG[case]
    done = run(copy, HEAD + text, "pools", "--help")
    assert done.returncode == 1
    first = done.stderr.splitlines()[0]
    assert re.search(r"DeclarationError: airflowctl/commands/pools\.py(, line \d+)?: ", first)
    assert command in first
    assert field in first
    assert "Traceback" not in done.stderr


def test_a_right_declaration_is_none_of_them(copy: Path) -> None:
    right = declare(NAME, 'effect=effect(DELETE, "pool", "name")', 'confirms_after_plan=("name",)')
    done = run(copy, HEAD + right + "\ndef handler(session, values: Values): ...\n", "pools", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "pools try  Try it." in done.stdout


@pytest.mark.parametrize(
    ("facts", "field"),
    [('arg("name", complete="pol")', "name"), (f'{NAME}, invalidates=("pol",)', "invalidates")],
)
def test_a_kind_that_there_is_not_is_named_once_all_are_loaded(facts: str, field: str, copy: Path) -> None:
    imports = HEAD.partition("\n\n\n")[0].partition("annotations\n\n")[2]
    text = f"{POOLS.read_text(encoding='utf-8')}\n{imports}\n{declare(facts)}{HANDLER}"
    (copy / "airflowctl" / "commands" / "pools.py").write_text(text)
    code = "from airflowctl.session import registry; registry.kinds()"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=copy, capture_output=True, text=True, check=False
    )
    last = done.stderr.splitlines()[-1]
    assert re.search(rf": airflowctl/commands/pools\.py: pools try: {field}: there is no kind 'pol'$", last)


WRONG_TYPES = [
    'command("pools try", "Try it.", example=("x",))',
    'command("pools try", "Try it.", examples="x")',
    'command("pools try", "Try it.", session_only="yes")',
    'arg("name", completes="pool")',
    'arg("name", repeatable="yes")',
    'opt("--x", hlep="X.")',
    'opt("--x", aliases="-x")',
    'flag("--x", required=True)',
    'toggle("--x", default="no")',
    'names("test", op="get_pools", items="pools", key="name", notes=())',
    'names("test", op="get_pools", items="pools", key="name", fresh="long")',
    'effect(DELETE, "pool", "name", become="x")',
]


def test_a_type_checker_finds_it_too(tmp_path: Path) -> None:
    first = HEAD.count("\n") + 1
    (tmp_path / "wrong.py").write_text(HEAD + "".join(f"{wrong}\n" for wrong in WRONG_TYPES))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "--follow-imports=silent", "--cache-dir",
         str(ROOT / ".mypy_cache"), "--config-file=", str(tmp_path / "wrong.py")],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    seen = {
        int(line) for line in re.findall(r"wrong\.py:(\d+): error: .*\[(?:call-arg|arg-type)\]", done.stdout)
    }
    passed_over = [wrong for number, wrong in enumerate(WRONG_TYPES, first) if number not in seen]
    assert passed_over == [], done.stdout + done.stderr


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        ('scope={"dag_id": "dga"}', "the kind 'test': scope: there is no kind 'dga'"),
        ('within="pol"', "the kind 'test': within: there is no kind 'pol'"),
    ],
)
def test_a_kind_that_another_kind_wants_is_there(fact: str, problem: str, copy: Path) -> None:
    text = POOLS.read_text(encoding="utf-8")
    declaration = f'names("test", op="get_pools", items="pools", key="name", {fact})'
    (copy / "airflowctl" / "commands" / "pools.py").write_text(f"{text}\n{declaration}\n")
    code = "from airflowctl.session import registry; registry.kinds()"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=copy, capture_output=True, text=True, check=False
    )
    last = done.stderr.splitlines()[-1]
    assert re.search(r"DeclarationError: airflowctl\.commands\.pools, line \d+: ", last)
    assert last.endswith(problem)


# Nouns


def test_each_noun_has_a_summary_and_a_group() -> None:
    assert list(NOUNS) == sorted(NOUNS)
    assert all(noun.word == word and noun.summary and noun.summary[-1] != "." for word, noun in NOUNS.items())
    groups = registry.by_use()
    assert [word for word, _ in groups["For the shell and files of commands"]] == [
        word for word, noun in NOUNS.items() if noun.sessions
    ]


def test_help_reads_no_docstring(copy: Path) -> None:
    text = POOLS.read_text(encoding="utf-8").partition('"""')[2].partition('"""')[2]
    assert run(copy, '"""\nNothing for help. For sessions.\n"""' + text, "--help").stdout == run(
        copy, POOLS.read_text(encoding="utf-8"), "--help"
    ).stdout  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda text: text.replace('Noun("pools"', 'Noun("pool"'),
            "the noun 'pool' of core/nouns.py has no file",
        ),
        (lambda text: re.sub(r'    Noun\("pools".*\n', "", text), "'pools' has no Noun in core/nouns.py"),
        (lambda text: re.sub(r'(Noun\("pools", )".*"', r'\1""', text), "the noun 'pools' has no summary"),
    ],
)
def test_a_noun_without_a_file_or_a_declaration_is_refused(edit: object, words: str, copy: Path) -> None:
    file = copy / "airflowctl" / "core" / "nouns.py"
    before = file.read_text(encoding="utf-8")
    assert callable(edit)
    file.write_text(edit(before), encoding="utf-8")
    try:
        done = run(copy, POOLS.read_text(encoding="utf-8"), "--help")
    finally:
        file.write_text(before, encoding="utf-8")
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


# Handlers and kinds


def line(command: Command) -> str:
    return command.line


@every_row("command", registry.all_commands(), ids=line)
def test_no_handler_takes_anything(command: Command) -> None:
    code = command.handler.__code__
    assert not code.co_flags & 0x0C, "inspect.CO_VARARGS | CO_VARKEYWORDS"
    names = [param.name for param in command.params if param.refers in ("", "@")]
    fields = fields_among(command.values, names) if command.values else code.co_varnames[1 : code.co_argcount]
    assert list(fields) == names


def test_commands_may_share_values_of_which_one_has_more() -> None:
    class Shared(NamedTuple):
        name: str
        x: str
        y: str = ""

    assert fields_among(Shared, ["x", "name"]) == ["x", "name"]
    assert fields_among(Shared, ["y", "name"]) == ["y", "name", "x"]
    assert fields_among(Shared, ["name", "x", "y", "z"]) == ["name", "x", "y"]


@pytest.mark.parametrize("name", ["command", "arg", "opt", "flag", "toggle", "same_as"])
def test_no_declaration_takes_any_field(name: str) -> None:
    assert not getattr(declaring, name).__code__.co_flags & 0x08
    assert not names.__code__.co_flags & 0x08


def test_each_kind_is_registered_where_it_is_declared() -> None:
    registry.kinds()
    declared = [
        node.args[0].value
        for path in (ROOT / "airflowctl").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "names"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(declared) > 25
    assert set(declared) <= set(KINDS)
    assert not OWN & set(KINDS)


def test_a_kind_needs_no_importer(copy: Path) -> None:
    text = POOLS.read_text(encoding="utf-8")
    (copy / "airflowctl" / "commands" / "tasks" / "_more.py").write_text(
        "from airflowctl.core.kinds import names\n\n"
        'names("more", op="get_tasks", items="tasks", key="task_id")\n'
    )
    (copy / "airflowctl" / "commands" / "pools.py").write_text(
        text.replace("from __future__ import annotations\n",
                     "from __future__ import annotations\n\nimport airflowctl.commands.tasks._more\n", 1)
    )  # fmt: skip
    code = "from airflowctl.session import registry; print('more' in registry.kinds())"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.stdout == "True\n", done.stderr


def test_both_sides_of_a_switch_say_what_they_do() -> None:
    switches = [param for command in registry.all_commands() for param in command.options if param.no_flags]
    assert switches
    for param in switches:
        assert param.help
        assert param.no_help
        assert param.no_help != param.help
        assert not re.search(r", or (not|only|with)\b", param.help), param.help
