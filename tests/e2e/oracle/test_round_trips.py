"""Files go from this program to the classic command and back, and the rows of the database stay the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.classic_command import Classic
from tests.support.program import Program
from tests.support.round_trips import Trip, check_round_trip


@pytest.fixture(scope="module")
def classic(airflow: LocalAirflow) -> Iterator[Classic]:
    with Classic(airflow) as command:
        yield command


@pytest.mark.time_limit(300)  # the classic command takes seconds to load
@pytest.mark.parametrize("is_to_classic", [True, False], ids=["to classic", "from classic"])
@pytest.mark.parametrize(
    ("noun", "form"),
    [
        ("variables", "json"), ("variables", "yaml"), ("variables", "env"), ("connections", "json"),
        ("connections", "yaml"), ("connections", "env"), ("pools", "json"),
    ],
)  # fmt: skip
def test_a_file_means_the_same_to_both(
    noun: str, form: str, is_to_classic: bool, ctl: Program, classic: Classic, airflow: LocalAirflow,
    api: httpx.Client, unique: str, tmp_path: Path,
) -> None:  # fmt: skip
    if noun == "variables" and form != "json" and not is_to_classic:
        form = "json"  # the only one that the classic command writes of variables
    check_round_trip(Trip(ctl, classic, airflow, api, tmp_path), noun, form, is_to_classic, unique)
