"""A plugin of pytest that writes down which functions of the program each test calls, so that scripts/mutants
runs the tests that meet a fault."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

import pytest

from . import places

VARIABLE = "MUTANTS_CALLED"  # the folder that gets a file of each process: a line of JSON a test
_ROOT = str(places.REPO) + os.sep
_CASES = 2  # of a test: the others call the same functions, and all would take five times as long
_called: set[CodeType] = set()


def _note(frame: FrameType, event: str, argument: object) -> None:
    _called.add(frame.f_code)  # and no lines of it are looked at


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    cases: Counter[str] = Counter()
    for item in items.copy():
        name = item.nodeid.partition("[")[0]
        cases[name] += 1
        if cases[name] > _CASES:
            items.remove(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _called.clear()
    began = time.process_time()
    sys.settrace(_note)
    threading.settrace(_note)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        threading.settrace(None)
        _write(item.nodeid, time.process_time() - began)


def _write(test: str, seconds: float) -> None:
    names = sorted(
        f"{code.co_filename.removeprefix(_ROOT)} {code.co_qualname}"
        for code in _called.copy()
        if code.co_filename.startswith((f"{_ROOT}airflowctl", f"{_ROOT}completers"))
    )
    with Path(os.environ[VARIABLE], f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps([test, round(seconds, 3), names]) + "\n")
