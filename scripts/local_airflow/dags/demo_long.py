"""A task that prints a line a second, to follow its log and to stop it half way."""

# mypy: ignore-errors
from __future__ import annotations

import time

from airflow.sdk import Param, dag, get_current_context, task


@dag(
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["demo", "slow"],
    default_args={"owner": "platform"},
    description="Counts seconds",
    params={"seconds": Param(60, type="integer", minimum=0, description="How long it runs")},
)
def demo_long():
    @task
    def count():
        seconds = get_current_context()["params"]["seconds"]
        for second in range(1, seconds + 1):
            print(f"second {second} of {seconds}", flush=True)
            time.sleep(1)

    count()


demo_long()
