"""The engine of completion: which names fit, in what order, and how the prompt puts them in."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from airflowctl.completion.line_grammar import Grammar
from completers.engine import Suggestion, suggest
from completers.match import find_matches, fold_names
from completers.prompt import PromptCompleter
from completers.protocols import FAILED, LOADING, READY, Choice, Known, Slot, make_known
from completers.tokenizer import words

# The order.


def fitting(word: str, *names: str, most: int = 99) -> list[str]:
    return [names[place] for place in find_matches(word, fold_names(names), most)]


@pytest.mark.parametrize(
    ("word", "names", "found"),
    [
        ("", ["b", "a"], ["b", "a"]),
        ("et", ["x_et", "etl", "ml", "et"], ["etl", "et", "x_et"]),
        ("ETL", ["my_etl", "Etl_2"], ["Etl_2", "my_etl"]),
        ("etl", ["ETL", "eXtXl"], ["ETL"]),
        ("esl", ["daily_etl", "e_s_l", "xesxl", "lse"], ["e_s_l", "xesxl"]),
        ("strasse", ["Hauptstraße", "Straße"], ["Straße", "Hauptstraße"]),
        ("日", ["本日", "日本"], ["日本", "本日"]),
        ("zz", ["a", "b"], []),
        ("a.*", ["abc", "a.*b"], ["a.*b"]),
    ],
)
def test_what_begins_so_comes_first_then_what_contains_it_then_scattered_letters(
    word: str, names: list[str], found: list[str]
) -> None:
    assert fitting(word, *names) == found


def test_no_more_than_wanted_and_the_best_of_them() -> None:
    names = [f"x{number}" for number in range(500)] + ["n"] + [f"n{number}" for number in range(500)]
    assert fitting("n", *names, most=3) == ["n", "n0", "n1"]
    assert fitting("", *names, most=2) == ["x0", "x1"]
    assert fitting("x1", *names, most=1) == ["x1"]


# The engine.


class FixedGrammar:
    def __init__(self, slot: Slot) -> None:
        self.slot = slot

    def slot_at(self, text_before_cursor: str) -> Slot:
        return self.slot


class Names:
    """A source that knows these names, and remembers what it was asked."""

    def __init__(self, *names: str, state: str = READY) -> None:
        self.known = make_known((Choice(name, f"about {name}") for name in names), state)
        self.asked: list[tuple[str, dict[str, str], str]] = []

    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        self.asked.append((kind, dict(scope), prefix))
        return self.known


def test_choices_of_the_grammar_come_before_names() -> None:
    slot = Slot(
        "e", 9, choices=(Choice("each", "all of them"), Choice("never")), kind="dag", scope={"env": "x"}
    )
    source = Names("etl", "the", "x")
    found = suggest("dags get e", FixedGrammar(slot), source)
    assert found.items == [
        Suggestion("each", 9, "each", "all of them"),
        Suggestion("never", 9, "never", ""),
        Suggestion("etl", 9, "etl", "about etl"),
        Suggestion("the", 9, "the", "about the"),
    ]
    assert source.asked == [("dag", {"env": "x"}, "e")]


def test_where_no_names_are_wanted_nobody_is_asked() -> None:
    source = Names("etl", state=FAILED)
    assert suggest("x", FixedGrammar(Slot("", 0, choices=(Choice("a"),))), source).state == READY
    assert source.asked == []


@pytest.mark.parametrize("state", [READY, LOADING, FAILED])
def test_the_state_of_the_source_is_passed_on(state: str) -> None:
    found = suggest("x", FixedGrammar(Slot("", 0, kind="dag")), Names("etl", state=state))
    assert (found.state, [item.text for item in found.items]) == (state, ["etl"])


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("name", ["my dag", "it's", 'a "b"', "a\\b", "# a", "naïve", "plain"])
def test_what_is_put_in_is_one_word_of_the_line(name: str, quote: str) -> None:
    line = f"dags get {quote}"
    found = suggest(line, FixedGrammar(Slot("", 9, quote, kind="dag")), Names(name))
    [item] = found.items
    assert words(line[: item.start] + item.text) == ["dags", "get", name]
    assert item.shown == name


def test_a_menu_is_never_endless() -> None:
    found = suggest("", FixedGrammar(Slot("", 0, kind="dag")), Names(*map(str, range(50_000))))
    assert 50 <= len(found.items) <= 1000


# The prompt.


def completed(completer: PromptCompleter, text: str) -> list[tuple[str, int]]:
    event = CompleteEvent()
    return [(one.text, one.start_position) for one in completer.get_completions(Document(text), event)]


def test_the_prompt_puts_suggestions_in_place_of_the_word() -> None:
    completer = PromptCompleter(Grammar(), Names("etl", "my etl"))
    assert completed(completer, "dags get et") == [("etl", -2), ("'my etl'", -2)]
    assert completed(completer, "dags get 'my e") == [("'my etl'", -5)]
    assert completed(completer, "dags list --state=su") == [("success", -2)]
    assert completer.state == READY


class Broken:
    def slot_at(self, text_before_cursor: str) -> Slot:
        raise RuntimeError("a fault")

    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        raise RuntimeError("a fault")


def test_a_completer_that_fails_is_a_word_in_the_toolbar_and_no_more(
    capfd: pytest.CaptureFixture[str],
) -> None:
    for completer in (PromptCompleter(Broken(), Names()), PromptCompleter(Grammar(), Broken())):
        assert completed(completer, "dags get ") == []
        assert completer.state == FAILED
        assert capfd.readouterr() == ("", "")


def test_nothing_from_a_server_is_alive_in_the_menu() -> None:
    names = Names("a\x1b[2Jb", "c\u202ed", "e\x9bf", "g'\ndags pause h\n'", "good")
    completer = PromptCompleter(Grammar(), names)
    found = list(completer.get_completions(Document("dags get "), CompleteEvent()))
    assert [one.text for one in found] == ["good"]
