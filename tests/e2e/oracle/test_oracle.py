"""The classic `airflow` command on the same server is the oracle: the same line in, the same data out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from airflowctl.core.classic_commands import DIFFERENT, RENAMED
from tests.support.parity_airflow import Both
from tests.support.program import Done

# Fields that differ on purpose; why is said in airflowctl.core.elsewhere.
DIFFERENT_FIELDS = {
    "connections get": ("id", "is_encrypted", "is_extra_encrypted", "get_uri", "extra_dejson"),
    "dags report": ("duration", "file"),
}
DIFFERENT_FIELDS["connections list"] = DIFFERENT_FIELDS["connections get"]


class Read(NamedTuple):
    """A line that both understand. `by`: the fields that tell rows apart, `rows`: at least so many."""

    line: str
    by: tuple[str, ...]
    rows: int = 1

    @property
    def words(self) -> list[str]:
        return self.line.split()

    @property
    def command(self) -> str:
        return " ".join(self.words[:2])


READS = (
    Read("assets list", ("name",), 2),
    Read("assets list --alias", ("name",)),
    Read("assets details --name orders", ("name",)),
    Read("assets details --uri file://rates/", ("name",)),
    Read("assets details --alias --name many", ("name",)),
    Read("connections list", ("conn_id",)),
    Read("connections list --show-values", ("conn_id",)),
    Read("connections get full", ("conn_id",)),
    Read("dags list", ("dag_id",), 5),
    Read("dags list -B dags-folder", ("dag_id",), 5),
    Read("dags details varied", ("dag_id",)),
    Read("dags details daily", ("dag_id",)),
    Read("dags list-jobs", ("job_type", "start_date")),
    Read("dags list-jobs --state running --limit 1", ("job_type", "start_date")),
    Read("dags list-runs varied", ("run_id",)),
    Read("dags list-runs varied --state failed --no-backfill", ("run_id",)),
    Read("dags list-runs doomed -s 2026-01-01 -e 2026-12-01", ("run_id",)),
    Read("dags report", ("dags",), 2),
    Read("pools list", ("pool",), 2),
    Read("pools get small", ("pool",)),
    Read("providers list", ("package_name",), 3),
    Read("providers get apache-airflow-providers-standard", ("Provider",)),
    Read("tasks states-for-dag-run varied one", ("task_id", "map_index"), 6),
    Read("tasks states-for-dag-run doomed 2026-03-01", ("task_id",)),
    Read("variables list", ("key",), 2),
    Read("variables list --show-values", ("key",), 2),
)


@pytest.mark.parametrize("read", READS, ids=lambda read: read.line)
def test_the_same_rows_with_the_same_values(read: Read, both: Both) -> None:
    theirs = both.classic.json(*read.words)
    ours = as_rows(both.ctl(*read.words, "-o", "json"))
    assert len(theirs) >= read.rows, theirs
    differs = DIFFERENT_FIELDS.get(read.command, ())
    shared = [name for name in theirs[0] if name not in differs]
    assert {RENAMED.get(name, name) for name in shared} <= {*ours[0], *shared}
    key = sorted(read.by)
    found = {text(key_of(row, key)): same_words(row, shared) for row in ours}
    known = {text(key_of(row, key)): plain({name: row[name] for name in shared}) for row in theirs}
    assert found == known


def test_what_differs_has_a_reason() -> None:
    assert set(DIFFERENT_FIELDS) <= set(DIFFERENT)


def as_rows(done: Done) -> list[dict[str, Any]]:
    assert done.code == 0, done
    found = done.json
    return found if isinstance(found, list) else [found]


def field(row: Mapping[str, Any], name: str) -> Any:
    """A field of a row of either program, by its classic name."""
    return row[name] if name in row else row[RENAMED.get(name, name)]


def key_of(row: Mapping[str, Any], names: list[str]) -> list[Any]:
    return [plain(field(row, name)) for name in names]


def same_words(row: Mapping[str, Any], names: list[str]) -> Any:
    return plain({name: field(row, name) for name in names})


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def plain(value: Any) -> Any:
    """A value as either program may write it: the classic one turns all but null into texts."""
    if isinstance(value, Mapping):
        inner = {name: plain(one) for name, one in value.items()}
        return inner if any(one not in ("", -1) for one in inner.values()) or not inner else ""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if value in (None, "None", -1, "-1"):  # -1 is the index of a task that is not mapped
        return ""
    with suppress(ValueError):
        return datetime.fromisoformat(str(value)).astimezone(UTC).isoformat()
    if str(value)[:1] in ("[", "{"):  # the server writes JSON anew when it looks for secrets in it
        with suppress(ValueError):
            return json.dumps(json.loads(str(value)))
    return str(value)


# What is a text.

TEXTS = (
    "config get-value core parallelism",
    "dags next-execution daily",
    "dags next-execution daily --field run_after",
    "dags next-execution doomed",
    "dags state varied one",
    "dags state doomed 2026-03-01",
    "dags state doomed 2020-01-01",
    "tasks state varied greet one",
    "tasks state varied count one --map-index 1",
    "tasks state doomed nothing queued",
    "variables get plain",
    "variables get nosuch -d instead",
)


@pytest.mark.parametrize("line", TEXTS)
def test_the_same_text(line: str, both: Both) -> None:
    theirs, ours = both.classic(*line.split()), both.ctl(*line.split())
    assert (plain(ours.lines[-1]), ours.code) == (plain(theirs.lines[-1]), theirs.code)


def test_the_same_json(both: Both) -> None:
    theirs, ours = (look("variables", "get", "document") for look in both[:2])
    assert ours.json == theirs.json == [1]


def test_the_same_rendered_templates(both: Both) -> None:
    line = ("tasks", "render", "varied", "greet", "one")
    theirs, ours = both.classic(*line).lines, both.ctl(*line).lines
    as_json = {"None": "null"}  # a value is told as JSON, which the API has
    assert [row for row in ours if row] == [as_json.get(row, row) for row in theirs if row]


def test_the_same_tasks(both: Both) -> None:
    line = ("tasks", "list", "varied")
    assert both.ctl(*line, "-o", "name").lines == both.classic(*line).lines


def test_the_same_unmet_dependencies(both: Both) -> None:
    line = ("tasks", "failed-deps", "doomed", "nothing", "queued")
    ours = {f"{row['name']}: {row['reason']}" for row in both.ctl(*line, "-o", "json").json}
    assert ours == set(both.classic(*line).lines[1:])


def test_the_same_plan_of_a_backfill(both: Both) -> None:
    line = "backfill create --dag-id daily --from-date 2026-02-01 --to-date 2026-02-03 --dry-run"
    cells = [row.split("|")[1].strip() for row in both.classic(*line.split()).lines if row.startswith("| 2")]
    ours = [row["logical_date"] for row in both.ctl(*line.split(), "-o", "json").json]
    assert len(cells) == 2
    assert plain(ours) == plain(cells)


def test_the_same_configuration(both: Both) -> None:
    from configparser import RawConfigParser

    parser = RawConfigParser()
    line = ("config", "list", "--section", "scheduler", "--show-values")
    parser.read_string("\n".join(row for row in both.classic(*line).lines if not row.startswith("#")))
    theirs = dict(parser["scheduler"])
    ours = {row["option"]: str(row["value"]) for row in both.ctl(*line, "-o", "json").json}
    assert ours == theirs


@pytest.mark.parametrize("noun", ["connections", "pools", "variables"])
def test_the_same_export(noun: str, both: Both, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs.json", tmp_path / "ours.json"
    assert both.classic(noun, "export", str(theirs)).code == 0
    assert both.ctl(noun, "export", str(ours)).code == 0
    assert json.loads(ours.read_text()) == json.loads(theirs.read_text())


# What succeeds and what fails does so in both.

CODES = (
    "config lint",
    "connections test full",
    "connections test nosuch",
    "dags list-import-errors",
    "jobs check",
    "jobs check --local",
    "jobs check --job-type TriggererJob",
    "jobs check --job-type SchedulerJob --limit 0 --allow-multiple",
    "assets details --name nosuch",
    "connections get nosuch",
    "dags details nosuch",
    "dags list-runs nosuch",
    "dags next-execution nosuch",
    "dags state nosuch one",
    "pools get nosuch",
    "plugins",
    "providers get nosuch",
    "tasks failed-deps varied greet nosuch",
    "tasks list nosuch",
    "tasks state varied greet nosuch",
    "tasks state varied nosuch one",
    "tasks states-for-dag-run varied nosuch",
    "variables get nosuch",
    "pools delete nosuch",
    "connections delete nosuch",
    "version",
)


@pytest.mark.parametrize("line", CODES)
def test_the_same_exit_code(line: str, both: Both) -> None:
    theirs, ours = both.classic(*line.split()), both.ctl(*line.split())
    assert ours.code == theirs.code, (ours, theirs)
