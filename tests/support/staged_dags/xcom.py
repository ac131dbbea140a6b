"""XComs: f_xcom (a key that no task pushed), f_mapbad (a value that cannot be mapped over)."""

# mypy: ignore-errors

from airflow.sdk import DAG, task

with DAG("f_xcom", schedule=None):

    @task
    def nothing():
        pass

    @task
    def wants(ti=None):
        return ti.xcom_pull(task_ids="nothing", key="table")["name"]

    nothing() >> wants()
with DAG("f_mapbad", schedule=None):

    @task
    def number():
        return 7

    @task
    def proc2(f):
        pass

    proc2.expand(f=number())
