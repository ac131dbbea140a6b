"""A task that prints a line a second: its log can be followed, and it can be stopped half way."""

# mypy: ignore-errors
from __future__ import annotations

import time

from airflow.sdk import Param, dag, get_current_context, task


@dag(
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["platform"],
    default_args={"owner": "platform"},
    description="Copy a file a second",
    params={"files": Param(20, type="integer", minimum=0, description="How many files")},
)
def backups():
    @task
    def copy():
        files = get_current_context()["params"]["files"]
        for number in range(1, files + 1):
            print(f"copied file {number} of {files}", flush=True)
            time.sleep(1)

    copy()


backups()
