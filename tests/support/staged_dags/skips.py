"""Skips in a run that succeeds: f_branch (the join too), m_params (short circuit), f_softfail (soft_fail of a sensor)."""

# mypy: ignore-errors

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.sdk import DAG, task

with DAG("f_branch", schedule=None):

    @task.branch
    def pick():
        return "left"

    left, right = EmptyOperator(task_id="left"), EmptyOperator(task_id="right")
    pick() >> [left, right] >> EmptyOperator(task_id="join")
with DAG("m_params", schedule=None):

    @task
    def big():
        return "x" * 10

    @task(trigger_rule="none_failed_min_one_success")
    def j(x):
        print(x)

    @task.short_circuit
    def gate():
        return False

    gate() >> j(big())
with DAG("f_softfail", schedule=None):
    wait = PythonSensor(
        task_id="wait_soft", python_callable=lambda: False, poke_interval=2, timeout=8, soft_fail=True
    )
    wait >> EmptyOperator(task_id="use_soft")
