"""Waits for a person: w_hitl (a question with options), w_approve (an approval)."""

# mypy: ignore-errors

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLOperator
from airflow.sdk import DAG

with DAG("w_hitl", schedule=None):
    ask = HITLOperator(
        task_id="ask", subject="Load 7 rows into prod?", options=["load", "drop"], params={"why": "because"}
    )
    ask >> EmptyOperator(task_id="go")
with DAG("w_approve", schedule=None):
    ApprovalOperator(task_id="approve", subject="Release?") >> EmptyOperator(task_id="go")
