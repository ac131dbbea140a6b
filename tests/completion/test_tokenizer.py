"""Words of a line and back: what is quoted is the same word when it is read again."""

from __future__ import annotations

from random import Random

import pytest

from completers.tokenizer import OpenQuoteError, Word, lines, quote_word, split, words
from tests.support.rows import every_row

NASTY = [
    "",
    " ",
    "a b",
    "\t",
    "a\nb",
    "a\r\nb",
    "'",
    '"',
    "''",
    '""',
    "'\"",
    "\"'\"'",
    "\\",
    "\\\\",
    "a\\",
    "\\'",
    '\\"',
    "\\n",
    "#",
    "# a",
    "a#b",
    "a #b",
    "$HOME `x` $(y)",
    "!!",
    "*?[a]{b,c}",
    "a;b|c&d>e<f",
    "-x",
    "--",
    '{"a": "b\\"c", "d": [1]}',
    'it\'s "so" \\ #1',
    "naïve Ωmega",
    "日本 語",
    "👩‍💻",
    "e\u0301",
    "\u00a0",
    "\u2028",
    "\u202e",
    "\x00\x1b[2J\x9b",
    "²ª",
    "scheduled__2026-11-01T00:00:00+00:00",
    "~",
    "a=b",
    "%41",
]


def made_up() -> list[str]:
    """Texts of the letters that mean something, the same in every run."""
    chance = Random(20261101)
    return ["".join(chance.choices("'\"\\ #a\t$\n=-é", k=chance.randint(1, 12))) for _ in range(2000)]


@every_row("text", NASTY)
def test_a_quoted_text_is_one_word_and_the_same(text: str) -> None:
    assert words(quote_word(text)) == [text]
    assert words(f"get {quote_word(text)} x # {text}".replace("\n", " ")) == [
        "get",
        text.replace("\n", " "),
        "x",
    ]
    for quote in ("'", '"'):
        assert words(f"get {quote_word(text, quote)} x") == ["get", text, "x"]


def test_any_text_comes_back() -> None:
    for text in made_up():
        for quote in ("", "'", '"'):
            assert words(f"x {quote_word(text, quote)} y") == ["x", text, "y"], (text, quote)


def test_several_quoted_words_are_a_line() -> None:
    texts = [*NASTY, *made_up()]
    assert words(" ".join(map(quote_word, texts))) == texts


@pytest.mark.parametrize(
    "text", ["etl", "a-b_c.d/e:f=g@h%i+j,k~l^m", "naïve", "日本", "2026-11-01T00:00:00+00:00"]
)
def test_what_needs_no_quotes_gets_none(text: str) -> None:
    assert quote_word(text) == text


@every_row(
    ("line", "found"),
    [
        ("", []),
        ("   \t ", []),
        ("a b  c", ["a", "b", "c"]),
        ("a\tb\r", ["a", "b"]),
        ("'a b' \"c d\"", ["a b", "c d"]),
        ("a'b c'd\"e f\"g", ["ab cde fg"]),
        ("'' \"\"", ["", ""]),
        ("a\\ b \\# \\' \\\\", ["a b", "#", "'", "\\"]),
        ('\'a\\b\' "a\\b" "a\\"b\\\\"', ["a\\b", "a\\b", 'a"b\\']),
        ('--conf {"a": 1, "b": {"c": "}"}}', ["--conf", '{"a": 1, "b": {"c": "}"}}']),
        ('--conf={ "it\'s": "# \\" }"} x', ['--conf={ "it\'s": "# \\" }"}', "x"]),
        ("--query {id: 'a b'}", ["--query", "{id:", "a b}"]),
        ('a{"b": 1} {} {a"}"', ["a{b:", "1}", "{}", "{a}"]),
        ('--conf \'{"a": "\\u00fc"}\'', ["--conf", '{"a": "\\u00fc"}']),
        ('--conf "{\\"a\\": \\"\\n\\"}"', ["--conf", '{"a": "\\n"}']),
        ("a # b 'c", ["a"]),
        ("a#b c# d", ["a#b", "c#", "d"]),
        ("#", []),
        ("  # a", []),
        ("'# a' b", ["# a", "b"]),
        ("$HOME *.py ~ `x`", ["$HOME", "*.py", "~", "`x`"]),
        ("ü\u00a0x", ["ü\u00a0x"]),
    ],
)
def test_words_as_in_a_shell_with_nothing_expanded(line: str, found: list[str]) -> None:
    assert words(line) == found


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("a 'b c", "the quote ' is not closed"),
        ('a "b c', 'the quote " is not closed'),
        ('a "b\\"', 'the quote " is not closed'),
        ("it's", "the quote ' is not closed"),
        ('a {"b": "}"', "the brace { is not closed"),
        ('a {"b": "}\\', "the brace { is not closed"),
        ("a {", "the brace { is not closed"),
        ("a b\\", "after the last backslash"),
    ],
)
def test_a_line_that_does_not_end_is_refused(line: str, what: str) -> None:
    with pytest.raises(OpenQuoteError, match=what):
        words(line)


@pytest.mark.parametrize(
    ("line", "last", "open_"),
    [
        ("get 'a b", Word("a b", 4, 8, "'"), "'"),
        ('get "a b', Word("a b", 4, 8, '"'), '"'),
        ("get '", Word("", 4, 5, "'"), "'"),
        ("get a' b", Word("a b", 4, 8, "'"), "'"),
        ("get a\\", Word("a", 4, 6, "\\"), "\\"),
        ("get 'a' ", Word("a", 4, 7), ""),
        ('get {"a": "b', Word('{"a": "b', 4, 12, "{"), "{"),
        ("get ü日", Word("ü日", 4, 6), ""),
    ],
)
def test_a_line_that_is_still_typed_can_be_split_too(line: str, last: Word, open_: str) -> None:
    parts = split(line)
    assert (parts.words[-1], parts.open) == (last, open_)


def test_every_word_says_where_it_stands() -> None:
    for text in made_up():
        parts = split(text)
        places = [place for word in parts.words for place in (word.start, word.end)]
        assert places == sorted(places)
        assert all(0 <= place <= len(text) for place in places)
        assert parts.comment == len(text) or text[parts.comment] == "#"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [""]),
        ("a\n\nb\n", ["a", "", "b", ""]),
        ("a 'b\nc' d\ne", ["a 'b\nc' d", "e"]),
        ("a \"b'\n'c\" 'd\n\ne'\nf", ["a \"b'\n'c\" 'd\n\ne'", "f"]),
        ('a "b\\"\nc" d\n', ['a "b\\"\nc" d', ""]),
        ('a {"b":\n{"c": 1}\n} d\ne', ['a {"b":\n{"c": 1}\n} d', "e"]),
        ('a {\n  "b": 1\n}\ne', ['a {\n  "b": 1\n}', "e"]),
        ("a {\ne # {\nf", ["a {", "e # {", "f"]),
        ("# it's\nb\\\nc", ["# it's", "b\\", "c"]),
        ("a 'b\n\n", ["a 'b\n\n"]),
    ],
)
def test_a_line_end_within_quotes_ends_no_line(text: str, found: list[str]) -> None:
    assert list(lines(text)) == found
    assert "\n".join(lines(text)) == text


def test_a_quote_that_stays_open_over_many_lines_takes_no_time() -> None:
    assert len(list(lines("a 'b\n" + "c d\n" * 100_000))) == 1
    assert len(list(lines("a {\n" + '"b": {"c": 1},\n' * 100_000))) == 1


def test_splitting_a_long_line_takes_no_time() -> None:
    assert len(words("'a b' " * 50_000)) == 50_000
