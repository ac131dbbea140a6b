"""scripts/mutants: which faults it puts in, which tests it runs, and what it says of them."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest
from local_airflow import covering_tests, mutants
from local_airflow.called import VARIABLE
from local_airflow.mutants import KILLED, SURVIVED, UNCLEAR, Verdict
from local_airflow.mutations import find_mutations

from tests.support.paths import ROOT

FAULTS = {
    "return a < b": {"return a <= b", "return None"},
    "return a == b": {"return a != b", "return None"},
    "return x is None": {"return x is not None", "return None"},
    "return a and b or c": {"return (a or b) or c", "return ((a and b) and c)", "return None"},
    "return not a": {"return bool(a)", "return None"},
    "if a: b()": {"if not (a): b()", "if a: pass"},
    "x = 2 if f(a) else 3": {"x = 2 if not (f(a)) else 3", "x = 3 if f(a) else 3", "x = 2 if f(a) else 4"},
    "x = True": {"x = False"},
    "return True": {"return False", "return None"},
    "return False": {"return True"},
    "return None": set(),
    'return ""': set(),
    "return ()": {"return None"},
    "x = a[1:n]": {"x = a[:n]", "x = a[1:]", "x = a[2:n]"},
    "raise E(a)": {"pass"},
    "f(a)": {"pass"},
    "x: Literal[3] = a": set(),
    'x = f"{a!r}"': set(),
    '"""Words."""': set(),
}


@pytest.mark.parametrize(("line", "wanted"), FAULTS.items())
def test_a_line_has_these_faults(tmp_path: Path, line: str, wanted: set[str]) -> None:
    file = tmp_path / "f.py"
    head = "# ä\ndef f(a: int = 1) -> None:\n    "  # letters of two bytes, a default and a type beside it
    file.write_text(f"{head}{line}\n")
    made = {mutation.apply(file.read_bytes()).decode() for mutation in find_mutations(file)}
    assert made == {f"{head}{fault}\n" for fault in wanted}


def test_outside_of_functions_nothing_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text("x = 1\nif x == 2:\n    print(x)\n\nclass C:\n    y = 3\n")
    assert find_mutations(file) == []


def test_a_sample_is_spread_and_the_same_for_a_seed() -> None:
    chosen = mutants.sample(ROOT, 40, 7)
    assert chosen == mutants.sample(ROOT, 40, 7) != mutants.sample(ROOT, 40, 8)
    assert len(set(chosen)) == 40
    rooms = [mutants.package_of(mutation.path, ROOT) for mutation in chosen]
    assert max(map(rooms.count, rooms)) - min(map(rooms.count, rooms)) <= 1
    assert len({mutation.kind for mutation in chosen}) >= 6
    for mutation in chosen:
        ast.parse(mutation.apply(mutation.path.read_bytes()))


def test_the_tests_that_import_a_file_are_near() -> None:
    near = mutants.near_tests(ROOT, ROOT / "airflowctl" / "core" / "redaction.py", 3)
    assert Path(near[0]).name == "test_redaction.py"


@pytest.mark.parametrize(
    ("test", "outcome"),
    [
        ("from airflowctl.m import f\ndef test_it(): assert f(1) == 1", KILLED),
        ("from airflowctl.m import f\ndef test_it(): f(1)", SURVIVED),
        ("from airflowctl.m import f\ndef test_it(): assert f(1) == 3", UNCLEAR),
        ("import subprocess, sys\ndef test_it(tmp_path):\n"
         "    code = 'from airflowctl.m import f; assert f(1) == 1'\n"
         "    subprocess.run([sys.executable, '-c', code], cwd=tmp_path, check=True)", KILLED),
    ],
)  # fmt: skip
def test_a_fault_is_killed_by_a_test_that_fails_by_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test: str, outcome: str
) -> None:
    """Also where only a process that a test starts meets it."""
    for folder in ("airflowctl", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "airflowctl" / "m.py").write_text("def f(a):\n    return a\n")
    (tmp_path / "tests" / "conftest.py").write_text(
        "def pytest_addoption(parser): parser.addoption('--offline', action='store_true')\n"
    )
    (tmp_path / "tests" / "test_m.py").write_text(test)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    mutants.create_venv(tmp_path, Path(sys.prefix))
    (mutation,) = find_mutations(tmp_path / "airflowctl" / "m.py")
    verdict = mutants.try_mutation(tmp_path, mutation, 5, also_others=False)
    assert verdict.outcome == outcome
    assert "return a\n" in (tmp_path / "airflowctl" / "m.py").read_text()


def test_the_table_counts_and_names_what_survived() -> None:
    first, second, third = mutants.sample(ROOT, 3, 1)
    lines = mutants.table(
        [Verdict(first, KILLED, "t", 1), Verdict(second, SURVIVED, "", 2), Verdict(third, UNCLEAR, "u", 3)]
    )
    assert (
        "3 tried: 1 killed, 1 survived (50% killed), 1 unclear, as the test fails without the fault too"
        in lines
    )
    place = f"{second.path.relative_to(ROOT)}:{second.line}"
    assert [line for line in lines if line.startswith("survived ") and f" {place} " in line]
    assert not [line for line in lines if line.startswith("killed ")]


def test_what_a_test_calls_is_written_down_by_function(tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text(
        "import pytest\nfrom completers.tokenizer import words\n"
        "@pytest.mark.parametrize('text', ['a', 'b'])\n"
        "def test_calls(text): assert words(text)\n"
        "def test_does_not(): pass\n"
    )
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'scripts'}", VARIABLE: str(tmp_path)}
    options = ("-q", "-c", os.devnull, "-p", "local_airflow.called")
    command = [sys.executable, "-m", "pytest", *options, str(test)]
    subprocess.run(command, env=environ, cwd=tmp_path, check=True, capture_output=True)
    called = covering_tests.merge(tmp_path.glob("*.jsonl"))
    assert [name.rpartition("/")[2] for name in called["completers/tokenizer.py words"]] == [
        "test_it.py::test_calls"
    ]


def test_the_quickest_tests_of_a_function_are_chosen() -> None:
    here = "tests/scripts/test_mutants.py"
    costs = {
        f"{here}::test_a": 3.0,
        f"{here}::test_b": 1.0,
        f"{here}::test_c": 2.0,
        "tests/gone.py::test_d": 0.5,
    }
    called = {"airflowctl/m.py f": costs}
    assert covering_tests.select(called, "airflowctl/m.py", "f", 5) == [f"{here}::test_b", f"{here}::test_c"]
    assert covering_tests.select(called, "airflowctl/m.py", "g", 5) == []


def test_a_line_is_in_its_innermost_function() -> None:
    """As Python itself names the code of the line."""
    path = ROOT / "airflowctl" / "core" / "command.py"
    lines = {}

    def visit(code: CodeType) -> None:
        inner = [part for part in code.co_consts if isinstance(part, CodeType)]
        for part in inner:
            visit(part)
        if code.co_flags & inspect.CO_NEWLOCALS and "<" not in code.co_name:
            lines.update({line: code.co_qualname for *_, line in code.co_lines() if line} | lines)

    visit(compile(path.read_text(encoding="utf-8"), str(path), "exec"))
    body = {line: name for line, name in lines.items() if covering_tests.function_at(path, line)}
    assert len(body) > 100
    assert {line: covering_tests.function_at(path, line) for line in body} == body
