"""`config`, on real servers."""

from __future__ import annotations

from tests.support.command_results import check_refused
from tests.support.program import Program


def test_the_configuration_is_not_exposed(ctl: Program) -> None:
    for line in (["list"], ["get-value", "core", "executor"], ["get", "core", "executor"], ["lint"]):
        check_refused(ctl("config", *line), "config", code=4)
    check_refused(ctl("config", "list", "--defaults"), "--defaults", code=2)


def test_the_configuration_where_it_is_exposed(fab: Program) -> None:
    assert fab("config", "get-value", "core", "test_connection").out == "Enabled\n"
    check_refused(fab("config", "get", "core", "nosuch"), "nosuch")
    rows = fab("config", "list", "--section", "core", "-o", "json").json
    assert {"section": "core", "option": "executor"} in rows
    valued = fab("config", "list", "--section", "core", "--show-values", "-V", "-o", "json").json
    found = {row["option"]: row for row in valued}
    assert found["test_connection"]["value"] == "Enabled"
    assert found["test_connection"]["variable"] == "AIRFLOW__CORE__TEST_CONNECTION"
    assert "<" in found["fernet_key"]["value"]
    check_refused(fab("config", "list", "--section", "nosuch"), "nosuch")
    done = fab("config", "lint", "--ignore-section", "nosuch", "-o", "json")
    assert done.code == 0
    assert all(row["problem"] for row in done.json)
