"""`connections test --on-worker`, on a real Airflow."""

from __future__ import annotations

import pytest

from tests.support.parity_airflow import Both
from tests.support.program import Program


@pytest.fixture
def ctl(both: Both) -> Program:
    return both.ctl


def test_a_connection_is_tested_on_a_worker(ctl: Program, unique: str) -> None:
    """A worker does not look at what is stored: it is given the fields, and a password if there is one."""
    assert ctl("connections", "add", unique, "--conn-type", "fs", "--conn-extra", '{"path": "/"}').code == 0
    line = ("connections", "test", unique, "--on-worker")
    done = ctl(*line)
    assert (done.out, done.code) == (f"{unique} works: Path / is existing.\n", 0)
    assert ctl("connections", "update", unique, "--conn-password", "hunter22").code == 0
    done = ctl(*line)
    assert (done.out, done.code) == ("", 2)
    assert "give it with --password-stdin" in done.err
    done = ctl(*line, "--password-stdin", "--debug", stdin="hunter22\n")
    assert (done.out, done.code) == (f"{unique} works: Path / is existing.\n", 0)
    assert "hunter22" not in done.err
    assert ctl("connections", "delete", unique).code == 0
