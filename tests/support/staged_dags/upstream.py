"""What a failed task does to others: f_chain (a chain of 12 not run), f_bash127, f_rule (all_done: the run is green)."""

# mypy: ignore-errors

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task

with DAG("f_chain", schedule=None):
    last = BashOperator(task_id="src", bash_command="echo start; exit 127")
    for i in range(12):
        step = EmptyOperator(task_id=f"step_{i}")
        last >> step
        last = step
with DAG("f_bash127", schedule=None):
    BashOperator(task_id="cmd", bash_command="spark-submitt --x 1")
with DAG("f_rule", schedule=None):

    @task
    def a_ok():
        pass

    @task
    def b_fail():
        raise ValueError("b is broken")

    @task(trigger_rule="all_done")
    def notify():
        print("done")

    [a_ok(), b_fail()] >> notify()
