"""An invoice that is paid when a person has approved it."""

# mypy: ignore-errors
from __future__ import annotations

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task


@dag(
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["finance"],
    default_args={"owner": "finance"},
    description="Pay an invoice, when a person has approved it",
)
def invoices():
    @task
    def draft():
        print("an invoice of 120.00 is ready")

    @task
    def pay():
        print("paid 120.00")

    approve = ApprovalOperator(
        task_id="approve",
        subject="Pay the invoice of 120.00?",
        body="It is due today.",
    )
    draft() >> approve >> pay()


invoices()
