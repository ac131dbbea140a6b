"""w_pool_def: 5 slots wanted of 2, in a pool that counts deferred tasks (the printed `pools set` forgets that).

airflowctl pools create rep 2 --description reports --include-deferred
"""

# mypy: ignore-errors

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("w_pool_def", schedule=None):
    BashOperator(task_id="s", bash_command="true", pool="rep", pool_slots=5)
