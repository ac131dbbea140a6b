"""`migrate rewrite` changes the calls and nothing else, and twice is the same as once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from airflowctl.domain.migration.rewritten import MARK, Rewritten, rewrite
from airflowctl.domain.migration.scan import find_in
from airflowctl.domain.migration.source_file import SourceFile, kind_of
from airflowctl.domain.migration.verdict import CLASSIC, SAME
from tests.commands.migrate.judged_lines import read
from tests.support.paths import SAMPLES
from tests.support.program import Program

FILES = sorted((SAMPLES / "migration").iterdir())


def rewritten(file: SourceFile) -> Rewritten:
    return rewrite(file, find_in(file))


def texts() -> list[SourceFile]:
    rows = [SourceFile(f"row {number}", row.kind, row.text) for number, row in enumerate(read())]
    files = [SourceFile(str(path), kind_of(str(path)), path.read_text()) for path in FILES]
    ends = [file._replace(text=file.text.replace("\n", "\r\n")) for file in files if file.kind != "python"]
    return [*rows, *files, *ends]


def test_twice_is_the_same_as_once() -> None:
    others = []
    for file in texts():
        once = rewritten(file).text
        twice = rewritten(file._replace(text=once)).text
        if once != twice:
            others.append(f"{file.text!r}\n{once!r}\n{twice!r}")
    assert not others, "\n\n".join(others)


def test_what_is_no_call_keeps_its_bytes() -> None:
    """Where nothing but the program's name changes, taking the new name back gives the file back."""
    others = []
    for file in texts():
        findings = find_in(file)
        if "airflowctl" in file.text or any(one.verdict.word not in (SAME, CLASSIC) for one in findings):
            continue
        now = rewrite(file, findings).text
        lines = [line for line in now.splitlines(keepends=True) if MARK not in line]
        back = "".join(lines).replace("'", '"').replace('"airflowctl", "--classic"', '"airflow"')
        back = back.replace("airflowctl --classic", "airflow").replace("--classic ", "")
        if back.replace("airflowctl", "airflow") != file.text.replace("'", '"'):
            others.append(f"{file.text!r}\n{now!r}")
    assert not others, "\n\n".join(others)


def test_lines_without_a_call_stay_in_their_order() -> None:
    others = []
    for file in texts():
        calls = {finding.line for finding in find_in(file)}
        last = {line + more for line in calls for more in range(12)}  # a call may have several lines
        kept = [line for number, line in enumerate(file.text.split("\n"), 1) if number not in last]
        now = iter(rewritten(file).text.split("\n"))
        if not all(line in now for line in kept):
            others.append(file.path)
    assert not others


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("airflow dags list | awk 'NR>2'\n", "airflowctl --classic dags list | awk 'NR>2'\n"),
        ('airflow trigger_dag  "$D"  # x\n', 'airflowctl dags trigger  "$D"  # x\n'),
        (
            'airflow dags trigger $D \\\n   -e "$(date)"\n',
            'airflowctl dags trigger $D \\\n   --logical-date "$(date)"\n',
        ),
        ("airflow initdb\n", "airflow db migrate\n"),
        ("airflow db check\n", "airflow db check\n"),
        (
            '  airflow "$@"\n',
            '  # airflowctl: unsure: its words are known only when it runs\n  airflow "$@"\n',
        ),
        ('airflow "$@" # airflowctl: keep\n', 'airflow "$@" # airflowctl: keep\n'),
        ("# airflowctl: keep\nairflow dags list\n", "# airflowctl: keep\nairflow dags list\n"),
        (
            "A='docker exec w airflow'\n$A dags list | wc -l\n",
            "A='docker exec w airflowctl'\n$A --classic dags list | wc -l\n",
        ),
        ("A='docker exec w airflow'\n$A db check\n$A dags list\n", None),
        ('airflow variables --set api_key "hunter 2"\n', 'airflowctl variables set api_key "hunter 2"\n'),
        (
            "airflow connections --add --conn_id a --conn_uri http://u:p@h\n",
            "airflowctl connections add a --conn-uri http://u:p@h\n",
        ),
    ],
)
def test_a_shell_line_becomes(before: str, after: str | None) -> None:
    now = rewritten(SourceFile("x.sh", "shell", before)).text
    if after is None:
        assert MARK in now and "airflowctl dags" not in now
    else:
        assert now == after


def test_files_are_written_with_their_bytes(program: Program, tmp_path: Path) -> None:
    script = tmp_path / "x.sh"
    rest = b"# \xff\xe9 no UTF-8\r\n\techo '\xc3\xa9'  \r\n"
    script.write_bytes(rest + b"airflow dags list\r\n" + rest)
    script.chmod(0o750)
    assert program("migrate", "rewrite", str(script), "--write").code == 0
    assert script.read_bytes() == rest + b"airflowctl dags list\r\n" + rest
    assert script.stat().st_mode & 0o777 == 0o750
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".sh"] == []
    again = program("migrate", "rewrite", str(script), "--write", "--diff")
    assert (again.code, again.out) == (0, "")


def test_utf_16_keeps_its_encoding(program: Program, tmp_path: Path) -> None:
    script = tmp_path / "x.ps1"
    script.write_bytes(b"\xff\xfe" + "airflow dags unpause étl\r\n".encode("utf-16-le"))
    assert program("migrate", "rewrite", str(script), "--write").code == 0
    assert script.read_bytes() == b"\xff\xfe" + "airflowctl dags unpause étl\r\n".encode("utf-16-le")


def test_a_line_says_what_to_do(program: Program, tmp_path: Path) -> None:
    script = tmp_path / "x.sh"
    script.write_text("airflow dags list\n")
    ran = program("migrate", "rewrite", str(script))
    assert ran.code == 2 and "--diff" in ran.err and script.read_text() == "airflow dags list\n"
    assert program("migrate", "rewrite", str(script), "--diff").code == 6
    assert script.read_text() == "airflow dags list\n"


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/full", "pipe", "binary", "large", "missing", "closed"])
def test_what_is_no_script_is_refused_in_a_line(program: Program, tmp_path: Path, name: str) -> None:
    path = Path(name) if name.startswith("/") else tmp_path / name
    if name == "pipe":
        os.mkfifo(path)
    elif name == "binary":
        path.write_bytes(b"airflow\0dags list")
    elif name == "large":
        path.write_bytes(b"x" * 4_000_001)
    elif name == "closed":
        path.symlink_to(path)
    ran = program("migrate", "check", str(path))
    assert ran.err.count("\n") <= 3 and str(path) in ran.err and "fault in airflowctl" not in ran.err
    code = {"binary": 0, "missing": 2, "closed": 2}.get(name, 1)  # what is no text holds no call
    assert (ran.code, ran.out.count("\n")) == (code, 0 if code == 2 else 1)
