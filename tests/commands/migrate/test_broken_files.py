"""Files that are cut off, mixed up or huge: each is read or refused in a line, and none raises."""

from __future__ import annotations

import random
import time

import pytest

from airflowctl.domain.migration.rewritten import rewrite
from airflowctl.domain.migration.scan import find_in
from airflowctl.domain.migration.source_file import SourceFile, kind_of
from airflowctl.domain.migration.verdict import CLASSIC
from tests.commands.migrate.judged_lines import read
from tests.support.paths import SAMPLES

FILES = sorted((SAMPLES / "migration").iterdir())
KINDS = ("shell", "make", "docker", "yaml", "python", "powershell", "batch", "groovy")


def tried(file: SourceFile) -> str | None:
    """What is wrong with a file that was read, written anew and read again; None for nothing."""
    try:
        now = rewrite(file, find_in(file)).text
        again = SourceFile(file.path, file.kind, now)
        rewrite(again, find_in(again))
    except ValueError as error:  # which the caller prints
        return None if "no Python" in str(error) else repr(error)
    except Exception as error:
        return f"{file.kind}: {error!r}: {file.text!r}"
    return None


@pytest.mark.parametrize("seed", range(4))
def test_a_file_with_a_piece_missing_or_moved(seed: int) -> None:
    choose = random.Random(seed)
    wrong = []
    for path in FILES:
        text = path.read_text()
        for _ in range(6):
            start, end = sorted(choose.sample(range(len(text)), 2))
            pieces = [text[:start] + text[end:], text[start:end], text[start:] + text[:start]]
            for piece in pieces:
                wrong.append(tried(SourceFile("x", kind_of(str(path)), piece)))
    assert not any(wrong), "\n".join(filter(None, wrong))


def test_a_text_read_as_every_kind() -> None:
    rows = [*read()][::3]
    wrong = [tried(SourceFile("x", kind, row.text)) for row in rows for kind in KINDS if kind != row.kind]
    assert not any(wrong), "\n".join(filter(None, wrong))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "airflow dags list " + "(" * 500,
        "airflow dags list $(" * 300,
        'airflow dags list "' * 999,
        "[" * 400 + "airflow dags list",
        "x: &a [*a]\nrun: airflow dags list\n",
        "x = 'airflow ' + " * 900 + "'dags list'",
        "airflow \x00 dags list \ufdd5 \udcff {{ }} ${{",
        "<<<<<<< airflow dags list <<EOF <<'A' <<-B",
        "#!/bin/sh\r\nairflow dags list\r",
        "airflow dags list \\",
        "airflow dags trigger x -e",
    ],
    ids=range(11),
)
def test_a_text_that_is_no_program(kind: str, text: str) -> None:
    assert tried(SourceFile("x", kind, text)) is None


def test_a_long_script_takes_seconds() -> None:
    line = 'V{0}=$(airflow dags list -o json)\necho "$V{0}" | jq -r ".[0].run_id"\n'
    began = time.monotonic()
    findings = find_in(SourceFile("x.sh", "shell", "".join(line.format(number) for number in range(300))))
    assert len(findings) == 300 and time.monotonic() - began < 30


def test_a_variable_that_is_made_of_itself_ends() -> None:
    again = 'X=$(echo "$X" | sed s/a/b/)\n'
    text = "X=$(airflow dags list)\n" + again * 40
    began = time.monotonic()
    assert [finding.verdict.word for finding in find_in(SourceFile("x", "shell", text))] == [CLASSIC]
    assert time.monotonic() - began < 20


def test_an_anchor_that_holds_itself_ends() -> None:
    text = "a: &a\n  run: airflow dags list\n  b: *a\n" + "".join(
        f"k{level}: &k{level} [{', '.join([f'*k{level - 1}' if level else '*a'] * 9)}]\n"
        for level in range(30)
    )
    assert len(find_in(SourceFile("x", "yaml", text))) == 1
