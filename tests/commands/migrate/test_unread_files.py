"""A file that cannot be read is named, and the exit code says that not all was looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Program

SAME, CHANGES = "airflow dags pause etl\n", "airflow variables --set k v\n"


@pytest.mark.parametrize(
    ("texts", "others", "code"),
    [
        ([SAME], [], 0),
        ([SAME], ["/dev/zero"], 1),
        ([], ["/dev/zero"], 1),
        ([CHANGES], ["/dev/zero"], 6),
        ([SAME], ["{folder}/picture"], 0),
    ],
)
def test_the_exit_code_of_a_check(
    texts: list[str], others: list[str], code: int, program: Program, tmp_path: Path
) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\0")
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.sh").write_text(text)
    paths = [str(tmp_path / f"{number}.sh") for number in range(len(texts))]
    others = [other.format(folder=tmp_path) for other in others]
    done = program("migrate", "check", *paths, *others)
    assert done.code == code, done.err
    assert all(f"not read: {other}" in done.err for other in others)
