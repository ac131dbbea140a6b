"""The manual pages: every command is in one, `man` reads them without a warning, and the wheel has them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from airflowctl.core.nouns import NOUNS
from airflowctl.domain.manual import manual_pages
from airflowctl.session import registry
from tests.support.paths import ROOT
from tests.support.program import Program

PAGES = dict(manual_pages())


def render(page: str, tmp_path: Path) -> str:
    """What man shows of a page; it must have nothing to warn of."""
    if shutil.which("man") is None:
        pytest.skip("this machine has no man")
    file = tmp_path / "page.1"
    file.write_text(page)
    done = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", str(file)], capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "MANWIDTH": "200", "LC_ALL": "C.UTF-8"}, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    "name", ["airflowctl.1", "airflowctl-dags.1", "airflowctl-variables.1", "airflowctl-api.1"]
)
def test_man_shows_a_page(name: str, tmp_path: Path) -> None:
    text = " ".join(render(PAGES[name], tmp_path).split())
    if name == "airflowctl.1":
        assert "AIRFLOWCTL_URL" in text
        assert "130, 141 interrupted" in text
        assert "--output FORMAT" in text
    else:
        noun = name.removeprefix("airflowctl-").removesuffix(".1")
        for command in registry.commands(noun).values():
            assert command.summary in text
            assert all(example in text for example in command.examples)


def test_there_is_a_page_of_each_noun() -> None:
    assert set(PAGES) == {"airflowctl.1", *(f"airflowctl-{noun}.1" for noun in NOUNS)}


def test_nothing_in_a_page_is_a_request_but_ours() -> None:
    known = {".TH", ".SH", ".SS", ".PP", ".TP", ".nf", ".fi", ".RS", ".RE"}
    lines = [line for page in PAGES.values() for line in page.splitlines()]
    assert {line.split()[0] for line in lines if line.startswith((".", "'"))} <= known


def test_help_prints_them(program: Program) -> None:
    assert program("help", "--man").out == PAGES["airflowctl.1"]
    assert program("help", "--man", "dags").out == PAGES["airflowctl-dags.1"]
    assert program("help", "--man", "nosuch").code == 2


def test_the_wheel_has_them(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if "/share/man/" in name]
        assert {name.rpartition("/")[2] for name in names} == set(PAGES)
        page = next(name for name in names if name.endswith("/man1/airflowctl-dags.1"))
        assert archive.read(page).decode() == PAGES["airflowctl-dags.1"]
