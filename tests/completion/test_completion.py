"""Completion: what may stand at the cursor, which names fit, and in what order they are offered."""

from __future__ import annotations

import pytest

from airflowctl.completion.line_grammar import COMMENT, Grammar
from airflowctl.completion.word_slot import kind_of
from airflowctl.core.formats import FORMATS
from airflowctl.core.parse import Role, parse_tokens
from airflowctl.session import registry
from completers.engine import suggest
from completers.match import find_matches, fold_names
from completers.protocols import Slot
from completers.tokenizer import words
from tests.completion.test_engine import Names

NOUNS = list(registry.nouns())
STATES = ["queued", "running", "success", "failed"]


# What may stand at the cursor.


def at(text: str) -> Slot:
    return Grammar().slot_at(text)


def choices(text: str) -> list[str]:
    return [choice.text for choice in at(text).choices]


@pytest.mark.parametrize(
    ("text", "word", "start", "offered"),
    [
        ("", "", 0, NOUNS),
        ("   ", "", 3, NOUNS),
        ("da", "da", 0, NOUNS),
        ("dags", "dags", 0, NOUNS),
        ("-o json ", "", 8, NOUNS),
        ("dags list --state ", "", 18, STATES),
        ("dags list --state s", "s", 18, STATES),
        ("dags list --state=", "", 18, STATES),
        ("dags list --state=su", "su", 18, STATES),
        ("dags list --pattern 'a b' --state  ", "", 35, STATES),
        ("dags list -o ", "", 13, list(FORMATS)),
        ("dags list --output=j", "j", 19, list(FORMATS)),
        ("-o ", "", 3, list(FORMATS)),
        ("help ", "", 5, NOUNS),
        ("help da", "da", 5, NOUNS),
        ("dags -o json get etl --output ", "", 30, list(FORMATS)),
    ],
)
def test_words_and_values_the_grammar_knows(text: str, word: str, start: int, offered: list[str]) -> None:
    slot = at(text)
    assert (slot.word, slot.start, choices(text), slot.kind) == (word, start, offered, "")


@pytest.mark.parametrize(
    "text", ["dags ", "dags t", "help dags ", "help dags t", "-e prod dags ", "dags -y "]
)
def test_the_second_word_of_a_command(text: str) -> None:
    assert choices(text) == [command.words[1] for command in registry.commands("dags").values()]


def test_words_come_with_what_they_do() -> None:
    notes = {choice.text: choice.note for choice in at("dags ").choices}
    assert notes["trigger"] == "Start a run of a Dag."
    assert all(choice.note for choice in at("").choices)
    assert {choice.text: choice.note for choice in at("help dags ").choices} == notes


@pytest.mark.parametrize(
    ("text", "word", "start"),
    [
        ("dags list -", "-", 10),
        ("dags list --", "--", 10),
        ("dags list --sta", "--sta", 10),
        ("dags list --limit 3 --st", "--st", 20),
        ("dags list ", "", 10),
    ],
)
def test_options(text: str, word: str, start: int) -> None:
    slot = at(text)
    assert (slot.word, slot.start, slot.kind) == (word, start, "")
    assert {"--state", "--paused", "--no-paused", "--limit", "--output", "--env"} <= set(choices(text))
    assert all(choice.note for choice in slot.choices)
    assert len(choices(text)) == len(set(choices(text)))


def test_options_of_a_whole_program() -> None:
    assert "--env" in choices("--")
    assert "--state" not in choices("--")
    assert "--state" not in choices("dags --")


@pytest.mark.parametrize(
    ("text", "word", "start", "kind", "scope"),
    [
        ("dags get ", "", 9, "dag", {}),
        ("dags get et", "et", 9, "dag", {}),
        ("dags get  ", "", 10, "dag", {}),
        ("dags get -y et", "et", 12, "dag", {}),
        ("dags get -- ", "", 12, "dag", {}),
        ("dags get -- --et", "--et", 12, "dag", {}),
        ("dags trigger --conf '{\"a\": 1}' et", "et", 31, "dag", {}),
        ("dagrun get etl ", "", 15, "run", {"dag": "etl"}),
        ("dagrun get etl man", "man", 15, "run", {"dag": "etl"}),
        ("dagrun get 'my etl' man", "man", 20, "run", {"dag": "my etl"}),
        ("dagrun get -- etl ", "", 18, "run", {"dag": "etl"}),
        ("tasks states-for-dag-run etl -o json r", "r", 37, "run", {"dag": "etl"}),
        ("variables get k", "k", 14, "variable", {}),
        ("connections get ", "", 16, "connection", {}),
        ("pools get ", "", 10, "pool", {}),
        ("-e ", "", 3, "environment", {}),
        ("--env pr", "pr", 6, "environment", {}),
        ("--env=pr", "pr", 6, "environment", {}),
        ("dags get etl -e ", "", 16, "environment", {}),
    ],
)
def test_names_that_only_the_server_knows(
    text: str, word: str, start: int, kind: str, scope: dict[str, str]
) -> None:
    slot = at(text)
    assert (slot.word, slot.start, slot.kind) == (word, start, kind)
    assert scope.items() <= dict(slot.scope).items()


@pytest.mark.parametrize(
    "text",
    [
        "-e prod dags get ",
        "--env=prod dags get ",
        "dags get -e prod ",
        "dags -eprod get ",
        "dags -e=prod get e",
    ],
)
def test_the_environment_on_the_line_goes_into_the_scope(text: str) -> None:
    slot = at(text)
    assert (slot.kind, slot.scope["--env"]) == ("dag", "prod")


