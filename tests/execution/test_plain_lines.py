"""Most lines of long files are read by patterns, and not letter by letter: the words are the same."""

from __future__ import annotations

import random

import pytest

from airflowctl.execution import pipeline
from airflowctl.execution.batch_input import read_lines
from completers.tokenizer import split, split_first

PIECES = [
    "{", "}", '"', "a", '{"a": 1}', '{"a":{"b":2}}', " ", "=", 'x={"k": "v"}', "'", '"q r"', "#", "$", "${X}",
    "|", ">", ",", ":", "[", "]", "\t", "'s t'", '{"a": "}{"}', '{ "x" : [1, 2] }', "\\", "<<E",
    "é", "\u2028", '{"a": "it\'s"}', '{"a": "x\\"y"}', '{"a": {"b": {"c": 1}}}',
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_words_are_those_of_the_tokenizer(seed: int) -> None:
    chance, plain = random.Random(seed), 0
    for _ in range(4000):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 7))).strip()
        words = pipeline._plain_tokens(text)
        if words is None:
            continue
        parts = split(text)
        assert (words, parts.open) == (tuple(word.text for word in parts.words), ""), text
        assert pipeline.operator(text, parts.words) == len(parts.words), text
        plain += 1
    assert plain > 300


@pytest.mark.parametrize("seed", range(4))
def test_lines_are_those_of_the_tokenizer(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(2000):
        text = "".join(chance.choices([*PIECES, "\n"], k=chance.randint(1, 9)))
        lines, begin, number = [], 0, 1
        while begin < len(text):
            line = text[begin : begin + split_first(text[begin:])[1]]
            lines.append((number, line))
            begin, number = begin + len(line) + 1, number + 1 + line.count("\n")
        assert [(line.number, line.text) for line in read_lines(text.encode())] == lines, text


@pytest.mark.parametrize("text", [
    'dags trigger d --conf {"day": "1"}', 'dags trigger d --conf={"a": {"b": "1"}, "c": [2]}',
    "variables set k 'v w' --description \"d\"",
])  # fmt: skip
def test_usual_lines_are_read_by_patterns(text: str) -> None:
    assert pipeline._plain_tokens(text) is not None
