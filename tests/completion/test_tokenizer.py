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
        ("# it's\nb\\\nc", ["# it's", "b\\\nc"]),
        ("a \\\r\n  b\nc", ["a \\\r\n  b", "c"]),
        ("# a \\\nb", ["# a \\", "b"]),
        ("a 'b \\\nc' d\ne", ["a 'b \\\nc' d", "e"]),
        ("a <<X b\nit's\n X\nX \nX\nc", ["a <<X b\nit's\n X\nX \nX", "c"]),
        ("a <<X <<'Y' # <<Z\n1\nX\n2\nY\nc", ["a <<X <<'Y' # <<Z\n1\nX\n2\nY", "c"]),
        ("a 'b <<X\n'\nc", ["a 'b <<X\n'", "c"]),
        ("a <<X \\\nb\n1\nX\nc", ["a <<X \\\nb\n1\nX", "c"]),
        ("a <<<X b<<X << X\nc", ["a <<<X b<<X << X", "c"]),
        ("a <<X\nb\nc", ["a <<X\nb\nc"]),
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


@every_row(
    ("line", "found"),
    [
        ("a b\\\nc d", ["a", "bc", "d"]),
        ("a \\\n  b", ["a", "b"]),
        ("a \\\r\nb", ["a", "b"]),
        ("a 'b\\\nc'", ["a", "b\\\nc"]),
        ("a <<X b\n one\n\n'two\nX", ["a", " one\n\n'two", "b"]),
        ("a <<'X' <<\"Y\"\n${A}\nX\n\\\nY", ["a", "${A}", "\\"]),
        ("a <<X\nX", ["a", ""]),
        ("a <<X # b\n# c\nX", ["a", "# c"]),
        ("a <<X\r\none\r\ntwo\r\nX\r", ["a", "one\ntwo"]),
        ("a <<<X b<<X '<<X' <<1", ["a", "<<<X", "b<<X", "<<X", "<<1"]),
    ],
)
def test_lines_that_go_on(line: str, found: list[str]) -> None:
    assert words(line) == found


@pytest.mark.parametrize(
    ("line", "place"), [("a b\\", 3), ("a \\\n", 2), ("a <<X b\nX1", 2), ("a <<X", 2), ('a {"b": <<X', 2)]
)
def test_a_line_that_goes_on_without_an_end(line: str, place: int) -> None:
    with pytest.raises(OpenQuoteError) as caught:
        words(line)
    assert caught.value.opened == place


NAMES = {"A": "a b'\"\\", "DASH": "--yes", "": "none"}


@every_row(
    ("line", "found"),
    [
        ("x ${A} y", ["x", "a b'\"\\", "y"]),
        ("x-${A}'${A}'\"${A}\"", ["x-a b'\"\\${A}a b'\"\\"]),
        ("x $A $(y) {{ z }} ${", ["x", "$A", "$(y)", "{{", "z", "}}", "${"]),
        ("x \\${A} $'${A}'", ["x", "${A}", "${A}"]),
        ('x {"k": "<${A}>", "n": ${DASH}}', ["x", '{"k": "<a b\'\\"\\\\>", "n": --yes}']),
        ("x --k=${A}", ["x", "--k=a b'\"\\"]),
        ("x # ${A}", ["x"]),
        ("x <<E <<'F'\n${A}\nE\n${A}\nF", ["x", "a b'\"\\", "${A}"]),
    ],
)
def test_texts_that_are_put_in(line: str, found: list[str]) -> None:
    assert [word.text for word in split(line, lambda name, _: NAMES[name]).words] == found


def test_what_begins_with_a_text_that_was_put_in() -> None:
    parts = split('x ${DASH} "${DASH}" -${DASH} ${A} <<E\n-\nE', lambda name, _: NAMES[name])
    assert [word.is_put_in for word in parts.words] == [False, True, True, False, True, True]
    places: list[tuple[str, int]] = []
    split('x ${A}"${DASH}" <<E\n${A}\nE', lambda *put: places.append(put) or "")
    assert places == [("A", 2), ("DASH", 7), ("A", 20)]
