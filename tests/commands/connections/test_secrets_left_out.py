"""Which fields of an import are compared with a connection whose secrets are stored."""

from __future__ import annotations

from typing import Any

import pytest

from airflowctl.domain.connections.kept_secrets import _prepare

STORED = {"conn_type": "http", "password": "***"}


@pytest.mark.parametrize("password", [None, "", "***"])
def test_a_password_that_says_nothing_keeps_the_stored_one(password: Any) -> None:
    wanted = {"conn_type": "http", "password": password}
    assert _prepare(wanted, STORED, False) == ({"conn_type": "http"}, ("password",))


def test_a_password_that_is_not_named_is_no_secret_that_is_kept() -> None:
    assert _prepare({"conn_type": "http"}, STORED, False) == ({"conn_type": "http"}, ())


def test_a_new_password_is_written() -> None:
    wanted = {"conn_type": "http", "password": "new"}
    assert _prepare(wanted, STORED, False) == (wanted, ())


def test_a_null_stays_where_nothing_is_stored() -> None:
    wanted = {"conn_type": "http", "password": None}
    assert _prepare(wanted, {"conn_type": "http", "password": None}, False) == (wanted, ())
