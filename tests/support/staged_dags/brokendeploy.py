"""A file that breaks after it was read: r_brk (only the worker has seen it), f_latebreak (the Dag processor
has seen it, too). The file breaks while there is a file of its name with the end `.broken` beside it."""

# mypy: ignore-errors

import os

from airflow.sdk import DAG, task

if os.path.exists(__file__ + ".broken"):
    raise ImportError("broken deploy")

with DAG("r_brk", schedule=None):

    @task
    def a():
        print("hi")

    a()
