"""Dags with assets, tags and a schedule, which the demo has not; they can be deleted."""

from datetime import datetime

from airflow.sdk import Asset, AssetAlias, dag, task

orders, rates = Asset("orders", uri="s3://lake/orders"), Asset("ord_rs", uri="s3://lake/rates")


@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False, tags=["money", "daily"])
def daily():
    @task(outlets=[orders])
    def make(): ...
    @task(outlets=[AssetAlias("any-orders")])
    def after(): ...

    make() >> after()


@dag(schedule=[orders, rates], tags=["money"])
def waiting():
    @task
    def use(): ...

    use()


@dag(schedule=None)
def doomed():
    @task
    def nothing(): ...

    nothing()


daily(), waiting(), doomed()
