"""What a log says of itself is shown where nothing else is: why it is missing, why a task skipped itself."""

from __future__ import annotations

import json

import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

GONE = "Log file not found on worker 'w1'."
SKIPPED = {"event": "Skipping task.", "level": "info", "logger": "task", "reason": "no new files on sftp"}


def log(*events: object) -> Reply:
    lines = [{"event": it} if isinstance(it, str) else it for it in events]
    return reply("".join(json.dumps(it) + "\n" for it in lines), kind="application/x-ndjson")


@pytest.fixture
def asked(program: Program, stub: Stub) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", NO_COLOR="1")


def answer(stub: Stub, *events: object) -> None:
    def of(request: Request) -> Reply:
        if "/logs/" in request.path:
            return log(*events)
        state = {"task_id": "t", "state": "failed", "try_number": 1, "map_index": -1}
        return reply({**state, "version": "3.3.2", "task_instances": [state], "total_entries": 1})

    stub.answer = of


SOURCES = ("::group::Log message source details", "/logs/t/attempt=1.log", GONE, "::endgroup::")


def test_a_log_without_a_line_says_why(asked: Program, stub: Stub) -> None:
    answer(stub, *SOURCES)
    assert GONE in asked("logs", "d", "t", "r").out


def test_a_log_with_lines_is_folded_as_ever(asked: Program, stub: Stub) -> None:
    answer(stub, *SOURCES, "a line")
    done = asked("logs", "d", "t", "r").out
    assert GONE not in done
    assert "a line" in done


def test_the_reason_of_a_skip_is_not_folded_away(asked: Program, stub: Stub) -> None:
    answer(stub, "::group::Post Execute", SKIPPED, "Done.", "::endgroup::")
    done = asked("logs", "d", "t", "r").out
    assert "Skipping task." in done
    assert "no new files on sftp" in done
    assert "Done." not in done
