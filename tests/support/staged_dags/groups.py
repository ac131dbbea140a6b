"""A failure in a task group: f_group (one task, others not run because of it), f_group2 (two tasks)."""

# mypy: ignore-errors

from airflow.sdk import DAG, task, task_group

with DAG("f_group", schedule=None):

    @task_group
    def prep():
        @task
        def clean():
            raise RuntimeError("cleaning broke")

        @task
        def shape():
            pass

        clean() >> shape()

    @task
    def finish():
        pass

    prep() >> finish()
with DAG("f_group2", schedule=None):

    @task_group
    def load():
        @task
        def a():
            raise ValueError("a")

        @task
        def b():
            raise ValueError("b")

        a()
        b()

    @task
    def after():
        print("after ran")

    load() >> after()
