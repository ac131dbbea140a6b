"""The cases of docs/how-to/debugging.md are what the program prints of recorded answers of a real Airflow.

`pytest tests/commands/test_debugging_page.py --write-transcripts` writes them as they are now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import TESTS
from tests.support.program import Program
from tests.support.recorded import Replay, file_of
from tests.support.situations import SITUATIONS
from tests.support.stub import Stub

PAGE = TESTS.parent / "docs" / "how-to" / "debugging.md"
_CASE = re.compile(r"^```console\n\$ airflowctl why (?P<line>.*)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
_HOME = re.compile(
    r"/[\w/.-]*/\.local/(?:airflow-[\d.]+|tests/airflow-\w+)"
)  # where that Airflow was installed
# What has passed since is another time each day.
_PASSED = re.compile(
    r"\b\d+ (?:ms|s|min|h|d)(?: \d\d (?:s|min|h))?(?= ago|, |$| \(|;)|(?<=for )[\d.]+ \w+( \d\d \w+)?"
)


def cases() -> Iterator[re.Match[str]]:
    return _CASE.finditer(PAGE.read_text(encoding="utf-8"))


def printed(line: str, program: Program, stub: Stub) -> str:
    name = next(it.name for it in SITUATIONS if it.line == line)
    stub.answer = replay = Replay(file_of(name))
    for answer in replay.answers.values():
        answer[2] = _HOME.sub("/opt/airflow", answer[2])
    asked = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", NO_COLOR="1", TZ="UTC")
    done = asked("why", *line.split(), terminal=True, columns=100)
    return "".join(f"{text.rstrip()}\n" for text in (done.out + done.err).splitlines())


def steady(text: str) -> str:
    return _PASSED.sub("{time}", text)


def test_the_page_shows_what_is_printed(program: Program, stub: Stub, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--write-transcripts"):
        write(PAGE, program, stub)
    shown = {case["line"]: steady(case["text"]) for case in cases()}
    assert len(shown) >= 12
    others = {
        line: now for line, text in shown.items() if (now := steady(printed(line, program, stub))) != text
    }
    assert others == {}, "if that is right: pytest tests/commands/test_debugging_page.py --write-transcripts"


def write(page: Path, program: Program, stub: Stub) -> None:
    def renew(case: re.Match[str]) -> str:
        return f"```console\n$ airflowctl why {case['line']}\n{printed(case['line'], program, stub)}```"

    page.write_text(_CASE.sub(renew, page.read_text(encoding="utf-8")), encoding="utf-8")
