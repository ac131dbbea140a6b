"""What keeps a local Airflow: its processes, started again where that is of use."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from local_airflow import keeper

from tests.support.waiting import until


def ending(log: Path) -> keeper._Component:
    component = keeper._Component([sys.executable, "-c", "print('database is locked'); exit(3)"], log)
    assert until(component.ended, "an end") == "triggerer 3"
    return component


def test_what_ends_at_once_is_not_started_again(tmp_path: Path) -> None:
    assert not ending(tmp_path / "triggerer.log").goes_on()


def test_what_has_lived_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    component = ending(tmp_path / "triggerer.log")
    monkeypatch.setattr(keeper, "_LIFE_SECONDS", 0)
    first = component.process.pid
    assert component.goes_on()
    assert component.process.pid != first
    assert until(component.ended, "another end") == "triggerer 3"
    assert (
        "triggerer 3: started again after 0 s; it ended with\ndatabase is locked" in capsys.readouterr().err
    )
    assert (tmp_path / "triggerer.log").read_text().count("locked") == 2
