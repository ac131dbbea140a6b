"""Dags that are held up, each by something else, and one whose file changes."""

# mypy: ignore-errors
from __future__ import annotations

import time

from airflow.sdk import dag, get_current_context, task

AT_ONCE = {"schedule": None, "is_paused_upon_creation": False}


@dag(**AT_ONCE, max_active_runs=1)
def one_at_a_time():
    @task
    def dwell():
        """Until somebody marks it."""
        time.sleep(3600)

    dwell()


@dag(**AT_ONCE)
def on_the_past():
    @task(depends_on_past=True)
    def follows():
        if (get_current_context()["dag_run"].conf or {}).get("fail"):
            raise ValueError("as the conf wants it")

    follows()


@dag(schedule=None, is_paused_upon_creation=True)
def asleep():
    @task
    def nothing():
        print("never")

    nothing()


@dag(**AT_ONCE)
def elsewhere():
    """Fails in a file that is not its own."""

    @task
    def open_it():
        time.strptime("not a date", "%Y")

    open_it()


one_at_a_time()
on_the_past()
asleep()
elsewhere()
