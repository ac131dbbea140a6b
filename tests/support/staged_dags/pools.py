"""Pools: w_pool_full, w_pool_zero (no slots), w_pool_small (5 slots wanted of 2), w_pool_none (no such pool).

airflowctl pools create tiny 1; airflowctl pools create zero 0; airflowctl pools create tiny2 2
"""

# mypy: ignore-errors

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("w_pool_full", schedule=None):
    for i in range(3):
        BashOperator(task_id=f"big_{i}", bash_command="sleep 700", pool="tiny")
with DAG("w_pool_zero", schedule=None):
    BashOperator(task_id="sleep", bash_command="sleep 3", pool="zero")
with DAG("w_pool_small", schedule=None):
    BashOperator(task_id="sleep", bash_command="sleep 3", pool="tiny2", pool_slots=5)
with DAG("w_pool_none", schedule=None):
    BashOperator(task_id="sleep", bash_command="sleep 3", pool="not_there")
