"""`--offline`: no Airflow, nothing is installed, and no socket that leads off this machine, also in the
processes that tests start. A test that tries fails, with the address in its message."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.only_loopback.sitecustomize import VARIABLE, refuse_other_hosts

_GUARD = Path(__file__).resolve().parent / "only_loopback"
_REPORT = pytest.StashKey[Path]()
_is_offline = False


def is_offline() -> bool:
    """Whether this run may install nothing."""
    return _is_offline


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--offline", action="store_true", help="only what needs no Airflow and no network")


def pytest_configure(config: pytest.Config) -> None:
    global _is_offline
    _is_offline = config.getoption("--offline")
    if _is_offline and (hasattr(config, "workerinput") or config.getoption("dist", "no") == "no"):
        folder = Path(tempfile.mkdtemp(prefix="airflowctl-offline-"))
        config.stash[_REPORT] = report = folder / "refused"
        config.add_cleanup(lambda: _remove(folder))
        refuse_other_hosts(str(report))
        _guard_children(str(report))


@pytest.hookimpl(trylast=True)  # tests/conftest.py has marked those with an Airflow
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--offline"):
        others = [item for item in items if item.get_closest_marker("airflow")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if not item.get_closest_marker("airflow")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    yield from _fail_if_refused(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    yield from _fail_if_refused(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    yield from _fail_if_refused(item)


def _fail_if_refused(item: pytest.Item) -> Iterator[None]:
    # Read from a file, as the program under test may have caught the refusal, or be another process.
    try:
        yield
    finally:
        report = item.config.stash.get(_REPORT, None)
        if report and report.exists():
            refused = sorted(set(report.read_text(encoding="utf-8").splitlines()))
            report.unlink()
            pytest.fail("an offline test leads off this machine:\n" + "\n".join(refused), pytrace=False)


def _guard_children(report: str) -> None:
    # A test gives its child an environment of its own: the two variables are added there. One that
    # sets PYTHONPATH itself tests what Python finds by it, and is left alone.
    def guard(environ: Any) -> dict[str, str]:
        kept = dict(os.environ if environ is None else environ)
        if "PYTHONPATH" not in kept and VARIABLE not in kept:
            kept |= {"PYTHONPATH": str(_GUARD), VARIABLE: report}
        return kept

    start, execute = subprocess.Popen.__init__, os.execvpe

    def start_guarded(self: Any, *args: Any, env: Any = None, **more: Any) -> None:
        start(self, *args, env=guard(env), **more)

    def execute_guarded(file: Any, args: Any, env: Any) -> None:  # in a child with a terminal of its own
        execute(file, args, guard(env))

    subprocess.Popen.__init__ = start_guarded  # type: ignore[method-assign]
    os.execvpe = execute_guarded  # type: ignore[assignment]


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
