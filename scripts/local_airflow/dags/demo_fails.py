"""A task that fails with one exception caused by another, so that there is a traceback to read."""

# mypy: ignore-errors
from __future__ import annotations

from airflow.sdk import dag, task


@dag(
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["demo", "failing"],
    default_args={"owner": "platform", "retries": 0},
    description="Fails on purpose",
)
def demo_fails():
    @task
    def prepare():
        print("this one still works")
        return {"orders": "12", "price": "n/a"}

    @task
    def compute(row):
        print(f"computing with {row}")
        try:
            return int(row["orders"]) * float(row["price"])
        except ValueError as error:
            raise RuntimeError("the price of a row is not a number") from error

    @task
    def report(amount):
        print(f"never reached: {amount}")

    report(compute(prepare()))


demo_fails()
