"""Ended from outside: f_kill9 (SIGKILL), f_timeout (execution_timeout 5 s), f_dagrun_timeout (20 s)."""

# mypy: ignore-errors

import os
import signal
import time
from datetime import timedelta

from airflow.sdk import DAG, task

with DAG("f_kill9", schedule=None):

    @task
    def hog():
        print("eating memory", flush=True)
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)

    hog()
with DAG("f_timeout", schedule=None):

    @task(execution_timeout=timedelta(seconds=5))
    def hang():
        print("calling the bank")
        time.sleep(600)

    hang()
with DAG("f_dagrun_timeout", schedule=None, dagrun_timeout=timedelta(seconds=20)):

    @task
    def long():
        time.sleep(500)

    @task
    def after():
        pass

    long() >> after()
