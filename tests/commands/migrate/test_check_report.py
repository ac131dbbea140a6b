"""What a person reads of a check, whose table of long texts would have no room on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Program


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    text = "airflow dags pause etl\nairflow variables --set k v\nairflow dags list | awk 'NR>2'\n"
    Path("x.sh").write_text(text)
    return "x.sh"


def test_each_call_stands_with_its_line_and_the_reason(program: Program, script: str) -> None:
    done = program("migrate", "check", script, terminal=True, columns=80)
    assert done.code == 6
    for words in (
        "x.sh:2: changed",
        "> airflowctl variables set k v",
        "the header has one line here, so that the first row is lost",
        "1 call the same here",
    ):
        assert words in done.out
    assert all(len(line) <= 90 for line in done.lines)  # colours included


@pytest.mark.parametrize(
    "options", [(), ("-o", "table"), ("--columns", "place,why"), ("--sort", "verdict")], ids=" ".join
)
def test_a_chosen_format_and_a_pipe_have_rows(
    program: Program, script: str, options: tuple[str, ...]
) -> None:
    done = program("migrate", "check", script, *options, terminal=bool(options))
    assert (done.code, done.lines[0].split()[0]) == (6, "place")
