"""What a user sets in files and formats: the prompt, themes, keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.styles import Attrs

from airflowctl.core.prompt_format import parse_prompt
from airflowctl.output.theme_files import STYLES
from airflowctl.shell.prompt_text import parts
from airflowctl.shell.sections import About, LastLine
from airflowctl.shell.themes import ALWAYS, DARK, LIGHT, style_of
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import Desk, Shell
from tests.support.waiting import until

ABOUT = About("demo", "http://127.0.0.1:8080", "ann")


def prompt_of(program: Program, format: str, about: About = ABOUT, last: LastLine | None = None) -> str:
    desk = Desk(program)
    desk.session.parts.settings["prompt"] = format
    desk.session.lookup.context = {"dag": "etl", "run": "latest"}
    return "".join(text for _, text, *_ in parts(about, desk.session, last))


@pytest.mark.parametrize(
    ("format", "shown"),
    [
        ("auto", "ann@demo etl/latest> "),
        ("{environment} $ ", "demo $ "),
        ("[{task}: ]{dag}/{run}> ", "etl/latest> "),
        ("[{code} ]{host}> ", "5 127.0.0.1:8080> "),
        ("[took {took} ]> ", "took 1.5 s > "),
        ("[fixed] > ", "fixed > "),
        ("> ", "> "),
    ],
)
def test_the_prompt_is_made_of_fields(format: str, shown: str, program: Program) -> None:
    assert prompt_of(program, format, last=LastLine(5, 1.5)) == shown


def test_the_usual_prompt_is_a_format_too() -> None:
    usual = parse_prompt("[{user}@]{environment}[ {used}]> ")
    assert [(piece.text, piece.is_field, bool(piece.group)) for piece in parse_prompt("auto")] == [
        (piece.text, piece.is_field, bool(piece.group)) for piece in usual
    ]


def test_a_part_without_a_value_is_left_out(program: Program) -> None:
    assert prompt_of(program, "[{code} ]> ", last=LastLine(0, 1.0)) == "> "
    assert prompt_of(program, "[{user}@]{environment}> ", ABOUT._replace(user="")) == "demo> "


def test_production_is_named_whatever_the_format(program: Program) -> None:
    about = ABOUT._replace(place="eu-prod", is_production=True)
    assert prompt_of(program, "> ", about) == "eu-prod > "
    assert prompt_of(program.with_environ(NO_COLOR="1"), "> ", about) == "eu-prod (PRODUCTION) > "


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("set prompt '{nosuch}> '", "'nosuch' is no field of a prompt; the fields are user, environment"),
        ("set prompt $'a\\nb'", "it holds a letter that cannot be printed"),
        ("set toolbar health,nosuch", "'nosuch' is none of its parts: server, version"),
        ("set theme nosuch", "there is no theme 'nosuch'"),
        ("set theme ../x", "a name has letters, digits, - and _ only"),
        ("set bell loud", "'loud' is not one of on, sound, off"),
    ],
)
def test_a_wrong_setting_is_refused(line: str, words: str, program: Program) -> None:
    desk = Desk(program)
    assert (desk.run(line), words in " ".join(desk.err.split())) == (2, True), desk.err


def write(program: Program, name: str, text: str) -> Path:
    file = Path(program.environ["AIRFLOWCTL_HOME"]) / name
    file.parent.mkdir(0o700, parents=True, exist_ok=True)
    for folder in (file.parent, file.parent.parent):
        folder.chmod(0o700)
    file.write_text(text)
    file.chmod(0o600)
    return file


def look(program: Program, theme: str, name: str, *, is_light: bool = False) -> Attrs:
    return style_of(theme, program.environ, is_light=is_light).get_attrs_for_style_str(f"class:{name}")


def test_a_theme_is_a_file_of_styles(program: Program) -> None:
    write(
        program,
        "themes/mine.toml",
        'base = "light"\n[styles]\n"prompt.used" = "italic #268bd2"\n"hint.present" = "nobold ansigreen"\n',
    )
    desk = Desk(program)
    assert desk.run("set theme mine") == 0
    assert "mine" in desk.offered("set theme ")
    assert look(program, "mine", "prompt.used").color == "268bd2"
    assert look(program, "mine", "hint.present")[:3] == ("ansigreen", "", False)
    assert look(program, "mine", "prompt.environment") == look(program, "light", "prompt.environment")


def test_a_theme_may_be_a_style_of_pygments(program: Program) -> None:
    write(program, "themes/own.toml", 'pygments = "monokai"\n')
    assert Desk(program).run("set theme monokai") == 0
    for name in ("monokai", "own"):
        assert look(program, name, "word.command").color == "66d9ef"
        assert look(program, name, "prompt.environment").color == "ansicyan"
        assert look(program, name, "prompt.environment", is_light=True).color == "ansiblue"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("base = [", "Invalid value"),
        ('colour = "x"', "'colour' is none of base, pygments and [styles]"),
        ('base = "grey"', "base: 'grey' is none of auto, dark, light, none"),
        ('pygments = "nosuch"', "pygments: there is no style 'nosuch'"),
        ('[styles]\n"prompt.usr" = "bold"', "'prompt.usr' is no name of a style; did you mean prompt.user?"),
        ('[styles]\n"hint" = "blod"', "hint: 'blod' is no style"),
        ('[styles]\n"hint" = "#12345"', "hint: '#12345' is no style"),
        ('[styles]\n"hint" = 3', "hint: 3 is no text"),
    ],
)
def test_a_damaged_theme_is_named_with_what_is_wrong(text: str, words: str, program: Program) -> None:
    file = write(program, "themes/mine.toml", text)
    desk = Desk(program)
    assert desk.run("set theme mine") == 1
    told = " ".join(desk.err.split())
    assert words in told
    assert str(file) in told


def test_all_styles_of_ours_can_be_set() -> None:
    assert (ALWAYS | DARK | LIGHT).keys() <= set(STYLES)


# Keys.

F5, F6, CTRL_T = "\x1b[15~", "\x1b[17~", "\x14"


def test_keys_of_a_file(program: Program) -> None:
    write(
        program,
        "keys.toml",
        'f5 = "run version"\nctrl-t = "insert dags "\n"ctrl-x t" = "insert tasks "\nalt-w = "kill-word"\n'
        'f6 = "unix-line-discard"\n',
    )
    with Shell(program) as shell:
        shell.type(F5)
        until(lambda: shell.out.startswith("airflowctl "), "a version")
        until(lambda: shell.line == "", "a prompt")
        shell.type(CTRL_T + "\x18t")
        until(lambda: shell.line == "dags tasks ", "both texts")
        shell.type("\x01\x1bw")
        until(lambda: shell.line == " tasks ", "the rest")
        shell.type(F5 + "x")  # what is typed is not lost for a line
        until(lambda: shell.line == "x tasks ", "the same line")
        shell.type("\x05" + F6)
        until(lambda: shell.line == "", "nothing")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('f99 = "run version"', "f99: that is no key"),
        ('"" = "run version"', ": that is no key"),
        ('" " = "run version"', " : that is no key"),
        ('f5 = "fly"', "f5: 'fly' is no action"),
        ('f5 = "run "', "f5: 'run ' is no action"),
        ("f5 = 3", "f5: its action is no text"),
        ("f5 =", "Invalid value"),
    ],
)
def test_a_damaged_file_of_keys_is_named_and_not_used(text: str, words: str, program: Program) -> None:
    file = write(program, "keys.toml", text)
    with Shell(program) as shell:
        told = " ".join(shell.err.split())
        assert f"warning: the keys in {file} are not used: " in told
        assert words in told
        assert shell.run("version").code == 0


def test_a_key_of_a_file_gives_no_consent_by_choosing(program: Program) -> None:
    """Enter, given away, still only takes the candidate that is selected."""
    write(program, "keys.toml", 'enter = "accept-line"\n')
    with Screen(program) as screen:
        screen.prompt()
        screen.type("vers")
        screen.until("version")
        screen.type("\x1b[B\n")
        screen.until("> version")
        screen.type("\n")
        screen.until(r"^airflowctl \d")
