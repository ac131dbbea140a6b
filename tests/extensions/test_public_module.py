"""What `airflowctl.extensions` promises to plug-ins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from airflowctl import extensions
from airflowctl.core import command, extension_points

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", extensions.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(extensions, name) is not None


def test_the_names_are_sorted_and_those_of_the_first_version() -> None:
    """A change of this list is a change of API_VERSION, and of docs/how-to/extensions.md."""
    assert extensions.API_VERSION == extension_points.API_VERSION == 1
    assert sorted(extensions.__all__) == sorted(set(extensions.__all__))
    assert " ".join(sorted(extensions.__all__)) == (
        "ALWAYS API_VERSION Api CHANGE CLEAR CREATE CREATES CliError Command Commands Conflict Credential"
        " DELETE DRY_RUN DataFormat Effect Format Item LIMIT LineFormat Login MARK NOTHING NotFound"
        " NotLoggedIn OVERWRITE Param Provider READS Record Rows SWITCH Session Style Text UsageError"
        " arg command converters effect flag full_text lookup names opt toggle"
    )


def test_what_is_not_there_says_which_version_this_is() -> None:
    with pytest.raises(ImportError, match="has no 'Novelty'; this is version 1 of the plug-in API"):
        exec("from airflowctl.extensions import Novelty")
    assert not hasattr(extensions, "__wrapped__")


def test_it_loads_no_httpx() -> None:
    code = "import sys, airflowctl.extensions; print('httpx' in sys.modules, 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False False\n"


def test_a_declaration_is_as_ours() -> None:
    made = extensions.command("x y", "Do.", op="get_pool", examples=("airflowctl x y",))(lambda session: None)
    ours = command.command("x y", "Do.", op="get_pool", examples=("airflowctl x y",))(made.handler)
    assert made == ours


@pytest.mark.parametrize("kind", ["", "remove", None])
def test_an_effect_of_no_kind_is_refused(kind: str) -> None:
    with pytest.raises(TypeError, match="effect: there is no kind"):
        extensions.effect(kind)
