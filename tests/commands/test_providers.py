"""`providers`, on a real Airflow."""

from __future__ import annotations

import httpx

from tests.support.command_results import check_refused, read_column
from tests.support.program import Program


def test_providers(ctl: Program, api: httpx.Client) -> None:
    known = [item["package_name"] for item in api.get("/providers").json()["providers"]]
    assert read_column(ctl("providers", "list"), "package_name") == known
    one = ctl("providers", "get", "standard", "-o", "json").json
    assert one["package_name"] == "apache-airflow-providers-standard"
    check_refused(ctl("providers", "get", "apache-airflow-providers-standrad"), "did you mean")
    check_refused(ctl("providers", "get", "standard", "--full"), "--full", code=2)
