"""A real Airflow on this machine, with everything it needs inside the checkout.

Standard library only, so that it works before anything is installed:

    with LocalAirflow(home) as airflow:
        print(airflow.url, airflow.password("admin"))
"""

from __future__ import annotations

from .install import airflow_venv, project_venv
from .processes import SetupError
from .progress import Say, on_stderr, quiet, timed
from .project_python import run_in_project_venv
from .server import LocalAirflow

__all__ = [
    "LocalAirflow",
    "Say",
    "SetupError",
    "airflow_venv",
    "on_stderr",
    "project_venv",
    "quiet",
    "run_in_project_venv",
    "timed",
]
