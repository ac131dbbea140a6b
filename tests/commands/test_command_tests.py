"""Each command has a test of its own: a line in its noun's transcript, which test_transcripts.py runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflowctl.session import registry
from tests.support.paths import TESTS
from tests.support.transcripts import FOLDER, commands_in, read_entries

# What needs a terminal, or a line that still runs: the file that types them into a shell.
IN_SHELL = {
    "top": "test_top.py",
    "dash": "test_top.py",
    "pick": "test_row_picker.py",
    **dict.fromkeys(("edit connections", "edit variables", "edit pools", "edit dags"), "test_edit.py"),
    "fg": "test_background_lines.py",
    "kill": "test_background_lines.py",
}


def commands_without_a_test(folder: Path) -> list[str]:
    """Each command of which no line stands in the transcript of its noun, with what to do about it."""
    missing = []
    for noun in registry.nouns():
        path = folder / f"{noun}.txt"
        tested = commands_in(read_entries(path)) if path.exists() else set()
        missing += [
            f"`{command.line}` ({command.handler.__module__}) has no test: add one to transcripts/{path.name}"
            for command in registry.all_commands()
            if command.words[0] == noun and command.line not in {*tested, *IN_SHELL}
        ]
    return missing


def test_a_command_has_a_test_of_its_own() -> None:
    missing = commands_without_a_test(FOLDER)
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(("line", "file"), IN_SHELL.items(), ids=IN_SHELL)
def test_a_command_of_the_terminal_is_typed_into_a_shell(line: str, file: str) -> None:
    assert f"{line} " in (TESTS / "shell" / file).read_text(encoding="utf-8")


def test_each_transcript_is_of_a_noun() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(registry.nouns())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pools get is not run here",
        "$ airflowctl version\npools get p",
        "$ airflowctl version\n! see: airflowctl pools get",
        "$ airflowctl version\n> GET /pools get",
        "$ airflowctl help pools get",
        "$ airflowctl pools get p --help",
        "$ airflowctl pools get\n! error: required: NAME\n[2]",  # no handler runs
        "$ airflowctl pools getp p",
        "$ airflowctl pools list get p",
    ],
)
def test_a_command_that_is_only_mentioned_has_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "pools.txt").write_text(f"{text}\n")
    assert any(
        line.startswith("`pools get` (airflowctl.commands.") for line in commands_without_a_test(tmp_path)
    )


@pytest.mark.parametrize("text", ["$ airflowctl pools get p", "airflowctl> pools get p -o json"])
def test_a_command_whose_line_runs_has_one(text: str, tmp_path: Path) -> None:
    (tmp_path / "pools.txt").write_text(f"{text}\n")
    missing = commands_without_a_test(tmp_path)
    assert not any(line.startswith("`pools get` ") for line in missing)
    assert any(line.startswith("`pools list` ") for line in missing)
