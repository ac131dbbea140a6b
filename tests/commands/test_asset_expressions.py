"""What a schedule of several assets still lacks, by the expression that the API gives of it."""

from __future__ import annotations

from typing import Any

import pytest

from airflowctl.domain.diagnosis.asset_expression import find_lacking, format_lacking, names_of


def asset(name: str, uri: str = "") -> dict[str, Any]:
    return {"asset": {"name": name, "uri": uri or f"x://{name}", "group": "asset"}}


def every(*parts: Any) -> dict[str, Any]:
    return {"all": list(parts)}


def one_of(*parts: Any) -> dict[str, Any]:
    return {"any": list(parts)}


A, B, C, D = map(asset, "abcd")


@pytest.mark.parametrize(
    ("expression", "came", "words"),
    [
        (A, "", "the asset a"),
        (every(A, B), "", "the assets a, b"),
        (every(A, B), "a", "the asset b"),
        (one_of(A, B), "", "one of the assets a, b"),
        (every(A, one_of(B, C)), "", "the asset a, and one of b, c"),
        (every(A, one_of(B, C)), "b", "the asset a"),
        (every(one_of(A, B), one_of(C, D)), "", "one of a, b, and one of c, d"),
        (one_of(every(A, B), C), "a", "one of the assets b, c"),
        (one_of(every(A, B), C), "", "one of the assets a and b, c"),
        (one_of(every(A, one_of(B, C)), D), "", "one of the assets a and (b or c), d"),
        (every(A, every(B, C)), "", "the assets a, b, c"),
        ({"alias": {"name": "n"}}, "", "the asset n"),
    ],
)
def test_what_is_lacking_is_said(expression: Any, came: str, words: str) -> None:
    lacking = find_lacking(expression, {(name, f"x://{name}") for name in came})
    assert lacking is not None
    assert format_lacking(lacking) == words


@pytest.mark.parametrize(
    ("expression", "came"),
    [(A, "a"), (one_of(A, B), "b"), (every(A, one_of(B, C)), "ac"), (one_of(), ""), (None, ""), ({}, "")],
)
def test_nothing_is_lacking(expression: Any, came: str) -> None:
    assert find_lacking(expression, {(name, f"x://{name}") for name in came}) is None


def test_a_name_may_hold_words_of_ours() -> None:
    lacking = find_lacking(one_of(asset("sales and costs"), asset("this or that")), ())
    assert lacking is not None
    assert names_of(lacking) == {"sales and costs", "this or that"}


def test_an_asset_of_the_same_name_is_another_one() -> None:
    lacking = find_lacking(asset("rates", "s3://new"), {("rates", "s3://old")})
    assert lacking is not None and names_of(lacking) == {"rates"}
