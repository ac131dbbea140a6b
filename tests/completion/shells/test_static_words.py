"""What a script answers by itself is what the parser would say, for each command."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from airflowctl.completion.disk_source import DiskNames
from airflowctl.completion.scripts.script_text import render_script
from airflowctl.completion.scripts.static_words import places
from airflowctl.completion.shell_answer import SHELLS, find_answer, read_bash, render
from airflowctl.core.options import GLOBAL
from airflowctl.session.command_lookup import CommandLookup
from completers.protocols import Known
from tests.support.other_shells import require_shell

# Answers of the script alone where unset variables are forbidden: `asked` where it would start the program.
_DRIVER = """
set -u
__airflowctl_ask() { COMPREPLY=(asked); }
__airflowctl_files() { COMPREPLY=(files); }
COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
while IFS= read -r COMP_LINE; do
    COMP_POINT=${#COMP_LINE}
    __airflowctl_complete airflowctl ''
    printf '%s\\t' "${COMPREPLY[@]-}"
    printf '\\n'
done
"""


def lines() -> list[str]:
    """For each command: its words, an option begun, what follows each option with a value, arguments."""
    made = ["airflowctl ", "airflowctl d", "airflowctl -", "airflowctl nosuch "]
    for place in places()[1:]:
        for line in place.lines:
            made += [
                f"airflowctl {line}",
                f"airflowctl {line} ",
                f"airflowctl {line} --",
                f"airflowctl {line} x ",
            ]
            made.append(f"airflowctl -e there {line} --d")
        line = place.lines[0]
        made += [f"airflowctl {line} {option.flag} " for option in place.options if option.code != "s"]
        made += [f"airflowctl {line} {option.flag}=" for option in place.options if option.is_offered]
    made += [f"airflowctl pools list {flag} " for param in GLOBAL for flag in param.spellings]
    return made


def test_bash_answers_as_the_parser_does() -> None:
    script = render_script("bash") + _DRIVER
    done = subprocess.run(
        ["bash", "--norc", "-c", script], input="\n".join(lines()) + "\n", capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip
    answers = [row.rstrip("\t").split("\t") for row in done.stdout.split("\n")[:-1]]
    assert len(answers) == len(lines())
    wrong = {
        line: (answer, expected)
        for line, answer in zip(lines(), answers, strict=True)
        if answer != ["asked"] and answer != (expected := expected_of(line))
    }
    assert wrong == {}
    asked = sum(answer == ["asked"] for answer in answers)
    assert asked < len(answers) * 0.6  # the others are names, and words that no command has


def expected_of(line: str) -> list[str]:
    read = read_bash(line, ":=")
    assert read is not None
    lookup = CommandLookup({"HOME": "/nonexistent"})
    answer = find_answer(read.words, lookup, DiskNames({"HOME": "/nonexistent"}))
    if answer.kind == "files":
        return ["files"]
    return render("bash", read, answer).split("\n")[1:-1] or [""]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_names_its_version_and_has_no_mark_left(shell: str) -> None:
    script = render_script(shell)
    assert f" completion for airflowctl {__import__('airflowctl').__version__}," in script
    assert "@DATA@" not in script
    assert "@GLOBAL" not in script


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_reads_its_script(shell: str, tmp_path: Path) -> None:
    require_shell(shell)
    file = tmp_path / "script"
    file.write_text(render_script(shell))
    done = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("kind", "scope", "is_exact"),
    [("nosuch", {}, True), ("dag", {"--url": "http://h"}, True), ("dag", {}, False), ("run", {}, True)],
)
def test_a_shell_is_offered_no_names_that_cannot_be_known(
    kind: str, scope: dict[str, str], is_exact: bool
) -> None:
    source = DiskNames({"HOME": "/nonexistent"}, is_exact=is_exact)
    assert (source.names(kind, scope, ""), source.wanted) == (Known(), [])
