"""The orders of a day, from the shop to the warehouse. It fails while exchange_rate is no number."""

# mypy: ignore-errors
from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import Asset, Param, Variable, dag, get_current_context, task

ORDERS = Asset("orders")


@dag(
    schedule="@daily",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    is_paused_upon_creation=False,
    tags=["orders"],
    default_args={"owner": "data", "retries": 1, "retry_delay": timedelta(seconds=1)},
    description="Load the orders of a day into the warehouse",
    doc_md="""### Orders
Reads the orders of a day, adds them up and loads the sum in euros.""",
    params={
        "day": Param("", type="string", description="Which day, as 2026-11-01; empty is yesterday"),
        "rows": Param(5, type="integer", minimum=1, maximum=1000, description="How many orders at most"),
        "region": Param("eu", type="string", enum=["eu", "us", "asia"], description="Whose orders"),
        "dry_run": Param(False, type="boolean", description="Add up, but load nothing"),
    },
)
def etl():
    @task
    def extract():
        params = get_current_context()["params"]
        orders = [{"order": n, "dollars": 12.5 * n} for n in range(1, params["rows"] + 1)]
        print(f"extracted {len(orders)} orders of region {params['region']}, {params['day'] or 'yesterday'}")
        return orders

    @task
    def transform(orders):
        total = sum(order["dollars"] for order in orders)
        print(f"{len(orders)} orders, {total:.2f} dollars")
        return {"orders": len(orders), "dollars": total}

    @task(outlets=[ORDERS])
    def load(row):
        rate = Variable.get("exchange_rate")
        print(f"{row['orders']} orders at an exchange rate of {rate}")
        try:
            euros = row["dollars"] / float(rate)
        except ValueError as error:
            raise RuntimeError(f"the variable exchange_rate is {rate!r}, which is no number") from error
        if get_current_context()["params"]["dry_run"]:
            print(f"a dry run: {euros:.2f} euros are not loaded")
        else:
            print(f"loaded {euros:.2f} euros")

    load(transform(extract()))


etl()
