"""One task for each of four items, made while the Dag runs."""

# mypy: ignore-errors
from __future__ import annotations

from airflow.sdk import dag, task


@dag(
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["demo", "mapped"],
    default_args={"owner": "data"},
    description="Dynamic task mapping over four items",
)
def demo_mapped():
    @task
    def list_files():
        return ["north.csv", "east.csv", "south.csv", "west.csv"]

    @task
    def count_letters(name):
        print(f"{name} has {len(name)} letters")
        return len(name)

    @task
    def add_up(counts):
        print(f"altogether {sum(counts)}")

    add_up(count_letters.expand(name=list_files()))


demo_mapped()
