"""Limits: w_max_runs (run m2 waits for m1), w_max_tasks, w_conc (max_active_tis_per_dag), w_parallel ([core] parallelism 8)."""

# mypy: ignore-errors

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG


def sleep(seconds, task_id="sleep"):
    return BashOperator(task_id=task_id, bash_command=f"sleep {seconds}")


with DAG("w_max_runs", schedule=None, max_active_runs=1):
    sleep(700)
with DAG("w_max_tasks", schedule=None, max_active_tasks=1):
    for i in range(3):
        sleep(500, f"t{i}")
with DAG("w_parallel", schedule=None, max_active_tasks=30):
    for i in range(20):
        sleep(20, f"p{i}")
with DAG("w_conc", schedule=None):
    BashOperator.partial(task_id="m", max_active_tis_per_dag=1).expand(bash_command=["sleep 600"] * 3)
