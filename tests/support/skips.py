"""`--expected-skips FILE`: list what was skipped, by its reason, and fail where FILE does not expect it.

FILE has a pattern of a reason on each line (`*` for any text) and, after a `#`, why that is no loss."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

EXIT_CODE = 6  # of a skip that is not expected; those below are pytest's own
_FOUND = pytest.StashKey[Counter[str]]()


def require_program(name: str, *lines: str) -> None:
    """Skip a test of shell lines of which one runs a program that this machine lacks."""
    if any(re.search(rf"\b{name}\b", line) for line in lines) and shutil.which(name) is None:
        pytest.skip(f"{name}, which a line of the test runs, is not installed here")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--expected-skips", metavar="FILE", type=Path, help="fail on any other skip")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FOUND] = Counter()
    config.pluginmanager.register(_Reports(config.stash[_FOUND]), "skips of this run")


class _Reports:
    def __init__(self, reasons: Counter[str]) -> None:
        self._reasons = reasons

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.note(report)

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self._reasons[reason.removeprefix("Skipped: ")] += 1


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--expected-skips") and unexpected(session.config):
        session.exitstatus = EXIT_CODE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--expected-skips"):
        return
    surprises = unexpected(config)
    terminalreporter.section("skipped")
    for reason, count in sorted(config.stash[_FOUND].items()):
        verdict = "NOT EXPECTED" if reason in surprises else "expected"
        terminalreporter.write_line(f"{count:4} {verdict}: {reason}")
    if surprises:
        file = config.getoption("--expected-skips")
        terminalreporter.write_line(f"install what is missing, or add the reason to {file}")


def unexpected(config: pytest.Config) -> set[str]:
    """The reasons that no line of the file has."""
    lines = config.getoption("--expected-skips").read_text(encoding="utf-8").splitlines()
    patterns = [pattern for line in lines if (pattern := line.partition("#")[0].strip())]
    return {
        reason for reason in config.stash[_FOUND] if not any(fnmatchcase(reason, each) for each in patterns)
    }
