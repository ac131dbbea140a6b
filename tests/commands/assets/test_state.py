"""An asset that is made and waited for, and what is kept with it, on a real Airflow."""

from __future__ import annotations

import pytest

from tests.support.parity_airflow import Both
from tests.support.program import Program
from tests.support.shell_driver import Desk


@pytest.fixture
def ctl(both: Both) -> Program:
    return both.ctl


def test_an_asset_is_made_and_waited_for(ctl: Program) -> None:
    done = ctl("assets", "materialize", "--name", "made", "--wait", "--timeout", "120", "-o", "json")
    assert (done.code, done.json["state"], done.json["dag_id"]) == (0, "success", "maker")
    done = ctl("assets", "materialize", "--name", "made", "--timeout", "1")
    assert (done.code, done.out) == (2, "")


def test_what_is_kept_with_an_asset_completes_by_its_name(ctl: Program, unique: str) -> None:
    """The server lists it by the asset's number only, which nobody knows."""
    assert ctl("assets", "state", "set", "orders", unique, "7").code == 0
    number = ctl("assets", "get", "orders", "-o", "json").json["id"]
    for asset in ("orders", number):
        assert unique in Desk(ctl).offered(f"assets state get {asset} ")
    assert ctl("assets", "state", "delete", "orders", unique, "-y").code == 0
