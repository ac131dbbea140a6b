"""A run that waits until a person approves it."""

# mypy: ignore-errors
from __future__ import annotations

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task


@dag(
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["demo", "approval"],
    default_args={"owner": "finance"},
    description="Waits for an approval",
)
def demo_waits():
    @task
    def draft():
        print("an invoice of 120.00 is ready")

    @task
    def pay():
        print("paid")

    approve = ApprovalOperator(
        task_id="approve",
        subject="Pay the invoice?",
        body="The invoice of **120.00** is due today.",
    )
    draft() >> approve >> pay()


demo_waits()
