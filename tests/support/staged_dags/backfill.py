"""Backfills: w_bf3 (Dag and backfill have a limit of 1 each), w_bf2 (only the backfill has), w_bf (the 5th fails).

airflowctl backfill create w_bf3 --from-date 2026-11-02 --to-date 2026-11-04 --max-active-runs 1
airflowctl backfill create w_bf2 --from-date 2026-11-02 --to-date 2026-11-05 --max-active-runs 1
"""

# mypy: ignore-errors

from datetime import UTC, datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, task

DAILY = {"schedule": "@daily", "start_date": datetime(2026, 11, 1, tzinfo=UTC), "catchup": False}
with DAG("w_bf3", **DAILY, max_active_runs=1, is_paused_upon_creation=False):
    BashOperator(task_id="s", bash_command="sleep 600")
with DAG("w_bf2", **DAILY):
    BashOperator(task_id="s", bash_command="sleep 600")
with DAG("w_bf", **DAILY, max_active_runs=1):

    @task
    def d(logical_date=None):
        if logical_date.day == 5:
            raise ValueError("no file for the 5th")

    d()
