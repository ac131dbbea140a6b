"""w_asset_both waits for two assets: trigger w_make_orders, and one of the two has come (w_asset_one then runs)."""

# mypy: ignore-errors

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset

A, B = Asset("op_orders"), Asset("op_rates")
with DAG("w_make_orders", schedule=None):
    EmptyOperator(task_id="m", outlets=[A])
with DAG("w_make_rates", schedule=None):
    EmptyOperator(task_id="m", outlets=[B])
with DAG("w_asset_both", schedule=[A, B]):
    EmptyOperator(task_id="x")
with DAG("w_asset_one", schedule=[A]):
    EmptyOperator(task_id="x")
