"""f_callback: the failure callback raises too (its error is shown as the cause); a success callback that fails is never shown."""

# mypy: ignore-errors

from airflow.sdk import DAG, task


def boom(context):
    raise RuntimeError("callback broke")


with DAG("f_callback", schedule=None):

    @task(on_success_callback=boom)
    def fine():
        print("fine")

    @task(on_failure_callback=boom)
    def bad():
        raise ValueError("original cause")

    fine() >> bad()
