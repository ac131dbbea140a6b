"""f_retry: a task between two tries (try 1 of 4 failed, the next in 30 minutes)."""

# mypy: ignore-errors

from datetime import timedelta

from airflow.sdk import DAG, task

with DAG("f_retry", schedule=None, default_args={"retries": 3, "retry_delay": timedelta(minutes=30)}):

    @task
    def flaky():
        raise ConnectionError("warehouse refused the connection")

    @task
    def report():
        pass

    flaky() >> report()
