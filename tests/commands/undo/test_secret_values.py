"""Which values of a change are written to the disk and shown, by the name and by the shape of each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from airflowctl.core.undo import KINDS
from airflowctl.undo import reversal
from airflowctl.undo.entry import Item
from airflowctl.undo.secret_values import format_value, is_harmless

VARIABLE, CONNECTION = KINDS["variable"], KINDS["connection"]
KEY = ("etl_limit",)
HARMLESS: list[tuple[str, Any]] = [
    ("value", "12"), ("value", ""), ("value", None), ("description", "a text"), ("value", "***"),
    ("description", 7), ("description", True), ("description", {"a": [1, "b"]}),
]  # fmt: skip
SECRET: list[tuple[str, tuple[str, ...], Any]] = [
    ("value", ("etl_password",), "12"), ("password", KEY, "12"), ("api_key", KEY, "12"),
    ("description", KEY, "postgres://me:hunter22@db"), ("description", KEY, {"a": {"password": "hunter22"}}),
]  # fmt: skip


def keep(text: str) -> str:
    return text


@pytest.mark.parametrize(("field", "value"), HARMLESS)
def test_a_harmless_value_is_written_and_shown(field: str, value: Any) -> None:
    assert is_harmless(VARIABLE, KEY, field, value, keep)


@pytest.mark.parametrize(("field", "key", "value"), SECRET)
def test_a_secret_is_not(field: str, key: tuple[str, ...], value: Any) -> None:
    assert not is_harmless(VARIABLE, key, field, value, keep)
    assert format_value(VARIABLE, key, field, value, keep) == "(set)"


def test_a_name_tells_only_of_the_fields_that_it_is_about() -> None:
    """The key of a variable says what its value is, and nothing of its description."""
    assert is_harmless(VARIABLE, ("etl_password",), "description", "a text", keep)


@pytest.mark.parametrize("field", sorted(CONNECTION.secret))
def test_what_is_declared_a_secret_is_one_whatever_it_holds(field: str) -> None:
    assert not is_harmless(CONNECTION, ("db",), field, "plain", keep)
    assert is_harmless(CONNECTION, ("db",), field, None, keep)


def test_a_secret_of_this_session_is_one() -> None:
    assert not is_harmless(VARIABLE, KEY, "value", "mine", lambda text: text.replace("mine", "<hidden>"))


SHOWN = [
    (None, "none"), ("12", '"12"'), (12, "12"), ("ä", '"ä"'), ("***", "(set)"),
    ("x" * 58, f'"{"x" * 58}"'), ("x" * 59, f'"{"x" * 55}..."'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), SHOWN)
def test_a_value_is_shown_in_quotes_and_cut_at_sixty_letters(value: Any, shown: str) -> None:
    assert format_value(VARIABLE, KEY, "value", value, keep) == shown
    assert len(shown) <= 60


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("plain", "plain"),
        (7, 7),
        (None, None),
        ("***", None),
        ("a *** b", None),
        ('["***", 1]', None),
        ('{"password": "***"}', None),
        ('{"host": "h", "password": "***"}', '{"host": "h"}'),
        ('{"deep": {"key": "***"}, "n": 1}', '{"n": 1}'),
    ],
)
def test_what_is_known_of_a_value_with_a_mask(value: object, known: object) -> None:
    assert reversal._without_mask(value) == known


@pytest.mark.parametrize("lost", [(), ("password",), ("password", "extra")])
def test_what_cannot_come_back_is_said_and_nothing_else(lost: tuple[str, ...]) -> None:
    entry: Any = SimpleNamespace(kind="connection", spec=CONNECTION)
    item = Item(("c",), {"host": "old"}, {"host": "new"}, ("host",))
    step = reversal.Step(item, reversal.UPDATE, {"host": "new"}, {"host": "old"}, lost)
    first, *more = reversal.describe(entry, step, keep)
    assert first == 'connection c: host: "new" -> "old"'
    words = f"connection c: the {' and '.join(lost)} cannot come back: the server masks what was there"
    assert more == [words] * bool(lost)
