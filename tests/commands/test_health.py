"""`health`, on a real Airflow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.support.program import Program


def test_health_tells_each_component_without_a_login(program: Program, airflow: Any) -> None:
    done = program("health", "--url", airflow.url, "-o", "json")
    parts = {row["component"]: row for row in done.json}
    assert (done.err, done.code) == ("", 0)
    assert parts["metadatabase"]["status"] == parts["scheduler"]["status"] == "healthy"
    assert datetime.fromisoformat(parts["scheduler"]["latest_heartbeat"])
    assert parts["triggerer"]["status"] is None  # none was started here
