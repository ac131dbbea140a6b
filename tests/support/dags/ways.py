"""The ways a task may take before it ends: again, later, many at once, skipped, in groups, by a person."""

# mypy: ignore-errors
from __future__ import annotations

import time
from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLEntryOperator
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import Param, dag, get_current_context, task, task_group

AT_ONCE = {"schedule": None, "is_paused_upon_creation": False, "catchup": False}


@dag(**AT_ONCE)
def again():
    @task(retries=2, retry_delay=timedelta(seconds=1))
    def flaky():
        number = get_current_context()["ti"].try_number
        print(f"this is try {number}")
        if number < 2:
            raise ValueError("not at the first try")

    flaky()


@dag(**AT_ONCE, params={"rows": Param(1, type="integer"), "seconds": Param(0, type="number")})
def compared():
    """One task fails for what the task before it has returned, and takes as long as it is told to."""

    @task
    def read():
        return get_current_context()["params"]["rows"]

    @task
    def check(rows):
        time.sleep(get_current_context()["params"]["seconds"])
        if rows > 10:
            raise ValueError(f"{rows} rows are too many")

    check(read())


@dag(**AT_ONCE)
def later():
    """One task gives its slot away for a few seconds."""
    TimeDeltaSensor(task_id="wait", delta=timedelta(seconds=3), deferrable=True) >> EmptyOperator(
        task_id="go"
    )


@dag(**AT_ONCE, params={"fails": Param(-1, type="integer", description="Which of them fails")})
def many():
    @task
    def files():
        return ["north", "east", "south", "west"]

    @task
    def read(name):
        context = get_current_context()
        print(f"reading {name}")
        if context["ti"].map_index == context["params"]["fails"]:
            raise RuntimeError(f"{name} is damaged")
        return len(name)

    @task
    def add_up(numbers):
        print(sum(numbers))

    add_up(read.expand(name=files()))


@dag(**AT_ONCE)
def shapes():
    """A graph with a branch, groups in groups and a join."""

    @task.branch
    def choose():
        return "left.first"

    @task_group
    def left():
        first, second = EmptyOperator(task_id="first"), EmptyOperator(task_id="second")

        @task_group
        def inner():
            EmptyOperator(task_id="a") >> EmptyOperator(task_id="b")

        first >> second >> inner()

    @task_group
    def right():
        EmptyOperator(task_id="only")

    join = EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")
    choose() >> [left(), right()] >> join >> EmptyOperator(task_id="end")


@dag(**AT_ONCE)
def starved():
    """Its task wants more slots than its pool has."""

    @task(pool="default_pool", pool_slots=100_000)
    def hungry():
        print("never")

    hungry()


@dag(**AT_ONCE)
def people():
    """Asks for an approval, then for words."""
    approve = ApprovalOperator(task_id="approve", subject="Ship it?")
    fill = HITLEntryOperator(
        task_id="fill",
        subject="How many?",
        params={"count": Param(1, type="integer"), "reason": Param("", type="string")},
    )
    approve >> fill


again()
compared()
later()
many()
shapes()
starved()
people()
