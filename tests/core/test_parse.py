"""How a line is understood: every convention people have in their fingers, and a way out of every mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from airflowctl.core.command import Command, arg, command, flag, opt, toggle
from airflowctl.core.converters import json_object, seconds, timestamp, whole_number
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import write_lines
from airflowctl.core.parse import Role, parse_tokens
from tests.support.rows import every_row

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result


@command(
    "things make",
    "Make a thing.",
    arg("name"),
    arg("parts", repeatable=True),
    opt("-s", "--size", convert=whole_number),
    opt("-t", "--tag", repeatable=True),
    opt("--state", choices=("new", "old", "broken")),
    toggle("--paused"),
    flag("-a", "--all"),
    flag("-b", "--bold"),
    opt("-p", "--password", implicit_value="(asked)", secret="always"),
    opt("--conf", convert=json_object),
    opt("--from-date", convert=timestamp),
    opt("--wait", convert=seconds),
)
def make(
    session: object,
    name: str,
    parts: tuple[str, ...],
    size: int | None,
    tag: tuple[str, ...],
    state: str | None,
    paused: bool | None,
    all: bool,
    bold: bool,
    password: str | None,
    conf: dict[str, Any] | None,
    from_date: str | None,
    wait: float | None,
) -> Result:
    return None


@command("things move", "Move it.", arg("name"), arg("place", default="here"), opt("--by", required=True))
def move(session: object, name: str, place: str, by: str) -> Result:
    return None


@command("count", "Count the things.", flag("-y", "--young", help="Hides the global -y."))
def count(session: object, young: bool) -> Result:
    return None


class Commands:
    """A small program: `count`, `things make`, `things move`."""

    def __init__(self) -> None:
        self.context: dict[str, str] = {}

    def alias(self, word: str) -> tuple[str, ...]:
        return ()

    def nouns(self) -> Sequence[str]:
        return ("count", "things")

    def commands(self, noun: str) -> Mapping[tuple[str, ...], Command]:
        return {one.words: one for one in (count, make, move) if one.words[0] == noun}

    def begun_by(self, words: tuple[str, ...]) -> Mapping[tuple[str, ...], Command]:
        return self.commands(words[0])

    def noun(self, word: str) -> str:
        return next((noun for noun in self.nouns() if word in (noun, noun.removesuffix("s"))), "")

    def spellings(self, noun: str) -> Mapping[tuple[str, ...], Command]:
        known = self.commands(noun)
        return {**known, **({("things", "build"): make} if noun == "things" else {})}

    def command(self, words: tuple[str, ...]) -> Command | None:
        return self.spellings(words[0]).get(words)

    def has_command(self, words: tuple[str, ...]) -> bool:
        return any(known[: len(words)] == words for known in self.spellings(words[0]))

    def formerly(self, words: tuple[str, ...]) -> Command | None:
        return move if words == ("things", "shove") else None

    def elsewhere(self, words: tuple[str, ...]) -> str:
        return "it lives in the cellar" if words == ("furnace",) else ""


def values(*tokens: str) -> dict[str, Any]:
    return parse_tokens(tokens, Commands()).bind().values


def made(*tokens: str) -> dict[str, Any]:
    """What `things make NAME` and these tokens give, without what stays at its default."""
    found = values("things", "make", *tokens)
    return {name: value for name, value in found.items() if value not in (None, False, ())} | (
        {"paused": False} if found["paused"] is False else {}
    )


def refused(*tokens: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        values(*tokens)
    return caught.value


def test_what_is_not_given_is_the_default() -> None:
    assert values("things", "make", "x") == {
        "name": "x",
        "parts": (),
        "size": None,
        "tag": (),
        "state": None,
        "paused": None,
        "all": False,
        "bold": False,
        "password": None,
        "conf": None,
        "from_date": None,
        "wait": None,
    }


@every_row(
    ("tokens", "found"),
    [
        (["x", "--size", "3"], {"size": 3}),
        (["x", "--size=3"], {"size": 3}),
        (["x", "-s", "3"], {"size": 3}),
        (["x", "-s3"], {"size": 3}),
        (["x", "-s=3"], {"size": 3}),
        (["--size", "3", "x"], {"size": 3}),
        (["-s3", "x"], {"size": 3}),
        (["x", "-a"], {"all": True}),
        (["x", "-ab"], {"all": True, "bold": True}),
        (["x", "-ba"], {"all": True, "bold": True}),
        (["x", "-abs3"], {"all": True, "bold": True, "size": 3}),
        (["x", "-abs", "3"], {"all": True, "bold": True, "size": 3}),
        (["x", "-as=3"], {"all": True, "size": 3}),
        (["x", "-aa", "-a"], {"all": True}),
        (["x", "-s1", "--size", "2", "-s=3"], {"size": 3}),
        (["x", "-ta", "--tag", "b", "--tag=c", "-t", "a"], {"tag": ("a", "b", "c", "a")}),
        (["x", "--tag="], {"tag": ("",)}),
        (["x", "--tag", ""], {"tag": ("",)}),
        (["x", "--tag=a=b"], {"tag": ("a=b",)}),
        (["x", "--tag", "=b"], {"tag": ("=b",)}),
        (["x", "-t=a=b"], {"tag": ("a=b",)}),
        (["x", "--tag", "--all"], {"tag": ("--all",)}),
        (["x", "--tag", "-x"], {"tag": ("-x",)}),
        (["x", "-t", "-"], {"tag": ("-",)}),
        (["x", "--paused"], {"paused": True}),
        (["x", "--no-paused"], {"paused": False}),
        (["x", "--paused", "--no-paused"], {"paused": False}),
        (["x", "--no-paused", "--paused"], {"paused": True}),
        (["x", "--state", "old"], {"state": "old"}),
        (["x", "--state=old"], {"state": "old"}),
        (["x", "-o", "json", "--yes", "-e", "prod"], {}),
        (["x", "-ojson", "-ay"], {"all": True}),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_options(tokens: list[str], found: dict[str, Any]) -> None:
    assert made(*tokens) == {"name": "x", **found}


@pytest.mark.parametrize(
    ("tokens", "name", "parts"),
    [
        (["a", "b", "c"], "a", ("b", "c")),
        (["a", "-b", "b", "-s", "3", "c"], "a", ("b", "c")),
        (["-s", "3", "a", "--all", "b"], "a", ("b",)),
        (["--", "a", "-b"], "a", ("-b",)),
        (["a", "--", "--size", "--", "-h"], "a", ("--size", "--", "-h")),
        (["--all", "--", "--all"], "--all", ()),
        (["-"], "-", ()),
        (["-1", "-22"], "-1", ("-22",)),
        (["", ""], "", ("",)),
        (["make", "things"], "make", ("things",)),
        (["move"], "move", ()),
        (["a b", "c\nd", "ünï", "日本"], "a b", ("c\nd", "ünï", "日本")),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_arguments(tokens: list[str], name: str, parts: tuple[str, ...]) -> None:
    found = values("things", "make", *tokens)
    assert (found["name"], found["parts"]) == (name, parts)


@pytest.mark.parametrize(
    ("tokens", "found"),
    [
        (["x", "--password"], "(asked)"),
        (["x", "-p"], "(asked)"),
        (["--password", "--all", "x"], "(asked)"),
        (["-p", "-a", "x"], "(asked)"),
        (["x", "-ap"], "(asked)"),
        (["x", "--password", "pw"], "pw"),
        (["x", "-p", "pw"], "pw"),
        (["x", "-ppw"], "pw"),
        (["x", "-p=pw"], "pw"),
        (["x", "--password=pw"], "pw"),
        (["x", "--password=-pw"], "-pw"),
        (["x", "--password="], ""),
        (["--password", "--", "x"], "(asked)"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_an_option_whose_value_may_be_left_out(tokens: list[str], found: str) -> None:
    assert values("things", "make", *tokens)["name"] == "x"
    assert values("things", "make", *tokens)["password"] == found


def test_two_dashes_before_the_command_leave_it_a_command() -> None:
    assert values("--", "things", "make", "x", "-a")["parts"] == ("-a",)
    assert values("things", "--", "make", "make")["name"] == "make"
    assert values("--", "count") == {"young": False}


@pytest.mark.parametrize("token", ["-hunter2", "-yZ", "-ahZ", "-hello", "-yes", "-help", "-env=x", "-output"])
def test_of_a_bundle_that_is_not_whole_nothing_is_taken(token: str) -> None:
    state = parse_tokens(("things", "move", "x", token, "--by", "hand"), Commands())
    assert (state.global_texts, state.wants_help(), state.awaiting) == ({}, False, None)
    assert state.roles[3] == Role.UNKNOWN
    with pytest.raises(UsageError, match="unknown option"):
        state.bind()


def test_columns_that_are_given_twice_add_up() -> None:
    state = parse_tokens(("count", "--columns", "a,b", "--columns=c"), Commands())
    assert state.global_values() == {"columns": ("a", "b", "c")}


def test_options_of_every_command_may_stand_anywhere() -> None:
    for tokens in (
        ("-o", "json", "things", "make", "x"),
        ("things", "-o", "json", "make", "x"),
        ("things", "make", "-o", "json", "x"),
        ("things", "make", "x", "--output=json"),
    ):
        state = parse_tokens(tokens, Commands())
        assert state.bind().values["name"] == "x"
        assert state.global_values() == {"output": "json"}


def test_the_last_of_a_global_option_counts() -> None:
    assert parse_tokens(("-o", "json", "things", "-otsv"), Commands()).global_values() == {"output": "tsv"}


def test_an_option_of_a_command_hides_the_global_one() -> None:
    state = parse_tokens(("count", "-y"), Commands())
    assert state.bind().values == {"young": True}
    assert "yes" not in state.global_values()
    assert parse_tokens(("-y", "count"), Commands()).global_values() == {"yes": True}


def test_a_noun_may_be_a_command_by_itself() -> None:
    assert values("count") == {"young": False}


def test_defaults_of_arguments() -> None:
    assert values("things", "move", "x", "--by", "hand") == {"name": "x", "place": "here", "by": "hand"}
    assert values("things", "move", "x", "there", "--by=hand")["place"] == "there"


@every_row(
    ("tokens", "message", "hint"),
    [
        (
            ["things", "make"],
            "missing argument NAME",
            "usage: airflowctl things make NAME [PARTS...] [options]",
        ),
        (["things", "move", "x"], "missing option --by", "--by BY"),
        (["things", "move", "x", "y", "z"], "unexpected argument 'z'", "airflowctl help things move"),
        (["things", "make", "x", "--conf"], "--conf needs a value", ""),
        (["things", "make", "x", "-as"], "--size needs a value", ""),
        (["things", "make", "x", "--state"], "--state needs a value", "one of: new, old, broken"),
        (["things", "make", "x", "--all=yes"], "--all takes no value", ""),
        (["things", "make", "x", "--no-paused=1"], "--no-paused takes no value", ""),
        (["things", "make", "x", "--siez", "3"], "unknown option --siez", "did you mean --size"),
        (["things", "make", "x", "--siez=3"], "unknown option --siez", "did you mean --size"),
        (["things", "make", "x", "--si", "3"], "unknown option --si", ""),
        (["things", "make", "x", "--pause"], "unknown option --pause", "did you mean --paused"),
        (["things", "make", "x", "-Z"], "unknown option -Z", "airflowctl help things make"),
        (["things", "make", "x", "-aZ"], "unknown option (not shown", "put -- before a value"),
        (["things", "make", "x", "-1.5"], "unknown option (not shown", "put -- before a value"),
        (["things", "move", "-1.5"], "unknown option -1.5", "put -- before a value"),
        (["count", "-1.5"], "unknown option -1.5", "see: airflowctl help count"),
        (["things", "move", "-evil"], "missing argument NAME", "put -- before a value"),
        (["--all", "things", "make", "x"], "unknown option --all", ""),
        (["thigns", "make"], "unknown command 'thigns'", "did you mean things?"),
        (["things", "mkae", "x"], "unknown command 'things mkae'", "did you mean make?"),
        (["things", "zzz"], "unknown command 'things zzz'", "things has: make, move"),
        (["make", "x"], "unknown command 'make'", "did you mean things make?"),
        (["zzz"], "unknown command 'zzz'", "airflowctl help"),
        ([""], "unknown command ''", "airflowctl help"),
        (["things"], "'things' needs one more word", "things has: make, move"),
        (["--", "things"], "'things' needs one more word", "things has: make, move"),
        (["--", "zzz"], "unknown command 'zzz'", ""),
        (
            ["things", "make", "x", "--state", "odl"],
            "--state: 'odl' is not one of new, old, broken",
            "did you mean old?",
        ),
        (["things", "make", "x", "--state="], "--state: '' is not one of new, old, broken", ""),
        (["things", "make", "x", "--state", "OLD"], "--state: 'OLD' is not one of", ""),
        (
            ["things", "make", "x", "-o", "jsno"],
            "--output: 'jsno' is not one of table, wide, plain",
            "did you mean json",
        ),
        (["-o"], "--output needs a value", "one of: table"),
        (["-oxyz", "things"], "--output: 'xyz' is not one of table, wide, plain", ""),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_a_mistake_names_the_thing_and_the_way_out(tokens: list[str], message: str, hint: str) -> None:
    error = refused(*tokens)
    assert error.message.startswith(message)
    assert hint in write_lines(error.hint, lambda words: " ".join(("airflowctl", *words)))


@pytest.mark.parametrize("short", ["--siz", "--stat", "--passwor", "--out", "--head", "--pau", "--a"])
def test_long_options_are_not_abbreviated(short: str) -> None:
    assert refused("things", "make", "x", short, "1").message == f"unknown option {short}"


def test_the_first_mistake_is_the_one_that_is_told() -> None:
    assert refused("things", "make", "--nope", "--size", "x", "--state=q").message == "unknown option --nope"


def test_every_token_has_a_role() -> None:
    tokens = ("-o", "json", "things", "make", "x", "-as", "3", "--tag=a", "--nope", "--", "-y")
    assert parse_tokens(tokens, Commands()).roles == [
        Role.OPTION,
        Role.VALUE,
        Role.COMMAND,
        Role.COMMAND,
        Role.ARGUMENT,
        Role.OPTION,
        Role.VALUE,
        Role.OPTION,
        Role.UNKNOWN,
        Role.OPTION,
        Role.ARGUMENT,
    ]
