"""A table that is tried in one test: every row runs, and each one that fails is named."""

from __future__ import annotations

import pytest

from tests.support.rows import every_row


def test_each_row_that_fails_is_named_and_the_others_run() -> None:
    ran = []

    @every_row("number", [1, 2, 3, 4], ids=["one", "two", "three", "four"])
    def check(number: int) -> None:
        ran.append(number)
        assert number % 2, "even"

    with pytest.raises(AssertionError) as failed:
        check()
    assert ran == [1, 2, 3, 4]
    assert "2 rows fail" in str(failed.value)
    assert "[two] AssertionError: even" in str(failed.value)
    assert "[four] AssertionError: even" in str(failed.value)
    assert "[one]" not in str(failed.value)


def test_a_test_that_is_ended_fails_by_its_row() -> None:
    @every_row(("left", "right"), lambda: [("a", "b")])
    def check(left: str, right: str) -> None:
        pytest.fail(f"{left} takes too long")

    with pytest.raises(AssertionError, match=r"\[\('a', 'b'\)\] Failed: a takes too long"):
        check()


def test_two_tables_are_tried_by_each_other() -> None:
    ran = []

    @every_row("left", "ab")
    @every_row("right", [1, 2])
    def check(left: str, right: int) -> None:
        ran.append((left, right))

    check()
    assert ran == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]


def test_a_table_without_rows_is_a_failure() -> None:
    @every_row("row", [])
    def check(row: int) -> None:
        """Never runs."""

    with pytest.raises(AssertionError, match="tries nothing"):
        check()


@every_row("row", [1, 2])
def test_fixtures_reach_the_test(tmp_path: object, row: int) -> None:
    assert tmp_path
    assert row
