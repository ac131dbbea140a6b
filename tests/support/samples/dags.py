"""Dags with one of everything that a classic command shows: a schedule, assets, a group, mapped tasks,
templates, and tasks that fail."""

# mypy: ignore-errors
from __future__ import annotations

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset, AssetAlias, CronPartitionTimetable, dag, task, task_group

orders = Asset(name="orders", uri="file://orders", group="money", extra={"owner": "finance"})
rates = Asset(name="rates", uri="file://rates")
made = Asset(name="made", uri="file://made")
many = AssetAlias(name="many", group="money")


@dag(schedule="0 6 * * *", start_date=datetime(2026, 1, 1), catchup=False, tags=["daily"])
def daily():
    @task(outlets=[orders, many])
    def make(): ...

    make()


@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False)
def nightly():
    @task
    def clean(): ...

    clean()


@dag(schedule=[orders, rates], tags=["money"])
def waiting():
    @task
    def use(): ...

    use()


@dag(schedule=None, is_paused_upon_creation=False, params={"who": "world"})
def varied():
    greet = BashOperator(task_id="greet", bash_command="echo hello {{ params.who }} {{ run_id }}")

    @task_group
    def checks():
        @task
        def fine(): ...

        @task
        def wrong():
            raise ValueError("it is wrong")

        fine()
        wrong()

    @task
    def count(n):
        return n

    @task
    def after(): ...

    greet >> count.expand(n=[1, 2]) >> checks() >> after()


@dag(
    schedule=CronPartitionTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1),
    catchup=False,
)
def parted():
    @task
    def part(): ...

    part()


@dag(schedule=None, is_paused_upon_creation=False)
def maker():
    @task(outlets=[made])
    def make(): ...

    make()


@dag(schedule=None)
def doomed():
    @task
    def nothing(): ...

    @task_group
    def pair():
        @task
        def a(): ...

        @task
        def b(): ...

        a()
        b()

    nothing() >> pair()


daily(), nightly(), waiting(), varied(), doomed(), parted(), maker()
