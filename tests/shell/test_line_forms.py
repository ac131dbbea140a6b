"""Forms for the values of a line: what they are made of, what is checked, and what is sent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from airflowctl.core.fields import Field, fields
from tests.support.program import Program
from tests.support.screen import ESCAPE, TAB, Screen
from tests.support.stub import Stub

ENTER, RIGHT, F4, F5, NEW_LINE = "\r", "\x1b[C", "\x1bOS", "\x1b[15~", "\n"
SIZES = pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200)])


def param(value: Any, **schema: Any) -> Field:
    return fields({"it": {"value": value, "schema": schema}})[0]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (param("2026-11-01", type="string", format="date"), "2026-12-01", "2026-12-01"),
        (
            param(None, type="string", format="date-time"),
            "2026-12-01T10:00:00+00:00",
            "2026-12-01T10:00:00+00:00",
        ),
        (param(None, type="string", format="time"), "10:30:00", "10:30:00"),
        (param("a\nb", type="string", format="multiline"), "c\nd", "c\nd"),
        (param(None, type="string", format="email"), "a@b", "a@b"),
        (param(3, type="integer", minimum=1, maximum=9), "9", 9),
        (param(0.5, type="number", exclusiveMinimum=0), "0.25", 0.25),
        (param(False, type="boolean"), "true", True),
        (param("a", enum=["a", 3]), "3", 3),
        (param(["a"], type="array", items={"type": "string"}), '["x"]', ["x"]),
        (param({"a": 1}, type="object", required=["a"]), '{"a": 2}', {"a": 2}),
        (param(None, type=["null", "integer"], minimum=3), "", None),
        (param(None, type=["null", "integer"], minimum=3), "4", 4),
        (param("v1", const="v1"), "v1", "v1"),
    ],
)
def test_a_param_of_each_kind_takes_what_fits(field: Field, text: str, value: object) -> None:
    assert field.value(text) == value


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        (param("2026-11-01", type="string", format="date"), "1.12.2026", "not a date, like 2026-11-01"),
        (param(None, type="string", format="date-time"), "soon", "not a date and time"),
        (param(None, type="string", format="time"), "25:00", "not a time of day"),
        (param(3, type="integer", minimum=1, maximum=9), "10", "at most 9"),
        (param(3, type="integer"), "1.5", "not a whole number"),
        (param(0.5, type="number", exclusiveMinimum=0), "0", "more than 0"),
        (param("ab", type="string", pattern="^[a-z]+$"), "A", r"like \^"),
        (param(["a"], type="array", items={"type": "string"}), "[1]", "item 1: not text"),
        (param({"a": 1}, type="object", required=["a"]), "{}", "needs a"),
        (param(None, type=["null", "integer"], minimum=3), "2", "at least 3"),
        (param("v1", const="v1"), "v2", "one of v1"),
    ],
)
def test_a_param_of_each_kind_refuses_what_does_not(field: Field, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        field.value(text)


@SIZES
def test_a_pool(rows: int, columns: int, ctl: Program, api: httpx.Client) -> None:
    name = f"form {rows}"
    try:
        with Screen(ctl, rows=rows, columns=columns) as screen:
            screen.prompt()
            screen.type("pools create\n")
            screen.until("^>!name", "needs a value")
            screen.type(f"{name}{TAB}-x")
            screen.until("^>!slots +-x", "^  not a whole number[.] The number of slots")
            assert api.get(f"/pools/{name}").status_code == 404
            screen.type("\x7f\x7f8" + TAB + "by a form" + TAB + RIGHT)
            screen.until("^> include-deferred +true")
            screen.type(ENTER)
            screen.until(rf"(?s)the same without a form: pools create .*'{name}'\s+8")
            screen.prompt()
        pool = api.get(f"/pools/{name}").json()
        assert (pool["slots"], pool["description"], pool["include_deferred"]) == (8, "by a form", True)
    finally:
        api.delete(f"/pools/{name}")


@SIZES
def test_a_variable_is_checked_as_json(rows: int, columns: int, ctl: Program, api: httpx.Client) -> None:
    key = f"form_{rows}"
    try:
        with Screen(ctl, rows=rows, columns=columns) as screen:
            screen.prompt()
            screen.type("variables create" + F4)
            screen.until("^>!key")
            screen.type(f"{key}{TAB}" + '{"a": 1' + TAB + TAB + RIGHT)
            screen.until("^ !value +{")
            screen.type("\x1b[A\x1b[A")
            screen.until("^>!value", "not JSON")
            screen.type(f"{NEW_LINE}}}")
            screen.until("^> value", "^ +}")
            screen.type(ENTER * 3)
            screen.until("the same without a form: variables create", "^key +form_")
        assert api.get(f"/variables/{key}").json()["value"].replace(" ", "") in ('{"a":1}', '{"a":1\n}')
    finally:
        api.delete(f"/variables/{key}")


@SIZES
def test_a_connection_by_its_type(rows: int, columns: int, ctl: Program, api: httpx.Client) -> None:
    name = f"form_{rows}"
    try:
        with Screen(ctl, rows=rows, columns=columns) as screen:
            screen.prompt()
            screen.type("connections add\n")
            screen.until("^>!conn_id", "^  conn-type +")
            screen.type(f"{name}{TAB}p")
            screen.until("^> conn-type +package_index")
            screen.type(ENTER)
            # As its hook says: no schema and no port, its own label and placeholder.
            screen.until("^> description", "^  Package Index URL", "^  login", "^  password")
            assert "schema" not in screen.text and "port " not in screen.text
            screen.type(TAB + "https://index.example.org" + TAB + "me" + TAB + "s3cret-canary")
            screen.until(r"^> password +\*+$")
            screen.type(F5)
            screen.until("^  (it works|it fails|not tested): ")
            screen.type(ENTER * 3)
            screen.until(r"the same without a form: connections add", r"without\s+--conn-password")
            screen.until(f"^connection_id +{name}")
            assert "canary" not in screen.raw
        made = api.get(f"/connections/{name}").json()
        assert (made["conn_type"], made["host"], made["login"], made["password"]) == (
            "package_index", "https://index.example.org", "me", "***",
        )  # fmt: skip
    finally:
        api.delete(f"/connections/{name}")


def test_a_backfill_says_what_the_server_says_of_it(ctl: Program) -> None:
    with Screen(ctl) as screen:
        screen.prompt()
        screen.type("backfill create demo_etl --form\n")
        screen.until("^> dag_id +demo_etl", "^ !from-date")
        screen.type(TAB + "2026-11-01" + TAB + "2026-11-03")
        screen.until("^  (demo_etl has a non-periodic schedule|[0-9]+ runs? would be made)")
        screen.type(ESCAPE)
        screen.until("^nothing was sent")


def test_a_backfill_with_a_dry_run_stays_one(online: Program, stub: Stub) -> None:
    with Screen(online, "backfill", "create", "etl", "--dry-run", "--form") as screen:
        screen.until("^> dag_id +etl", "^ !from-date")
        screen.type(TAB + "2026-11-01" + TAB + "2026-11-03" + ENTER * 8)
        screen.until_true(lambda: "without a form" in screen.text, "the end of the form")
        screen.end()
    assert {request.path.rpartition("/")[2] for request in stub.requests if request.method == "POST"} <= {
        "dry_run"
    }
    assert "--dry-run" in " ".join(screen.text.split())


def test_leaving_sends_nothing(online: Program, stub: Stub) -> None:
    with Screen(online) as screen:
        screen.prompt()
        for line in ("pools create", "pools set", "variables create", "variables set", "backfill create"):
            screen.type(f"{line}\n")
            screen.until("^>!")
            screen.type(ESCAPE)
            screen.until_true(lambda: ">!" not in screen.text, "an end of the form")
            screen.prompt()
    assert [request.path for request in stub.requests if request.method != "GET"] == []


@pytest.mark.parametrize(
    "line", ["pools create", "variables set", "backfill create", "connections add", "pools create x --form"]
)
def test_without_a_terminal_there_is_no_form(line: str, online: Program, stub: Stub) -> None:
    for done in (online(*line.split()), online("-f", "-", stdin=f"{line}\n")):
        assert (done.code, done.out) == (2, "") and ("missing" in done.err or "--form needs" in done.err), (
            done
        )
    assert online("pools", "list", "--form").code == 2
    assert stub.requests == []
