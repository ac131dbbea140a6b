"""Which XComs a line of Python or a template pulls, as far as their names are spelled out there."""

from __future__ import annotations

import pytest

from airflowctl.domain.diagnosis.xcom_source import _pulls, _pulls_of_template

CALLS = {
    "ti.xcom_pull('a')": [("a", "return_value")],
    "ti.xcom_pull(task_ids='a', key='k')": [("a", "k")],
    'ti.xcom_pull("a", key="k")': [("a", "k")],
    "ti.xcom_pull(task_ids=['a', 'b'])": [("a", "return_value"), ("b", "return_value")],
    "ti.xcom_pull(task_ids=('a', 'b'), key='k')": [("a", "k"), ("b", "k")],
    "ti.xcom_pull(task_ids='a', key='x)y')": [("a", "x)y")],
    "ti.xcom_pull(task_ids='a', dag_id='other')": [],  # whose runs are others
    "ti.xcom_pull(task_ids=name)": [],
    "ti.xcom_pull(task_ids='a', key=key())": [],
    "ti.xcom_pull(task_ids='a', dag_id=other)": [],
    "ti.xcom_pull(task_ids='a', **more)": [],
    "ti.xcom_pull(task_ids=['a', name])": [("a", "return_value")],
    "ti.xcom_pull(task_ids='a', default=0, map_indexes=[1])": [("a", "return_value")],
    "ti.xcom_pull()": [],
    "pull('a')": [],
}


@pytest.mark.parametrize("call", CALLS)
def test_the_names_in_a_call(call: str) -> None:
    assert list(_pulls(f"x = 1\ny = {call}\n", 2)) == CALLS[call]
    assert list(_pulls(f"x = 1\ny = {call}\n", 1)) == []
    assert list(_pulls_of_template(f"a {{{{ {call} | int }}}} (b)")) == CALLS[call]


def test_two_in_one_template() -> None:
    template = "{{ ti.xcom_pull('a') }} {{ ti.xcom_pull(task_ids=('b',)) }} {{ ti.xcom_pull( }}"
    assert list(_pulls_of_template(template)) == [("a", "return_value"), ("b", "return_value")]


def test_what_is_no_python_pulls_nothing() -> None:
    assert list(_pulls("def (:", 1)) == []
