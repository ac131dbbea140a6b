"""What `why` says of situations that were staged on a real Airflow 3.3.2, whose answers were recorded there.

`tests/support/staging.py` stages them anew, and `tests/support/recorded.py` keeps the answers.
"""

from __future__ import annotations

import json

import pytest

from tests.support.neighbours import NEIGHBOURS
from tests.support.program import Program
from tests.support.recorded import Replay, file_of, no_comparison
from tests.support.situations import SITUATIONS, Situation
from tests.support.stub import Stub

ALL_WELL = "nothing holds it up"
MOST = 18  # requests, the comparison with an earlier run included
RECORDED = [pytest.param(it, id=it.name) for it in (*SITUATIONS, *NEIGHBOURS)]


OLDER = [
    pytest.param(it, version, id=f"{version}-{it.name}")
    for version in ("3.0.6", "3.1.8")
    for it in SITUATIONS
    if file_of(it.name, version).exists()
]


EVERY = [*(pytest.param(*it.values, "", id=it.id) for it in RECORDED), *OLDER]


@pytest.mark.parametrize(("situation", "version"), EVERY)
def test_the_cause_is_named(situation: Situation, version: str, program: Program, stub: Stub) -> None:
    replay = Replay(file_of(situation.name, version))
    stub.answer = replay
    asked = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", NO_COLOR="1")
    done = asked("why", *situation.line.split())
    assert replay.unknown == []
    said = " ".join(f"{done.out} {done.err}".split())
    assert [words for words in situation.says if words not in said] == [], done.out
    assert ALL_WELL not in said
    assert len(stub.requests) <= MOST


@pytest.mark.parametrize("situation", RECORDED)
def test_the_cause_alone_costs_half_of_that(situation: Situation, program: Program, stub: Stub) -> None:
    stub.answer = Replay(file_of(situation.name))
    asked = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    with no_comparison():
        asked("why", *situation.line.split())
    assert len(stub.requests) <= MOST / 2


@pytest.mark.parametrize("situation", RECORDED)
def test_a_cause_has_evidence_or_is_not_known(situation: Situation, program: Program, stub: Stub) -> None:
    stub.answer = Replay(file_of(situation.name))
    asked = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    data = json.loads(asked("why", *situation.line.split(), "-o", "json").out)
    for finding in data["findings"]:
        if "sure" in finding:
            assert finding["evidence"] or finding["sure"] == "not known", finding
        if finding["kind"] == "failed":
            assert finding["sure"] in ("certain", "likely", "not known")
            last = (finding["last_lines"] or [""])[-1]
            # The last line of a log is no cause, unless Airflow itself says there what ended the task.
            assert finding["why"] != last or finding["sure"] != "not known", finding
