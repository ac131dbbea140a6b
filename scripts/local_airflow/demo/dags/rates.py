"""The exchange rates of a day, from a service that is busy at times: the Dag of the backfill."""

# mypy: ignore-errors
from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import dag, get_current_context, task


@dag(
    schedule="@daily",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    is_paused_upon_creation=False,
    tags=["rates"],
    default_args={"owner": "finance", "retries": 2, "retry_delay": timedelta(seconds=1)},
    description="Fetch the exchange rates of a day",
)
def rates():
    @task
    def fetch():
        context = get_current_context()
        day = context["dag_run"].logical_date or context["dag_run"].run_after
        print(f"asking for the rates of {day:%Y-%m-%d}")
        if day.toordinal() % 3 == 0 and context["ti"].try_number < 3:
            raise ConnectionError("503 Service Unavailable: the service is busy")
        return {"USD": 1.08, "GBP": 0.86}

    @task
    def store(row):
        print(f"stored {len(row)} rates")

    store(fetch())


rates()
