"""`migrate check` finds the calls that a person finds, and says of each what a person says."""

from __future__ import annotations

from tests.commands.migrate.judged_lines import figures


def test_calls_are_found_and_judged_as_by_hand() -> None:
    recall, precision, calls, others = figures()
    assert calls >= 300
    assert recall >= 0.98 and precision >= 0.95, "\n".join(others)
