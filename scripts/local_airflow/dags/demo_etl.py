"""Extract, transform, load: the Dag that simply works, with parameters to try."""

# mypy: ignore-errors
from __future__ import annotations

from airflow.sdk import Param, dag, get_current_context, task


@dag(
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["demo", "etl"],
    default_args={"owner": "data"},
    description="Extract, transform and load a few orders",
    doc_md="""### Demo ETL
Reads a few made-up orders of a region, adds them up and prints the total.""",
    params={
        "region": Param("eu", type="string", enum=["eu", "us", "asia"], description="Whose orders"),
        "orders": Param(3, type="integer", minimum=1, maximum=100, description="How many of them"),
        "dry_run": Param(False, type="boolean", description="Add up, but load nothing"),
    },
)
def demo_etl():
    @task
    def extract():
        params = get_current_context()["params"]
        orders = [{"region": params["region"], "amount": 10 * n} for n in range(1, params["orders"] + 1)]
        print(f"extracted {len(orders)} orders of region {params['region']}")
        return orders

    @task
    def transform(orders):
        total = sum(order["amount"] for order in orders)
        print(f"the total is {total}")
        return total

    @task
    def load(total):
        skipped = get_current_context()["params"]["dry_run"]
        print(f"dry run, not loading {total}" if skipped else f"loaded {total}")

    load(transform(extract()))


demo_etl()
