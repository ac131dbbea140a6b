"""`migrate check` finds the calls that a person finds, and says of each what a person says."""

from __future__ import annotations

import pytest

from airflowctl.domain.migration.scan import find_in
from airflowctl.domain.migration.source_file import SourceFile
from airflowctl.domain.migration.verdict import CLASSIC, SAME
from tests.commands.migrate.judged_lines import figures


def test_calls_are_found_and_judged_as_by_hand() -> None:
    recall, precision, calls, others = figures()
    assert calls >= 300
    assert recall >= 0.98 and precision >= 0.95, "\n".join(others)


@pytest.mark.parametrize(
    ("test", "word"),
    [('= "[]"', SAME), ('= "null"', CLASSIC), ('= "[] null"', CLASSIC), ('= "etl"', CLASSIC)],
)
def test_only_a_comparison_with_an_empty_list_reads_no_field(test: str, word: str) -> None:
    text = f'if [ "$(airflow dags list -o json)" {test} ]; then echo none; fi\n'
    assert [finding.verdict.word for finding in find_in(SourceFile("x.sh", "shell", text))] == [word]
