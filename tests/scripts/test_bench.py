"""The benchmarks run: what they name of the program is there. Their figures are for people."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from local_airflow import places

BENCHMARKS = places.REPO / "scripts" / "bench"


def load(name: str) -> ModuleType:
    loader = SourceFileLoader(f"bench_{name}", str(BENCHMARKS / name))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_the_benchmark_of_the_start_reaches_the_prompt(tmp_path: Path) -> None:
    script = load("startup").FIRST_PROMPT
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=60, env=environ(tmp_path)
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_benchmark_of_typing_measures_each_key(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TYPE_ONE_LINE, str(BENCHMARKS / "typing")],
        capture_output=True, timeout=60, env=environ(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout.splitlines()[-1])
    assert len(measured["keys"]) == len("dags g")


@pytest.mark.parametrize(
    ("trip", "ends"),
    [
        ("key", ("airflowctl/completion/line_grammar.py", "airflowctl/api/client.py", "completers/match.py")),
        (
            "line",
            ("airflowctl/execution/dispatch.py", "airflowctl/api/client.py", "airflowctl/output/table.py"),
        ),
    ],
)
def test_the_benchmark_of_trips_names_the_files(trip: str, ends: tuple[str, ...], tmp_path: Path) -> None:
    """From one end of a trip to the other."""
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "trips"), "--measure", trip],
        capture_output=True, timeout=60, env=environ(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert set(ends) <= set(json.loads(done.stdout))


TYPE_ONE_LINE = """
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
loader = SourceFileLoader("bench", sys.argv[1])
bench = module_from_spec(spec_from_loader("bench", loader))
loader.exec_module(bench)
bench.LINES[:] = ["dags g"]
bench.measure("http://127.0.0.1:9", 3)
"""


def environ(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "AIRFLOWCTL_HOME": str(home), "PATH": "/usr/bin:/bin", "TERM": "xterm"}
