"""Why there is no run: w_paused (pause, then trigger), m_warn (paused from the start), w_future, w_ended,
w_nocatchup, w_tonight; m_auto, which the scheduler pauses after two failed runs."""

# mypy: ignore-errors

from datetime import UTC, datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task


def day(*ymd):
    return datetime(*ymd, tzinfo=UTC)


def nothing():
    EmptyOperator(task_id="nothing")


with DAG("w_paused", schedule=None):
    nothing()
with DAG(
    "m_warn", schedule="@hourly", start_date=day(2026, 1, 1), catchup=False, is_paused_upon_creation=True
):
    nothing()
with DAG("w_future", schedule="@daily", start_date=day(2099, 3, 1), catchup=False):
    nothing()
with DAG("w_ended", schedule="@daily", start_date=day(2026, 1, 1), end_date=day(2026, 2, 1), catchup=False):
    nothing()
with DAG("w_nocatchup", schedule="0 3 1 1 *", start_date=day(2020, 1, 1), catchup=False):
    nothing()
with DAG("w_tonight", schedule="0 0 1 1 *", start_date=day(2024, 1, 1), catchup=False):
    nothing()
with DAG("m_auto", schedule=None, max_consecutive_failed_dag_runs=2):

    @task
    def always():
        raise ValueError("no rows")

    always()
