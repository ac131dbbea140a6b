"""Files of this machine complete what is begun of their path."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflowctl.completion.local_source import LocalNames
from completers.protocols import LOADING
from tests.support.waiting import until


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "inner").mkdir()
    for name in ("lines.txt", ".hidden", "inner/deep.txt"):
        (tmp_path / name).touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


CASES = {
    "": ["inner/", "lines.txt"],
    "li": ["inner/", "lines.txt"],  # the whole folder: the engine looks for what is begun
    ".": [".hidden"],
    "inner/": ["inner/deep.txt"],
    "inner/de": ["inner/deep.txt"],
    "~/inner/": ["~/inner/deep.txt"],
    "./": ["./inner/", "./lines.txt"],
    "../no-such-folder/": [],
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("begun", CASES)
def test_the_files_of_the_folder_that_is_begun(begun: str) -> None:
    names = LocalNames(lambda: None)
    until(lambda: names.files(begun).state != LOADING, "an end of looking")
    assert [choice.text for choice in names.files(begun).names] == CASES[begun]


def test_an_absolute_path(folder: Path) -> None:
    names = LocalNames(lambda: None)
    until(lambda: names.files(f"{folder}/l").state != LOADING, "an end of looking")
    assert [choice.text for choice in names.files(f"{folder}/l").names] == [
        f"{folder}/inner/", f"{folder}/lines.txt"
    ]  # fmt: skip
