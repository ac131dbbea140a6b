"""A report for each region, made when new orders are there: mapped tasks in a pool, one with a retry."""

# mypy: ignore-errors
from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Asset, dag, get_current_context, task


@dag(
    schedule=[Asset("orders")],
    catchup=False,
    is_paused_upon_creation=False,
    tags=["orders", "reports"],
    default_args={"owner": "data", "retries": 2, "retry_delay": timedelta(seconds=1)},
    description="A report for each region, as soon as there are new orders",
)
def reports():
    @task
    def regions():
        return ["eu", "us", "asia"]

    @task(pool="reports")
    def render(region):
        attempt = get_current_context()["ti"].try_number
        print(f"rendering the report of {region}")
        if region == "asia" and attempt == 1:
            raise TimeoutError("the service of asia did not answer within 30 s")
        return f"report-{region}.pdf"

    @task
    def publish(files):
        print(f"published {', '.join(files)}")

    publish(render.expand(region=regions()))


reports()
