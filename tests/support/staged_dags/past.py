"""An earlier run is in the way: w_past (depends_on_past), w_downstream (wait_for_downstream); day 21 fails, day 22 waits.

for d in 20 21 22: airflowctl dags trigger w_past --run-id past$d --logical-date 2026-11-$d (w_downstream: ds$d)
"""

# mypy: ignore-errors

from datetime import UTC, datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task

START = datetime(2026, 11, 20, tzinfo=UTC)
with DAG(
    "w_past", schedule="@daily", start_date=START, catchup=False, default_args={"depends_on_past": True}
):

    @task
    def step(logical_date=None):
        if logical_date.day == 21:
            raise ValueError("day 21 broken")

    step()
with DAG("w_downstream", schedule="@daily", start_date=START, catchup=False):

    @task
    def b(logical_date=None):
        if logical_date.day == 21:
            raise ValueError("b of day 21 broken")

    EmptyOperator(task_id="a", wait_for_downstream=True) >> b()
