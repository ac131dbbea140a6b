"""f_latebreak: a file that the server has read, and that breaks later."""

# mypy: ignore-errors

from airflow.sdk import DAG, task

with DAG("f_latebreak", schedule=None):

    @task
    def b():
        print("I was good once")

    b()
