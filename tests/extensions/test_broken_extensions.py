"""Plug-ins that cannot be used: each is named in one line with the reason, and nothing else is harmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflowctl.core.formats import FORMATS
from airflowctl.core.login_methods import METHODS
from airflowctl.core.nouns import NOUNS
from tests.support.plug_ins import AUTH, COMMANDS, OUTPUT, install, install_greet
from tests.support.program import Program

START = "from airflowctl.extensions import *\n"
HANDLER = """
@command("bad go", "Go.", {arguments})
def go(session):
    return Text("gone")
"""
GOOD = START + HANDLER.format(arguments="")
END = "PLUGIN = Commands(api=1, summary='Bad things', commands=(go,))\n"


def command(arguments: str = "", words: str = "bad go", end: str = END, handler: str = "session") -> str:
    lines = [f'@command("{words}", "Go.", {arguments})', f"def go({handler}):", "    return None", end]
    return START + "\n".join(lines)


# By what is wrong: the text of the module, and words of the line that says so.
BROKEN_COMMANDS = {
    "a missing module": (
        "import not_there_at_all\n",
        "ModuleNotFoundError: No module named 'not_there_at_all'",
    ),
    "an error at import": ("raise RuntimeError('boom')\n", "RuntimeError: boom"),
    "an exit at import": ("raise SystemExit(0)\n", "SystemExit: 0"),
    "a syntax error": ("def (:\n", "SyntaxError"),
    "no such object": ("x = 1\n", "AttributeError"),
    "a number": ("PLUGIN = 7\n", "states no version of the plug-in API"),
    "no version": (GOOD + "PLUGIN = (go,)\n", "states no version of the plug-in API"),
    "version 0": (GOOD + END.replace("api=1", "api=0"), "states no version of the plug-in API"),
    "a text as version": (GOOD + END.replace("api=1", "api='1'"), "states no version"),
    "True as version": (GOOD + END.replace("api=1", "api=True"), "states no version"),
    "a newer version": (
        GOOD + END.replace("api=1", "api=2"),
        "needs version 2 of the plug-in API; this airflowctl has 1: it is not used; update airflowctl",
    ),
    "a name of a newer version": (
        "from airflowctl.extensions import Novelty\n",
        "airflowctl.extensions has no 'Novelty'; this is version 1 of the plug-in API",
    ),
    "another type with a version": (
        "class Other: api = 1\nPLUGIN = Other()\n",
        "it is a Other, and no airflowctl.extensions.Commands",
    ),
    "no commands": (
        START + "PLUGIN = Commands(api=1, summary='x', commands=())\n",
        "commands: there are none",
    ),
    "functions as commands": (
        START + "def go(session): pass\nPLUGIN = Commands(api=1, summary='x', commands=(go,))\n",
        "commands: function is no command",
    ),
    "an empty summary": (GOOD + END.replace("Bad things", " "), "summary: it is no line of text"),
    "a summary of two lines": (GOOD + END.replace("Bad things", "a\\nb"), "summary: it is no line of text"),
    "words of another noun": (command(words="dags go"), "words: 'dags go' does not begin with 'bad'"),
    "another spelling of ours": (command('aliases=("dags list",)'), "'dags list' does not begin with 'bad'"),
    "a command twice": (GOOD + END.replace("(go,)", "(go, go)"), "bad go: words: 'bad go' is there twice"),
    "an option of every command": (
        command('flag("--yes", help="Yes.")', handler="session, yes"),
        "flags: --yes is an option of every command",
    ),
    "--read-only as another name of an option": (
        command('opt("--x", help="X.", aliases=("--read-only",))', handler="session, x"),
        "flags: --read-only is an option of every command",
    ),
    "an unknown operation": (command('op="no_such_op"'), "op: 'no_such_op' is no operation"),
    "a change without an effect": (command('op="delete_pool"'), "effect: delete_pool changes something"),
    "a change among those used": (command('uses=("post_pool",)'), "effect: post_pool changes something"),
    "a change that says it reads": (command('op="delete_pool", effect=READS'), "effect: delete_pool changes"),
    "a danger without an effect": (command('danger="It hurts."'), "effect: there is a danger"),
    "a parameter that the handler lacks": (
        command('arg("name", "Its name.")'),
        "bad_module.py, line 2: bad go: params: name are declared, but the handler takes",
    ),
    "a wrong field": (command('example="x"'), "unexpected keyword argument 'example'"),
    "lines of the classic command": (
        "from airflowctl.core.command import command as own\n"
        + GOOD.replace("@command(", "@own(").replace('"Go.", ', '"Go.", deprecated_lines=("dags go",)')
        + END,
        "deprecated_lines: it is not for plug-ins",
    ),
    "a kind of ours": (
        GOOD + "names('pool', op='get_pools', items='pools', key='name')\n" + END,
        "the kind 'pool' is declared in airflowctl.commands.pools",
    ),
}


def broken(folder: Path, text: str, group: str = COMMANDS, name: str = "bad") -> Path:
    points = {group: {name: "bad_module:PLUGIN"}}
    return install(folder, "bad-package", points, {"bad_module": text})


def check_one_line(err: str, words: str) -> None:
    [line] = err.splitlines()
    assert line.startswith("warning: ")
    assert words in line
    assert "bad-package" in line
    assert "it is not used" in line


@pytest.mark.parametrize("case", BROKEN_COMMANDS)
def test_a_broken_noun_is_named_and_passed_over(program: Program, tmp_path: Path, case: str) -> None:
    text, words = BROKEN_COMMANDS[case]
    if case == "a kind of ours":  # which a run has to have loaded, and help does not
        text = "import airflowctl.commands.pools\n" + text
    folder = broken(tmp_path / "packages", text)
    install_greet(folder)
    own = program.with_environ(PYTHONPATH=str(folder))
    done = own.process("--help")
    check_one_line(done.err, words)
    assert done.code == 0
    assert "\n  bad " not in done.out
    assert "\n  greet " in done.out  # a good one beside it
    unknown = own.process("bad", "go")
    assert unknown.err.startswith("error: unknown command 'bad'")
    assert words in unknown.err
    assert (unknown.out, unknown.code) == ("", 2)


@pytest.mark.parametrize("line", ["version", "env list", "help dags", "pools list --limit x"])
def test_what_needs_no_plug_in_hears_nothing_of_them(program: Program, tmp_path: Path, line: str) -> None:
    folder = broken(tmp_path / "packages", "raise RuntimeError('boom')\n")
    with_it = program.with_environ(PYTHONPATH=str(folder)).process(*line.split())
    assert with_it == program.process(*line.split())


def test_what_a_plug_in_prints_does_not_reach_stdout(program: Program, tmp_path: Path) -> None:
    folder = broken(tmp_path / "packages", "print('noise')\n" + GOOD + END)
    done = program.with_environ(PYTHONPATH=str(folder)).process("bad", "go", "-o", "json")
    assert "noise" not in done.out


def test_a_mended_plug_in_is_used_again(program: Program, tmp_path: Path) -> None:
    folder = broken(tmp_path / "packages", "import bad_part\n" + GOOD + END)
    (folder / "bad_part.py").write_text("raise RuntimeError('boom')\n")
    own = program.with_environ(PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE="1")
    assert "boom" in own.process("--help").err
    (folder / "bad_part.py").write_text("")  # neither a folder of sys.path nor the module has another time
    assert own.process("bad", "go") == ("gone\n", "", 0)


def test_a_plug_in_that_breaks_later_is_named(program: Program, tmp_path: Path) -> None:
    folder = broken(tmp_path / "packages", "import bad_part\n" + GOOD + END)
    (folder / "bad_part.py").write_text("")
    own = program.with_environ(PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE="1")
    assert own.process("bad", "go").code == 0
    (folder / "bad_part.py").write_text("raise RuntimeError('boom')\n")
    done = own.process("bad", "go")
    assert "RuntimeError: boom" in done.err
    assert (done.out, done.code) == ("", 2)


def test_an_unknown_kind_of_name_is_named_when_names_are_wanted(program: Program, tmp_path: Path) -> None:
    text = command('arg("name", "Its name.", complete="no such kind")', handler="session, name")
    folder = broken(tmp_path / "packages", text)
    own = program.with_environ(PYTHONPATH=str(folder))
    assert own.process("bad", "go", "x").code == 0


# Names.

ODD = ["Bad", "bad name", "b\u00e4d", "-bad", "2bad", "bad!", "bad/x", "..", "b" * 41, "\x1b[31mred"]


@pytest.mark.parametrize("group", [AUTH, COMMANDS, OUTPUT])
@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_refused(program: Program, tmp_path: Path, group: str, name: str) -> None:
    folder = broken(tmp_path / "packages", GOOD + END, group, name)
    done = program.with_environ(PYTHONPATH=str(folder)).process("--help" if group == COMMANDS else "nope")
    if group == COMMANDS:
        check_one_line(done.err, "a name is of lower-case letters")
    assert "\x1b" not in done.err
    assert name not in done.out or len(name) < 3


OURS = {
    COMMANDS: [*NOUNS, "edge", "dag", "pool", "airflowctl", "airflow", "scheduler", "db", "kubernetes"],
    OUTPUT: [*FORMATS, "auto"],
    AUTH: list(METHODS),
}


@pytest.mark.parametrize("group", OURS)
def test_our_names_cannot_be_taken(program: Program, tmp_path: Path, group: str) -> None:
    points = {group: dict.fromkeys(OURS[group], "bad_module:PLUGIN")}
    folder = install(tmp_path / "packages", "bad-package", points, {"bad_module": "raise SystemExit('ran')"})
    own = program.with_environ(PYTHONPATH=str(folder))
    probe = {COMMANDS: ("--help",), OUTPUT: ("env", "list", "-o", "nope"),
             AUTH: ("auth", "login", "--method", "nope", "--url", "http://127.0.0.1:9")}  # fmt: skip
    done = own.process(*probe[group])
    for name in OURS[group]:
        assert f"calls itself '{name}', which is ours: it is not used" in done.err
    assert "ran" not in done.err.split()
    assert own.process("pools", "--help").out == program.process("pools", "--help").out


@pytest.mark.parametrize("group", [AUTH, COMMANDS, OUTPUT])
def test_two_packages_of_one_name_are_both_named(program: Program, tmp_path: Path, group: str) -> None:
    folder = tmp_path / "packages"
    for package in ("one", "two"):
        install(folder, package, {group: {"same": f"{package}_module:X"}}, {f"{package}_module": "X = 1\n"})
    own = program.with_environ(PYTHONPATH=str(folder))
    probe = {COMMANDS: ("same", "go"), OUTPUT: ("env", "list", "-o", "same"),
             AUTH: ("auth", "login", "--method", "same", "--url", "http://127.0.0.1:9")}  # fmt: skip
    done = own.process(*probe[group])
    assert "more than one plug-in is called 'same'" in done.err
    assert "one_module:X of the package one" in done.err
    assert "two_module:X of the package two" in done.err
    assert (done.out, done.code) == ("", 2)


def test_metadata_that_cannot_be_read_is_named(program: Program, tmp_path: Path) -> None:
    folder = install_greet(tmp_path / "packages")
    (folder / "greet_package-1.0.dist-info" / "METADATA").write_bytes(b"Name: \xff\xfe\n")
    info = folder / "odd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("")
    (info / "entry_points.txt").write_bytes(b"[airflowctl.commands]\nodd = \xff:x\n")
    done = program.with_environ(PYTHONPATH=str(folder)).process("--help")
    assert "odd-1.0.dist-info" in done.err
    assert "\n  greet " in done.out
    assert done.code == 0


# Formats and login methods.

BROKEN_FORMATS = {
    "a missing module": ("import not_there_at_all\n", "No module named 'not_there_at_all'"),
    "a function": ("def PLUGIN(): pass\n", "is no class below airflowctl.extensions.Format"),
    "another class": ("class PLUGIN: api = 1\n", "is no class below airflowctl.extensions.Format"),
    "no version": (
        START + "class PLUGIN(Format):\n def format_rows(self, r, s): yield ''\n",
        "states no version",
    ),
    "a newer version": (
        START + "class PLUGIN(Format):\n api = 9\n def format_rows(self, r, s): yield ''\n",
        "needs version 9",
    ),
    "nothing to print rows with": (START + "class PLUGIN(Format):\n api = 1\n", "has no format_rows"),
    "nothing to print data with": (START + "class PLUGIN(DataFormat):\n api = 1\n", "has no format_data"),
    "what passes the escaping by": (
        START + "class PLUGIN(Format):\n api = 1\n def render_rows(self, r, s): yield ''\n",
        "must define format_",
    ),
    "what replaces the escaping": (
        START + "class PLUGIN(Format):\n api = 1\n def format_rows(self, r, s): yield ''\n"
        " def _make_safe(self, p, s): return p\n",
        "defines _make_safe",
    ),
    "an error when it is made": (
        START + "class PLUGIN(Format):\n api = 1\n def format_rows(self, r, s): yield ''\n"
        " def __init__(self): raise RuntimeError('boom')\n",
        "RuntimeError: boom",
    ),
}


@pytest.mark.parametrize("case", BROKEN_FORMATS)
def test_a_broken_format_is_named_and_no_choice(program: Program, tmp_path: Path, case: str) -> None:
    text, words = BROKEN_FORMATS[case]
    folder = broken(tmp_path / "packages", text, OUTPUT)
    own = program.with_environ(PYTHONPATH=str(folder))
    done = own.process("env", "list", "-o", "bad")
    assert "'bad' is not one of table, wide" in done.err
    assert words in done.err
    assert (done.out, done.code) == ("", 2)
    assert own.process("env", "list", "-o", "json") == ("[]\n", "", 0)


BROKEN_METHODS = {
    "a missing module": ("import not_there_at_all\n", "No module named 'not_there_at_all'"),
    "no class": ("PLUGIN = 7\n", "'int' object is not callable"),
    "another class": ("class PLUGIN: pass\n", "is no airflowctl.api.auth.provider.Provider"),
    "no name": (START + "class PLUGIN(Provider): summary = 'x'\n", "has no name"),
    "a newer version": (
        START + "class PLUGIN(Provider):\n api = 2\n name = summary = 'x'\n",
        "needs version 2",
    ),
}


@pytest.mark.parametrize("case", BROKEN_METHODS)
def test_a_broken_login_method_is_named(program: Program, tmp_path: Path, case: str) -> None:
    text, words = BROKEN_METHODS[case]
    folder = broken(tmp_path / "packages", text, AUTH)
    own = program.with_environ(PYTHONPATH=str(folder))
    done = own.process("auth", "login", "--method", "bad", "--url", "http://127.0.0.1:9")
    assert done.err.count(words) == 1
    assert "bad-package" in done.err
    assert (done.out, done.code) == ("", 2)