def test_the_address_on_the_line_goes_into_the_scope() -> None:
    assert at("dags get --url http://x:1 ").scope["--url"] == "http://x:1"


@pytest.mark.parametrize(
    ("text", "word", "start", "quote"),
    [
        ("dags get 'my e", "my e", 9, "'"),
        ('dags get "my e', "my e", 9, '"'),
        ("dags get '", "", 9, "'"),
        ("dags get '#", "#", 9, "'"),
        ("dags get my' e", "my e", 9, "'"),
        ("dags get a\\ b", "a b", 9, ""),
    ],
)
def test_in_a_quote(text: str, word: str, start: int, quote: str) -> None:
    slot = at(text)
    assert (slot.word, slot.start, slot.quote, slot.kind) == (word, start, quote, "dag")


def test_in_an_object_without_quotes() -> None:
    slot = at('dags trigger etl --conf {"a": 1, "b')
    assert (slot.lead, slot.word, slot.quote, slot.kind) == ('{"a": 1, ', '"b', "{", "param")


@pytest.mark.parametrize(
    "text",
    [
        "# ",
        "# da",
        "dags get # e",
        "dags list # --",
        "dgas ",
        "dgas l",
        "dags lst ",
        "dags lst --",
        "dags list --nope ",
        "dags list --nope --",
        "dags get etl more ",
        "dags list --limit ",
        "dags list --limit=",
        "dags list --pattern x",
        'dags trigger etl --conf \'{"a": {',
        "dags trigger etl --conf '{}",
        "dags trigger etl -r ",
        "help dags trigger ",
        "help dgas ",
        "variables set k ",
        "auth login --username ",
        "auth login --password ",
    ],
)
def test_where_nothing_can_be_offered(text: str) -> None:
    slot = at(text)
    assert (slot.choices, slot.kind) == ((), "")


def test_the_value_of_a_switch_is_not_offered_anything_that_fits() -> None:
    assert suggest("dags list --paused=", Grammar(), Names("etl")).items == []


LINES = [
    "",
    "dags ",
    "dags list ",
    "dags list --",
    "dags list --state ",
    "dags get --",
    "help ",
    "help dags ",
    "-o ",
]


@pytest.mark.parametrize("line", LINES)
def test_whatever_is_offered_is_understood(line: str) -> None:
    """One walk serves the line and its completion: they cannot disagree."""
    found = suggest(line, Grammar(), Names()).items
    assert found
    for item in found:
        state = parse_tokens(words(line[: item.start] + item.text), registry)
        assert state.problem is None, item
        assert Role.UNKNOWN not in state.roles


def test_every_command_can_be_typed_by_completion_alone() -> None:
    for command in registry.all_commands():
        line = ""
        for word in command.words:
            assert word in choices(line)
            line += f"{word} "
        for param in command.arguments:
            slot = at(line)
            assert slot.kind == ("" if param.complete in ("command", "line") else kind_of(param)), line
            line += "x "


# The roles of the words, for highlighting.


def roles(line: str) -> list[tuple[str, str]]:
    return [(line[mark.start : mark.end], mark.role) for mark in Grammar().marks(line)]


def test_every_word_of_a_line_has_its_role() -> None:
    assert roles("dags  trigger 'my etl' --conf '{\"a\": 1}' -ojson --yes # note") == [
        ("dags", Role.COMMAND),
        ("trigger", Role.COMMAND),
        ("'my etl'", Role.ARGUMENT),
        ("--conf", Role.OPTION),
        ("'{\"a\": 1}'", Role.VALUE),
        ("-ojson", Role.OPTION),
        ("--yes", Role.OPTION),
        ("# note", COMMENT),
    ]


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("dgas list", ["dgas", "list"]),
        ("dags lst x", ["lst", "x"]),
        ("dags list --nope x", ["--nope", "x"]),
        ("dags get etl more", ["more"]),
        ("dags zzz", ["zzz"]),
        ("dags list --zzz", ["--zzz"]),
        ("dags list -- x", ["x"]),
        ("dags get etl", []),
        ("dags list --state success", []),
        ("da", []),
        ("dags lis", []),
        ("dags list --sta", []),
        ("dags list -", []),
        ("", []),
        ("   ", []),
        ("# x", []),
        ("dags get 'open", []),
    ],
)
def test_what_cannot_be_right_is_marked_and_what_may_become_so_is_not(line: str, unknown: list[str]) -> None:
    assert [text for text, role in roles(line) if role == Role.UNKNOWN] == unknown


@pytest.mark.parametrize(
    "line", ["dags get 'a b' -o json # x", "  dags   list --state=success", "x 'y", "日本 -ü", "a\\"]
)
def test_marks_are_in_order_and_within_the_line(line: str) -> None:
    places = [place for mark in Grammar().marks(line) for place in (mark.start, mark.end)]
    assert places == sorted(places)
    assert places[-1] <= len(line)


@pytest.mark.parametrize(
    "words", [("d", "da", "dag", "da", "d"), ("a", "ag", "g"), ("x", "xa", "a"), ("_", "_1", "_", "g_1")]
)
def test_what_is_typed_on_finds_the_same_as_a_fresh_look(words: tuple[str, ...]) -> None:
    names = ["dag_1", "dag_2", "my_dag_1", "other", "dg", "ag_1"]
    kept = fold_names(names)
    for most in (2, 99):
        for word in words:
            assert find_matches(word, kept, most) == find_matches(word, fold_names(names), most)
