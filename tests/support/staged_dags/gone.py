"""f_gone: run it, then delete this file."""

# mypy: ignore-errors

from airflow.sdk import DAG, task

with DAG("f_gone", schedule=None):

    @task
    def a():
        print("I am here")

    a()
