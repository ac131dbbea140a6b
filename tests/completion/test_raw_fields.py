"""`api get_dag dag_id=` completes the names of the field's kind, in the scope of the fields before."""

from __future__ import annotations

import pytest

from airflowctl.completion.line_grammar import Grammar


@pytest.mark.parametrize(
    ("line", "kind", "word", "scope"),
    [
        ("api get_dag dag_id=quo", "dag", "quo", {}),
        ("api get_dag_run dag_id=etl dag_run_id=", "run", "", {"dag": "etl"}),
        ("api get_task dag_id=etl task_id=ex", "task", "ex", {"dag": "etl"}),
        ("api get_pool pool_name=de", "pool", "de", {}),
        ("api get_variable variable_key=x", "variable", "x", {}),
        ("api get_connection connection_id=", "connection", "", {}),
        ("api patch_dag dag_id=etl is_paused=", "", "", {"dag": "etl"}),
    ],
)
def test_a_field_completes_what_it_names(line: str, kind: str, word: str, scope: dict[str, str]) -> None:
    slot = Grammar().slot_at(line)
    assert (slot.kind, slot.word) == (kind, word)
    assert slot.lead + slot.word == line.split()[-1]
    assert scope.items() <= slot.scope.items()
