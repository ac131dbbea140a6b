"""Of the kinds of the other files, what no report names: other trigger rules, sensors, limits, ends of a task.
The template of n_file is not found when this file is read: the log of every task here has that error."""

# mypy: ignore-errors

import os
import sys
import time
from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.date_time import DateTimeSensor, DateTimeSensorAsync
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.sdk import DAG, Asset, BaseOperator, task, teardown
from airflow.sdk.exceptions import AirflowSkipException
from airflow.triggers.base import BaseTrigger

FAR = "2030-01-01T00:00:00+00:00"
# Trigger rules, and what comes before the task that has one.
RULES = {
    "all_failed": ("bad", "ok"), "all_skipped": ("skip", "ok"), "one_failed": ("ok",), "none_skipped": ("skip", "ok"),
    "none_failed": ("bad", "ok"), "none_failed_min_one_success": ("skip",), "all_done_min_one_success": ("bad", "skip"),
    "one_done": ("skip",),
}  # fmt: skip


def boom(context):
    raise RuntimeError("callback broke")


with DAG("n_rules", schedule=None):

    @task
    def bad():
        raise ValueError("bad one")

    @task
    def skip():
        raise AirflowSkipException("no data today")

    before = {"bad": bad(), "skip": skip(), "ok": EmptyOperator(task_id="ok")}
    for rule, names in RULES.items():
        [before[name] for name in names] >> EmptyOperator(task_id=f"r_{rule}", trigger_rule=rule)
with DAG("n_mapzero", schedule=None):

    @task
    def none():
        return []

    @task
    def each(x):
        print(x)

    each.expand(x=none())
with DAG("n_skip_callback", schedule=None):

    @task(on_skipped_callback=boom)
    def quiet():
        raise AirflowSkipException("nothing new")

    quiet()
with DAG("n_exit", schedule=None):

    @task
    def leaves():
        sys.exit(3)

    leaves()
with DAG("n_os_exit", schedule=None):

    @task
    def drops():
        os._exit(4)

    drops()
with DAG("n_fail_fast", schedule=None, fail_fast=True):

    @task
    def first():
        time.sleep(3)
        raise ValueError("the first")

    @task
    def slow():
        time.sleep(60)

    [first(), slow()] >> EmptyOperator(task_id="after")
with DAG("n_group", schedule=None):

    @task
    def several():
        raise ExceptionGroup("many", [ValueError("a"), KeyError("b")])

    several()
with DAG("n_teardown", schedule=None):

    @task
    def work():
        print("work")

    @teardown(on_failure_fail_dagrun=True)
    def drop():
        raise OSError("would not go")

    work() >> drop()
with DAG("n_external_timeout", schedule=None):
    ExternalTaskSensor(
        task_id="ext", external_dag_id="k_never", external_task_id="x", poke_interval=2, timeout=6
    )
with DAG("n_external_poke", schedule=None):
    ExternalTaskSensor(task_id="ext", external_dag_id="k_never", external_task_id="x", poke_interval=5)
with DAG("n_external_deferred", schedule=None):
    ExternalTaskSensor(task_id="ext", external_dag_id="k_never", external_task_id="x", deferrable=True)
with DAG("n_poke", schedule=None):
    DateTimeSensor(task_id="until", target_time=FAR, poke_interval=10)
with DAG("n_reschedule", schedule=None):
    DateTimeSensor(task_id="until", target_time=FAR, mode="reschedule", poke_interval=60)
with DAG("n_idle", schedule=None, is_paused_upon_creation=True):
    EmptyOperator(task_id="x")
with DAG("n_child_waits", schedule=None):
    TriggerDagRunOperator(task_id="start", trigger_dag_id="n_idle", wait_for_completion=True, poke_interval=5)
with DAG("n_child_deferred", schedule=None):
    TriggerDagRunOperator(
        task_id="start", trigger_dag_id="f_child", wait_for_completion=True, poke_interval=2, deferrable=True
    )
with DAG("n_child_unknown", schedule=None):
    TriggerDagRunOperator(task_id="start", trigger_dag_id="no_such_dag")
with DAG("n_child_again", schedule=None):
    TriggerDagRunOperator(
        task_id="start", trigger_dag_id="n_idle", trigger_run_id="same"
    ) >> TriggerDagRunOperator(task_id="start_again", trigger_dag_id="n_idle", trigger_run_id="same")
with DAG("n_question", schedule=None):
    HITLOperator(task_id="ask", subject="Go?", options=["a", "b"], execution_timeout=timedelta(seconds=10))
with DAG("n_template", schedule=None):
    EmptyOperator(task_id="none") >> BashOperator(
        task_id="tm", bash_command="echo {{ ti.xcom_pull(task_ids='none', key='table')['x'] }}"
    )
with DAG("n_file", schedule=None):
    BashOperator(task_id="tm", bash_command="run_me.sh")
with DAG("n_one_a_run", schedule=None):
    BashOperator.partial(task_id="m", max_active_tis_per_dagrun=1).expand(bash_command=["sleep 300"] * 2)
with DAG("n_backoff", schedule=None):

    @task(retries=4, retry_delay=timedelta(minutes=10), retry_exponential_backoff=True)
    def busy():
        raise OSError("busy")

    busy()
with DAG("n_pool_deferred", schedule=None):
    for number in range(3):
        DateTimeSensorAsync(task_id=f"d{number}", target_time=FAR, pool="rep")


class Raises(BaseTrigger):
    def serialize(self):
        return ("neighbours_not_there.Raises", {})

    async def run(self):
        yield


class Defers(BaseOperator):
    def execute(self, context):
        self.defer(trigger=Raises(), method_name="done")


with DAG("n_trigger", schedule=None):
    Defers(task_id="bt")
P, Q, R = Asset("n_p"), Asset("n_q"), Asset("n_r")
with DAG("n_make_p", schedule=None):
    EmptyOperator(task_id="m", outlets=[P])
with DAG("n_mixed", schedule=(P & (Q | R))):
    EmptyOperator(task_id="x")
