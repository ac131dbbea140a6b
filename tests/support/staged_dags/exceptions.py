"""Exceptions of a task: f_exc, f_mapped (3 of 12), f_cause (chained, 2 tries), f_modtask (module missing)."""

# mypy: ignore-errors

from datetime import timedelta
from importlib import import_module

from airflow.sdk import DAG, task

with DAG("f_exc", schedule=None, tags=["team_a"], params={"region": "eu"}):

    @task
    def extract():
        return {"rows": 7}

    @task
    def load(x):
        return x["rowz"]

    load(extract())
with DAG("f_mapped", schedule=None, tags=["team_a"]):

    @task
    def each(n):
        if n in (7, 9, 10):
            raise ValueError(f"bad part {n}")

    each.expand(n=list(range(12)))
with DAG("f_cause", schedule=None, default_args={"retries": 1, "retry_delay": timedelta(seconds=2)}):

    @task
    def db(ti=None):
        try:
            raise ConnectionRefusedError("port 5432")
        except ConnectionRefusedError as e:
            raise RuntimeError(f"load failed, try {ti.try_number}") from e

    db()
with DAG("f_modtask", schedule=None):

    @task
    def ml():
        import_module("sklearn_not_here")

    ml()
