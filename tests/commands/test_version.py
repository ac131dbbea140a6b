"""`version`, on a real Airflow."""

from __future__ import annotations

from typing import Any

from tests.support.program import Program


def test_version_needs_no_login(program: Program, airflow: Any) -> None:
    done = program("version", "--remote", "--url", airflow.url)
    assert done.lines[1] == f"Airflow 3.3.2 at {airflow.url}"
    assert (done.err, done.code) == ("", 0)


def test_version_as_json_is_one_document(ctl: Program) -> None:
    found = ctl("version", "--remote", "-o", "json").json
    assert found["airflow"]["version"] == "3.3.2"
    assert found["url"] == ctl.environ["AIRFLOWCTL_URL"]
