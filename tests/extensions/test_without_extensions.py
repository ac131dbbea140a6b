"""`--no-plugins` and its variable, and what `doctor` says of the plug-ins that are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflowctl.core.options import has_plugins
from tests.support.plug_ins import COMMANDS, install, install_greet
from tests.support.program import Program


@pytest.fixture
def own(program: Program, tmp_path: Path) -> Program:
    """The program with the noun `greet`, and a second package that is broken."""
    folder = install_greet(tmp_path / "packages")
    broken = install(
        tmp_path / "broken",
        "broken-package",
        {COMMANDS: {"torn": "torn_module:TORN"}},
        {"torn_module": "1 / 0"},
    )
    return program.with_environ(PYTHONPATH=f"{folder}:{broken}")


def plug_ins(done_json: object) -> list[tuple[str, str]]:
    assert isinstance(done_json, dict)
    return [(row["state"], row["detail"]) for row in done_json["findings"] if row["check"] == "plug-ins"]


def test_a_run_without_plug_ins_knows_none(own: Program, tmp_path: Path) -> None:
    assert own.process("help", "greet").code == 0
    for option, program in (
        (("--no-plugins",), own),
        ((), own.with_environ(AIRFLOWCTL_NO_PLUGINS="1")),
    ):
        done = program.process(*option, "help", "greet")
        assert done.code == 2
        assert "warning" not in done.err
        assert "Commands of plug-ins" not in program.process(*option, "--help").out
        assert program.process(*option, "help", "pools").code == 0
    assert own.process("help", "pools", "--no-plugins").code == 2  # an option of the program stands first


def test_no_plug_in_is_imported_then(own: Program, tmp_path: Path) -> None:
    mark = tmp_path / "packages" / "marks" / "imported"
    assert own.process("--no-plugins", "version").code == 0
    assert own.process("--no-plugins", stdin="version\n").code == 0
    assert own.with_environ(AIRFLOWCTL_NO_PLUGINS="1").process(
        "__complete", "bash", "airflowctl gr"
    ).code in (0, 1)
    assert not mark.exists()
    own.process("--help")
    assert mark.exists()


def test_behind_two_dashes_it_is_an_argument() -> None:
    assert has_plugins({}, ("variables", "set", "k", "--", "--no-plugins"))
    assert not has_plugins({}, ("--no-plugins", "variables", "set", "k", "--", "v"))


def test_a_line_of_a_batch_cannot_say_it(own: Program) -> None:
    done = own.process(stdin="version --no-plugins\n")
    assert done.code == 2
    assert "unknown option --no-plugins" in done.err


def test_a_wrong_variable_is_an_error(own: Program) -> None:
    done = own.with_environ(AIRFLOWCTL_NO_PLUGINS="maybe").process("version")
    assert done.code == 2
    assert "AIRFLOWCTL_NO_PLUGINS" in done.err


def test_doctor_names_them(own: Program) -> None:
    (good, broken) = plug_ins(own.process("doctor", "-o", "json").json)
    assert good == ("ok", "greet-package 1.0: noun greet")
    assert broken[0] == "warning"
    assert "broken-package" in broken[1]
    assert "ZeroDivisionError" in broken[1]


def test_doctor_says_that_there_are_none(own: Program, program: Program) -> None:
    [(status, detail)] = plug_ins(own.process("--no-plugins", "doctor", "-o", "json").json)
    assert (status, detail[:20]) == ("ok", "left out of this run")
    assert plug_ins(program.process("doctor", "-o", "json").json) == [("ok", "none is installed")]
