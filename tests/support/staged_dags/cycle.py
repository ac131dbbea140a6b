"""n_cycle: a file that cannot be read, and whose error names its Dag without quotes."""

# mypy: ignore-errors

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG("n_cycle", schedule=None):
    a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")
    a >> b >> a
