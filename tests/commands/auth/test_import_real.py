"""Environments of the official program, taken over."""

from __future__ import annotations

import json
import os
from pathlib import Path

from local_airflow import LocalAirflow

from tests.support.keyrings import Kept
from tests.support.program import Program


def test_the_official_environments_are_taken_over(
    program: Program, kept: Kept, airflow: LocalAirflow, token: str, tmp_path: Path
) -> None:
    folder = tmp_path / "official"
    folder.mkdir()
    (folder / "production.json").write_text(json.dumps({"api_url": airflow.url}))
    (folder / "staging.json").write_text(json.dumps({"api_url": "https://staging.example.org/"}))
    (folder / "debug_creds_production.json").write_text(json.dumps({"api_token_production": "x"}))
    (folder / "other.json").write_text("[]")
    kept.values["airflowctl", "api_token_production"] = token
    before = dict(kept.values)
    own = program.with_environ(AIRFLOW_HOME=str(folder))
    found = {row["environment"]: row["result"] for row in own("auth", "import", "--yes", "-o", "json").json}
    assert found == {"production": "address and login", "staging": "address only: it has no login"}
    assert own("dags", "list", "-e", "production").code == 0
    assert before.items() <= kept.values.items()
    again = {row["environment"]: row["result"] for row in own("auth", "import", "--yes", "-o", "json").json}
    assert again["production"] == "left as it is here (logged in)"
    assert sorted(os.listdir(folder)) == [
        "debug_creds_production.json",
        "other.json",
        "production.json",
        "staging.json",
    ]
