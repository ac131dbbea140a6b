"""Tasks that print: some lines at an interval, to be followed, and very many, to be streamed."""

# mypy: ignore-errors
from __future__ import annotations

import time

from airflow.sdk import Param, dag, get_current_context, task


@dag(
    schedule=None,
    is_paused_upon_creation=False,
    params={
        "lines": Param(5, type="integer", minimum=0),
        "interval": Param(0.2, type="number", minimum=0, description="Seconds between two lines"),
    },
)
def lines():
    @task
    def count():
        params = get_current_context()["params"]
        for number in range(1, params["lines"] + 1):
            print(f"line {number} at {time.time():.6f}", flush=True)
            time.sleep(params["interval"])

    count()


@dag(schedule=None, is_paused_upon_creation=False, params={"lines": Param(100_000, type="integer")})
def long_log():
    @task
    def talk():
        for number in range(1, get_current_context()["params"]["lines"] + 1):
            print(f"row {number} of a log that is too long to keep")

    talk()


lines()
long_log()
