"""`edit` in the shell, on a terminal: the editor has it, then the difference and the question stand there."""

from __future__ import annotations

import httpx
import pytest

from tests.support.program import Program
from tests.support.screen import Screen

SIZES = [(24, 80), (50, 200)]


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_a_variable_a_pool_a_connection_and_a_dag(
    rows: int, columns: int, ctl: Program, api: httpx.Client
) -> None:
    api.post("/variables", json={"key": "in_shell", "value": "one"})
    api.post("/pools", json={"name": "in_shell", "slots": 1})
    api.post("/connections", json={"connection_id": "in_shell", "conn_type": "http", "host": "one"})
    expressions = (
        "value: one/value: two",
        "slots: 1/slots: 2",
        "host: one/host: two",
        "is_paused: false/is_paused: true",
    )
    editor = "sed -i " + " ".join(f"-e 's/^{each}/'" for each in expressions)
    try:
        with Screen(ctl.with_environ(VISUAL=editor), rows=rows, columns=columns) as screen:
            for line, difference in (
                ("edit variables in_shell", "+value: two"),
                ("edit pools in_shell", "+slots: 2"),
                ("edit connections in_shell", "+host: two"),
                ("edit dags demo_etl", "+is_paused: true"),
            ):
                screen.prompt()
                screen.type(f"{line}\n")
                screen.until(rf"(?s)\{difference}.*\[y/N\]")
                screen.type("y\n")
                screen.until(rf"changed (in_shell|demo_etl): {difference[1:].partition(':')[0]}")
        assert api.get("/variables/in_shell").json()["value"] == "two"
        assert api.get("/pools/in_shell").json()["slots"] == 2
        assert api.get("/connections/in_shell").json()["host"] == "two"
        assert api.get("/dags/demo_etl").json()["is_paused"] is True
    finally:
        api.patch("/dags/demo_etl", json={"is_paused": False})
        for path in ("variables", "pools", "connections"):
            api.delete(f"/{path}/in_shell")
