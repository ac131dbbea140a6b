"""Tasks that wait: f_sensor_to (times out), f_defer (until 2030), w_external (for k_never.x, which never runs)."""

# mypy: ignore-errors

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.sensors.date_time import DateTimeSensorAsync
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.sdk import DAG

with DAG("f_sensor_to", schedule=None):
    PythonSensor(task_id="wait_file", python_callable=lambda: False, poke_interval=2, timeout=8)
with DAG("f_defer", schedule=None):
    DateTimeSensorAsync(task_id="wait_time", target_time="2030-01-01T00:00:00+00:00")
with DAG("k_never", schedule=None, tags=["old"]):
    EmptyOperator(task_id="x")
with DAG("w_external", schedule=None):
    ExternalTaskSensor(
        task_id="wait_other",
        external_dag_id="k_never",
        external_task_id="x",
        mode="reschedule",
        poke_interval=60,
        timeout=9000,
    )
