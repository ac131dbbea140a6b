"""Something is missing: f_conn, f_var, f_jinja (a variable), f_jinja2 (a filter), w_resched (a provider's connection)."""

# mypy: ignore-errors

import os
import tempfile

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import DAG, BaseHook, Variable, task

with DAG("f_conn", schedule=None):

    @task
    def query():
        return BaseHook.get_connection("warehouse_x").host

    query()
with DAG("f_var", schedule=None):

    @task
    def readv():
        return Variable.get("no_such_var_x")

    readv()
with DAG("f_jinja", schedule=None):
    BashOperator(task_id="tmpl", bash_command="echo {{ var.value.nope_x }} {{ params.day.foo }}")
with DAG("f_jinja2", schedule=None):
    BashOperator(task_id="tmpl2", bash_command="echo {{ ds | nofilter }}")
with DAG("w_resched", schedule=None):  # fs_default is not defined
    never = os.path.join(tempfile.gettempdir(), "airflowctl_never")
    FileSensor(task_id="wait_f", filepath=never, mode="reschedule", poke_interval=30, timeout=36000)
