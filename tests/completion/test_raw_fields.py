"""`api get_dag dag_id=` completes the names of the field's kind, in the scope of the fields before."""

from __future__ import annotations

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.session import registry
from airflowctl.session.item_names import read_choices
from completers.protocols import Choice


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


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("users delete --email ann@", "email"),
        ("users create --email ann@", ""),  # a new one
        ("roles add-perms Op --resource DA", "resource"),
        ("roles del-perms Op --resource DAGs --action can_", "action"),
    ],
)
def test_addresses_and_permissions_complete(line: str, kind: str) -> None:
    assert Grammar().slot_at(line).kind == kind


def test_a_permission_holds_a_resource_and_an_action() -> None:
    item = {"action": {"name": "can_read"}, "resource": {"name": "DAGs"}}
    known = {kind: list(read_choices(registry.kinds()[kind], item)) for kind in ("resource", "action")}
    assert known == {"resource": [Choice("DAGs", "")], "action": [Choice("can_read", "")]}
