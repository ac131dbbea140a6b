"""The lock files: a hash for each file that is installed, and none older than pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_airflow import locks, places


def test_the_lock_files_are_up_to_date() -> None:
    assert locks.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("==", ">="),
        ("--hash=sha256:", "--hash=md5:"),
        ("# Made by", "# Written by"),
        (places.DEV_LOCK.read_text().split(": ")[1][:64], "0" * 64),
    ],
    ids=["no version", "no hash", "no digest", "another pyproject.toml"],
)
def test_a_lock_file_that_was_changed_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    before: str,
    after: str,
) -> None:
    changed = tmp_path / places.DEV_LOCK.name
    changed.write_text(places.DEV_LOCK.read_text().replace(before, after))
    monkeypatch.setattr(places, "DEV_LOCK", changed)
    monkeypatch.setattr(places, "LOCKS", (changed,))
    assert locks.main(["--check"]) == 1
    assert "requirements-dev.txt" in capsys.readouterr().err


def test_no_lock_file_names_a_registry() -> None:
    files = places.PACKAGE.glob("requirements-*.txt")
    assert [file.name for file in files if "://" in file.read_text()] == []
