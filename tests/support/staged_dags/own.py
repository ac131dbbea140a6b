"""What the other files lack: a child Dag that fails (f_parent, f_child), a task that skips itself
(f_skipexc), a task that waits for its callback to fail."""

# mypy: ignore-errors

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowSkipException

with DAG("f_child", schedule=None):

    @task
    def price():
        raise ValueError("no price for a row")

    price()
with DAG("f_parent", schedule=None):
    TriggerDagRunOperator(
        task_id="start_child", trigger_dag_id="f_child", wait_for_completion=True, poke_interval=2
    )
with DAG("f_skipexc", schedule=None):

    @task
    def maybe():
        raise AirflowSkipException("no new files on sftp")

    maybe()
