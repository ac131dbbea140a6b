"""What one program has changed the other one sees: ours against the classic `airflow` command, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.oracle.test_oracle import field, plain
from tests.support.classic_command import Classic
from tests.support.parity_airflow import Both
from tests.support.program import Done, Program

Cli = Program | Classic


class Pair:
    """Who does, and who looks."""

    def __init__(self, do: Cli, look: Cli) -> None:
        self._do, self._look = do, look

    def do(self, *words: str) -> Done:
        """Run a line that must succeed."""
        done = self._do(*words)
        assert done.code == 0, done
        return done

    def look(self, *words: str) -> list[dict[str, Any]]:
        """The rows that the other one shows."""
        found = self._look(*words, "-o", "json")
        assert found.code == 0, found
        rows = json.loads(found.out[found.out.index("\n[") :] if "\n[" in found.out else found.out)
        return rows if isinstance(rows, list) else [rows]

    def says(self, *words: str) -> Done:
        """What the other one prints."""
        return self._look(*words)

    def sees(self, *words: str) -> bool:
        """Whether the other one finds it."""
        return self._look(*words).code == 0


@pytest.fixture(params=["ours", "theirs"])
def pair(request: pytest.FixtureRequest, both: Both) -> Pair:
    programs = (both.ctl, both.classic)
    return Pair(*(programs if request.param == "ours" else reversed(programs)))


def test_a_pool(pair: Pair, unique: str, tmp_path: Path) -> None:
    pair.do("pools", "set", unique, "3", "some", "--include-deferred")
    assert values(pair.look("pools", "get", unique), "pool", "slots", "description", "include_deferred") == [
        [unique, "3", "some", "True"]
    ]
    pair.do("pools", "set", unique, "4", "")
    assert values(pair.look("pools", "get", unique), "slots", "description", "include_deferred") == [
        ["4", "", "False"]
    ]
    file = tmp_path / "pools.json"
    pair.do("pools", "export", str(file))
    pair.do("pools", "delete", unique)
    assert not pair.sees("pools", "get", unique)
    pair.says("pools", "import", str(file))
    assert values(pair.look("pools", "get", unique), "slots") == [["4"]]
    pair.do("pools", "delete", unique)


def test_a_variable(pair: Pair, unique: str, tmp_path: Path) -> None:
    pair.do("variables", "set", unique, "one", "--description", "why")
    assert pair.says("variables", "get", unique).out == "one\n"
    pair.do("variables", "set", unique, '{"a": [1, "ä"]}')
    assert json.loads(pair.says("variables", "get", unique).out) == {"a": [1, "ä"]}
    file = tmp_path / "variables.json"
    pair.do("variables", "export", str(file))
    pair.do("variables", "delete", unique)
    assert not pair.sees("variables", "get", unique)
    assert pair.says("variables", "import", str(file), "-a", "fail").code == 1  # the others are there
    assert not pair.sees("variables", "get", unique)
    for way in ("skip", "overwrite"):
        pair.says("variables", "import", str(file), "-a", way)
        assert json.loads(pair.says("variables", "get", unique).out) == {"a": [1, "ä"]}
    pair.do("variables", "delete", unique)


# Of a type that this Airflow has a provider for: the classic command makes "generic" of any other.
CONNECTIONS = (
    ["--conn-uri", "postgresql://me:pass%2Fword@db:5432/reports?sslmode=require"],
    ["--conn-uri", "aws://?region_name=eu&role_arn=a%3Ab"],
    ["--conn-json", '{"conn_type": "fs", "host": "h", "port": 80, "extra": {"deep": {"er": 1}}}'],
    ["--conn-type", "fs", "--conn-host", "h", "--conn-login", "l", "--conn-port", "8080"],
    ["--conn-type", "fs", "--conn-schema", "s", "--conn-extra", '{"path": "/"}', "--conn-description", "d"],
)
SEEN = ("conn_id", "conn_type", "description", "host", "schema", "login", "port")


@pytest.mark.parametrize("flags", CONNECTIONS, ids=lambda flags: flags[0] + flags[1][:4])
def test_a_connection(flags: list[str], both: Both, unique: str, tmp_path: Path) -> None:
    """Made by both, they are the same in the eyes of each, passwords included."""
    for name, make in ((f"{unique}_a", both.ctl), (f"{unique}_b", both.classic)):
        done = make("connections", "add", name, *flags)
        assert done.code == 0, done
    exported = tmp_path / "all.json"
    assert both.classic("connections", "export", str(exported)).code == 0
    found = json.loads(exported.read_text())
    assert plain(found[f"{unique}_a"]) == plain(found[f"{unique}_b"])
    for look in (Pair(both.ctl, both.ctl), Pair(both.ctl, both.classic)):
        a, b = (look.look("connections", "get", f"{unique}_{name}") for name in "ab")
        assert values(a, *SEEN[1:]) == values(b, *SEEN[1:])
    for name, undo in ((f"{unique}_b", both.ctl), (f"{unique}_a", both.classic)):
        assert undo("connections", "delete", name).code == 0


def test_a_file_of_connections(pair: Pair, both: Both, unique: str, tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    file.write_text(
        json.dumps(
            {
                f"{unique}_a": {"conn_type": "http", "host": "h", "password": "p", "extra": {"x": 1}},
                f"{unique}_b": "postgres://me:pw@db/s",
            }
        )
    )
    pair.do("connections", "import", str(file))
    rows = [pair.look("connections", "get", f"{unique}_{name}")[0] for name in "ab"]
    assert values(rows, "conn_type", "host", "login", "schema") == [
        ["http", "h", "", ""],
        ["postgres", "db", "me", "s"],
    ]
    file.write_text(json.dumps({f"{unique}_a": {"conn_type": "ftp"}}))
    pair.do("connections", "import", str(file))  # what exists is kept
    assert values(pair.look("connections", "get", f"{unique}_a"), "conn_type") == [["http"]]
    pair.do("connections", "import", "--overwrite", str(file))
    assert values(pair.look("connections", "get", f"{unique}_a"), "conn_type") == [["ftp"]]
    for name in "ab":
        pair.do("connections", "delete", f"{unique}_{name}")


def test_pausing(pair: Pair) -> None:
    def paused() -> list[list[Any]]:
        rows = [row for row in pair.look("dags", "list") if row["dag_id"] in ("demo_waits", "waiting")]
        return values(sorted(rows, key=lambda row: str(row["dag_id"])), "is_paused")

    pair.do("dags", "unpause", "demo_waits")
    assert paused() == [["False"], ["True"]]
    pair.do("dags", "pause", "demo_waits")
    assert paused() == [["True"], ["True"]]
    pair.do("dags", "unpause", "^(demo_wait|wait)", "--treat-dag-id-as-regex", "-y")
    assert paused() == [["False"], ["False"]]
    pair.do("dags", "pause", "^(demo_wait|wait)", "--treat-dag-id-as-regex", "--yes")
    assert paused() == [["True"], ["True"]]


@pytest.fixture
def run(pair: Pair, unique: str, both: Both) -> Iterator[str]:
    """A run that the one who does has triggered; nothing of it runs, its Dag is paused."""
    pair.do("dags", "trigger", "doomed", "-r", unique, "-c", '{"a": [1]}')
    yield unique
    both.ctl("dagrun", "delete", "doomed", unique, "-y")


def test_a_run(pair: Pair, run: str) -> None:
    assert pair.says("dags", "state", "doomed", run).lines[-1] == 'queued, {"a": [1]}'
    rows = [row for row in pair.look("dags", "list-runs", "doomed") if field(row, "run_id") == run]
    assert values(rows, "state", "logical_date") == [["queued", ""]]


def clearing_runs(run: str) -> list[str]:
    return ["dags", "clear", "doomed", "--run-id", run, "-y"]


def clearing_tasks(run: str) -> list[str]:
    return ["tasks", "clear", "doomed", "-t", "noth", "-y"]


@pytest.mark.parametrize("line", [clearing_runs, clearing_tasks])
@pytest.mark.parametrize("only_failed", [True, False])
def test_clearing(
    line: Callable[[str], list[str]], only_failed: bool, pair: Pair, run: str, both: Both
) -> None:
    done = both.ctl("tasks", "mark", "success", "doomed", "nothing", run, "-y")
    assert done.code == 0, done
    assert pair.says("tasks", "state", "doomed", "nothing", run).lines[-1] == "success"
    pair.do(*line(run), *["--only-failed"] * only_failed)
    state = pair.says("tasks", "state", "doomed", "nothing", run).lines[-1]
    assert state == ("success" if only_failed else "None")


def test_a_backfill(pair: Pair, both: Both) -> None:
    days = ("--from-date", "2026-02-01", "--to-date", "2026-02-03")
    pair.do("backfill", "create", "--dag-id", "daily", *days, "--max-active-runs", "1")
    rows = pair.look("dags", "list-runs", "daily", "-s", "2026-02-01", "-e", "2026-02-03")
    assert sorted(plain(row["logical_date"])[:10] for row in rows) == ["2026-02-01", "2026-02-02"]
    number = both.ctl("backfill", "list", "daily", "-o", "name").lines[0]
    assert both.ctl("backfill", "cancel", number, "-y").code == 0
    for row in rows:
        assert both.ctl("dagrun", "delete", "daily", field(row, "run_id"), "-y").code == 0


def test_materializing(pair: Pair, both: Both) -> None:
    before = names(pair.look("dags", "list-runs", "daily"))
    pair.do("assets", "materialize", "--name", "orders")
    (made,) = names(pair.look("dags", "list-runs", "daily")) - before
    assert both.ctl("dagrun", "delete", "daily", made, "-y").code == 0


def names(rows: list[dict[str, Any]]) -> set[str]:
    return {field(row, "run_id") for row in rows}


def values(rows: list[dict[str, Any]], *wanted: str) -> list[list[Any]]:
    """These fields of the rows, by their classic names."""
    return [[plain(field(row, name)) for name in wanted] for row in rows]
