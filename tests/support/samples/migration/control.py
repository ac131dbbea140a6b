"""Starts Dags from a script: airflow dags trigger, and what it prints."""

import json
import os
import shutil
import subprocess

from airflow.operators.bash import BashOperator

assert shutil.which("airflow"), "airflow dags list does not run here"


def newest_run(dag_id: str) -> str:
    out = subprocess.run(
        ["airflow", "dags", "list-runs", "-d", dag_id, "-o", "json"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return json.loads(out)[0]["run_id"]


def start(dag_id: str, day: str) -> None:
    subprocess.run(["airflow", "dags", "unpause", dag_id], check=True)
    subprocess.check_call(
        [
            "airflow",
            "dags",
            "backfill",
            "--reset-dagruns",
            "-s",
            day,
            "-e",
            day,
            dag_id,
        ]
    )
    os.system(f"airflow variables set last_day '{day}'")


def limit() -> int:
    return int(subprocess.check_output(["airflow", "variables", "get", "etl_limit"]))


clean = BashOperator(
    task_id="clean",
    bash_command="airflow db clean --yes --clean-before-timestamp '{{ ds }}' && airflow dags reserialize",
)
