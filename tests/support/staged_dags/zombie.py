"""f_zombie2: a task whose heartbeat is lost; the only trace of the cause is in the audit log.

Stop (kill -STOP) the task's process and its parent; the pid: airflowctl tasks get f_zombie2 undead2 RUN -o json --query pid
Then wait for [scheduler] task_instance_heartbeat_timeout (60 s makes it short).
"""

# mypy: ignore-errors

import time

from airflow.sdk import DAG, task

with DAG("f_zombie2", schedule=None):

    @task
    def undead2():
        print("alive and well", flush=True)
        time.sleep(900)

    undead2()
