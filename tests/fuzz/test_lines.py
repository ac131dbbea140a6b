"""What a user may type: the parser, the reader of batches, the engine of completion, values of options."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflowctl.completion.line_grammar import Grammar
from airflowctl.core import converters
from airflowctl.core.errors import CliError
from airflowctl.core.parse import parse_tokens
from airflowctl.core.url import base_url, parse_address
from airflowctl.session import registry
from completers import tokenizer
from completers.engine import suggest
from tests.completion.test_engine import Names
from tests.support.fuzzing import fuzz, json_values, texts
from tests.support.program import Program

COMMANDS = [" ".join(command.words) for command in registry.all_commands()]
FLAGS = sorted(
    {flag for command in registry.all_commands() for param in command.params for flag in param.flags}
)
words = st.one_of(st.sampled_from(FLAGS), texts)
tokens = st.builds(
    lambda line, more: [*line.split(), *more], st.sampled_from(COMMANDS), st.lists(words, max_size=6)
)
pieces = st.one_of(st.sampled_from(COMMANDS), st.sampled_from(FLAGS), texts)
lines = st.builds(" ".join, st.lists(pieces, max_size=5))


@fuzz(80)
@given(st.one_of(tokens, st.lists(words, max_size=6)))
def test_the_parser_takes_or_refuses_every_line(line: list[str]) -> None:
    try:
        parse_tokens(tuple(line), registry).bind()
    except CliError as error:
        assert error.exit_code == 2
        assert error.message


@fuzz(80)
@given(lines)
def test_the_tokenizer_reads_or_refuses_every_text(text: str) -> None:
    list(tokenizer.lines(text))
    try:
        parts = tokenizer.words(text)
    except ValueError as error:
        assert str(error)
    else:
        quoted = " ".join(map(tokenizer.quote_word, parts))
        assert tokenizer.words(quoted) == parts


@fuzz(80)
@given(st.builds(lambda text, end: text[: end % (len(text) + 1)], lines, st.integers(0, 10_000)))
def test_completion_offers_something_or_nothing_at_every_cursor(text: str) -> None:
    grammar = Grammar()
    slot = grammar.slot_at(text)
    assert 0 <= slot.start <= len(text)
    grammar.marks(text)
    assert suggest(text, grammar, Names("etl", "ü b")).state


@fuzz(15)
@given(st.lists(lines, max_size=6))
def test_a_batch_is_checked_or_refused(tmp_path_factory: pytest.TempPathFactory, batch: list[str]) -> None:
    program = Program(
        {"AIRFLOWCTL_HOME": str(tmp_path_factory.getbasetemp() / "fuzz"), "AIRFLOWCTL_URL": "http://h"}
    )
    done = program("-f", "-", "--check", stdin="\n".join(batch).encode("utf-8", "replace").decode())
    assert done.code in (0, 2), done
    assert "fault in airflowctl" not in done.err, done


CONVERTERS = (
    converters.timestamp, converters.columns, converters.expression, converters.finite, converters.hours,
    converters.identifier, converters.json_object, converters.json_value, converters.path, converters.regex,
    converters.seconds, converters.seconds_or_zero, converters.signed_number, converters.some_text,
    converters.timezone, converters.whole_number, converters.exit_code, converters.slashed_identifier,
)  # fmt: skip
dates = st.from_regex(
    r"-?[0-9]{0,6}[-/]?[0-9]{0,2}[-/]?[0-9]{0,3}[T ]?[0-9:]{0,9}(\.[0-9]{0,9})?(Z|[+-][0-9:]{0,6})?"
)
relative = st.from_regex(r"(now|today|yesterday)?[+-]?[0-9]{0,25}(\.[0-9]{1,3})?[a-zA-Z]{0,8}")


@pytest.mark.parametrize("convert", CONVERTERS, ids=lambda convert: convert.__name__)
@fuzz(25)
@given(text=st.one_of(texts, dates, relative, st.builds(repr, json_values)))
def test_a_value_is_converted_or_refused(convert: object, text: str) -> None:
    try:
        convert(text)  # type: ignore[operator]
    except ValueError as error:
        assert str(error)
        assert "codec" not in str(error)


@pytest.mark.parametrize("host", ["bücher..de", ".bücher.de", "ü" * 70 + ".de", "a\u3002.ü"])
def test_a_host_name_that_cannot_be_is_refused_in_words(host: str) -> None:
    with pytest.raises(CliError, match="host name"):
        base_url(f"http://{host}")


hosts = st.text(st.sampled_from("aü.ß-_[]:%xn1İ ß\u3002@"), max_size=20)


@fuzz(100)
@given(
    st.one_of(texts, st.builds("{}://{}{}".format, st.sampled_from(["http", "HTTPS", "ftp"]), hosts, texts))
)
def test_an_address_is_read_or_refused(text: str) -> None:
    try:
        address = base_url(text)
    except CliError as error:
        assert "codec" not in error.message
    else:
        assert parse_address(address).base == address
