"""AIRFLOWCTL_CLASSIC=2 prints what `airflow` 2.11 does, by `scripts/record-airflow-2`: that runs on no server
which the tests start."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.support.parity_airflow import Both
from tests.support.paths import SAMPLES
from tests.support.program import Done, Program

RECORDED = {
    line: Done(answer["out"], "", answer["code"])
    for line, answer in json.loads((SAMPLES / "airflow_2.json").read_text()).items()
}
COLUMNS = [line for line in RECORDED if " -o " in line and not line.startswith(("dags trigger", "providers"))]
# What both have alike, so that every letter is compared.
WHOLE = (
    *(f"pools get small -o {name}" for name in ("table", "plain", "json", "yaml")),
    "variables get plain",
    "variables get nosuch -d x",
    "dags state varied 2020-01-01",
)
CHANGES = (
    "pools set small 3 some",
    "variables set plain text --description what",
    "dags unpause daily",
    "dags pause daily",
    "connections add uri --conn-uri http://u:p@h/d",
    "connections delete uri",
)


@pytest.fixture(scope="module")
def of_2(both: Both) -> Program:
    return both.ctl.with_environ(AIRFLOWCTL_CLASSIC="2")


def columns_of(line: str, text: str) -> list[str]:
    """The names of the columns; of one Dag as a table those of its properties."""
    rows = text.splitlines()
    if line.endswith(("json", "yaml")):
        return list((json.loads(text) if line.endswith("json") else yaml.safe_load(text))[0])
    if "details" in line:
        return [name for row in rows[line.endswith("table") + 1 :] if (name := re.split(r"[ |]", row)[0])]
    if line.endswith("plain"):
        return re.split(r"  +", rows[0].strip())
    end = next(index for index, row in enumerate(rows) if row.startswith("="))
    cells = zip(*(row.split("|") for row in rows[:end]), strict=True)
    return ["".join(part.strip() for part in cell) for cell in cells]


@pytest.mark.parametrize("line", COLUMNS)
def test_the_columns_are_those_of_airflow_2(line: str, of_2: Program) -> None:
    done = of_2(*line.split())
    assert done.code == 0, done
    found, wanted = columns_of(line, done.out), columns_of(line, RECORDED[line].out)
    assert [name for name in found if name != "map_index"] == wanted  # no task is mapped in the recorded run


@pytest.mark.parametrize("line", WHOLE)
def test_a_line_prints_the_same(line: str, of_2: Program) -> None:
    done = of_2(*line.split())
    assert (done.out, done.code) == (RECORDED[line].out, RECORDED[line].code)


def test_changes_say_the_same(of_2: Program, both: Both) -> None:
    assert both.ctl("dags", "pause", "waiting").code == 0
    for line in CHANGES:
        done = of_2(*line.replace("daily", "waiting").split())  # which no schedule starts in between
        assert done.code == RECORDED[line].code, done
        assert squeeze(done.out.replace("waiting", "daily")) == squeeze(RECORDED[line].out), line


def squeeze(text: str) -> str:
    """A table without the widths of its columns."""
    return re.sub(r"([ =])\1+", r"\1", text)


def test_a_run_has_the_fields_of_airflow_2(of_2: Program, both: Both, unique: str) -> None:
    done = of_2("dags", "trigger", "doomed", "-r", unique, "-o", "json")
    assert list(done.json[0]) == list(json.loads(RECORDED["dags trigger varied -r one -o json"].out)[0])
    assert done.json[0]["external_trigger"] == "True"
    assert both.ctl("dagrun", "delete", "doomed", unique, "-y").code == 0


def test_what_has_not_changed_is_that_of_3(of_2: Program, both: Both) -> None:
    for line in ("tasks list varied", "dags next-execution daily", "version", "providers list"):
        done = both.ctl("--classic", *line.split())
        assert of_2(*line.split()) == done
        assert done.code == 0
