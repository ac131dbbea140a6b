"""The runs before the demo: recorded once, put into the database at dates before today."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from .. import home

FILE = Path(__file__).with_suffix(".json")
DAGS = Path(__file__).parent / "dags"
# What stands in the recorded logs for the folders of the machine that recorded them.
DAGS_MARK, AIRFLOW_MARK = "@DAGS@", "@AIRFLOW@"
_BOUNDS = frozenset(("from_date", "to_date"))  # of a backfill
_DATES = frozenset(("logical_date", "data_interval_start", "data_interval_end", "run_after"))
_VERSIONS = frozenset(("dag_version_id", "created_dag_version_id"))
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?")
_NEXT = (
    "next_dagrun",
    "next_dagrun_data_interval_start",
    "next_dagrun_data_interval_end",
    "next_dagrun_create_after",
)

Row = dict[str, Any]


class Moment(NamedTuple):
    """When something recorded is to have happened: `seconds` after the midnight `days` from today, or `ago`
    seconds before now. Where `dated`, that midnight is the run's logical date. `began` is the recorded time.
    """

    began: str
    run_id: str = ""
    days: int = 0
    seconds: float = 0
    ago: float = 0
    dated: bool = False


def restore_history(folder: Path, airflow: Path) -> None:
    """Write the recorded runs into the database and the logs of an AIRFLOW_HOME whose server does not run.

    `airflow` is the folder that holds its venv. Raises OSError, ValueError and sqlite3.Error.
    """
    recorded = json.loads(FILE.read_text(encoding="utf-8"))
    moments = [Moment(**moment) for moment in recorded["moments"]]
    past = _Past(moments, datetime.fromisoformat(recorded["midnight"]), datetime.now(UTC))
    with closing(sqlite3.connect(folder / home.DATABASE)) as database, database:
        for table, rows in recorded["tables"].items():
            types = {row[1]: row[2] for row in database.execute(f'pragma table_info("{table}")')}
            for row in rows:
                _insert(database, table, past.move_row(row, types, _references(database, row)))
    marks = {DAGS_MARK: str(DAGS), AIRFLOW_MARK: str(airflow)}
    for name, (moment, text) in recorded["logs"].items():
        file = folder / "logs" / past.rename(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        for mark, path in marks.items():
            text = text.replace(mark, path)
        file.write_text(past.move_text(text, moment), encoding="utf-8")


def postpone_runs(folder: Path) -> None:
    """Let the next run of each Dag be tomorrow's: else the scheduler starts that of today at once."""
    with closing(sqlite3.connect(folder / home.DATABASE)) as database, database:
        stamps = ", ".join(f"{column} = datetime('now', 'start of day', '1 day')" for column in _NEXT)
        database.execute(f"update dag set {stamps} where next_dagrun is not null")


def forget_history(folder: Path) -> None:
    """Remove the database and the logs of the tasks, so that the next start makes them anew."""
    for file in folder.glob(f"{home.DATABASE}*"):
        file.unlink()
    for logs in (folder / "logs").glob("dag_id=*"):
        shutil.rmtree(logs)


class _Past:
    """The recorded moments, moved to dates before `now`."""

    def __init__(self, moments: list[Moment], recorded: datetime, now: datetime) -> None:
        self._moments, self._midnight = moments, now.replace(hour=0, minute=0, second=0, microsecond=0)
        self._days = self._midnight - recorded
        self._shifts = [self._new(moment, now) - datetime.fromisoformat(moment.began) for moment in moments]
        self._names = {
            moment.run_id: self._new_id(moment, shift)
            for moment, shift in zip(moments, self._shifts, strict=True)
            if moment.run_id
        }

    def rename(self, text: str) -> str:
        """Replace the recorded ids of runs in a text."""
        for old, new in self._names.items():
            text = text.replace(old, new)
        return text

    def move_row(self, row: Row, types: Mapping[str, str], references: Row) -> Row:
        """Return a row for the database: its dates moved, ids of runs and versions replaced."""
        number = row.pop("moment", None)
        moved = {name: self.rename(value) if isinstance(value, str) else value for name, value in row.items()}
        if number is not None:
            for name in moved:
                if types[name] in ("TIMESTAMP", "DATETIME") and moved[name]:
                    moved[name] = self._move_stamp(name, row[name], number)
        return moved | references

    def move_text(self, text: str, number: int) -> str:
        """Return a log with its times moved."""
        shift = self._shifts[number]

        def move(found: re.Match[str]) -> str:
            return (datetime.fromisoformat(found[0]) + shift).isoformat().replace("+00:00", "Z")

        lines = text.splitlines(keepends=True)
        return "".join(self.rename(_STAMP.sub(move, line, count=1)) for line in lines)

    def _move_stamp(self, name: str, value: str, number: int) -> str:
        is_date = name in _BOUNDS or (name in _DATES and self._moments[number].dated)
        shift = self._days if is_date else self._shifts[number]
        return f"{datetime.fromisoformat(value) + shift:%Y-%m-%d %H:%M:%S.%f}"

    def _new(self, moment: Moment, now: datetime) -> datetime:
        if moment.ago:
            return now - timedelta(seconds=moment.ago)
        return self._midnight + timedelta(days=moment.days, seconds=moment.seconds)

    def _new_id(self, moment: Moment, shift: timedelta) -> str:
        """A run's id has its logical date in it, or else when it was made."""
        kind, _, rest = moment.run_id.partition("__")
        if moment.dated:
            return f"{kind}__{self._midnight + timedelta(days=moment.days):%Y-%m-%dT%H:%M:%S+00:00}"
        made = _STAMP.match(rest)
        stamp = (datetime.fromisoformat(made[0]) + shift).isoformat() if made else ""
        return f"{kind}__{stamp}{rest[made.end() :] if made else rest}"


def _references(database: sqlite3.Connection, row: Row) -> Row:
    """The ids that this database has for the Dag version and the asset of a row."""
    found: Row = {}
    for name in _VERSIONS & row.keys():
        found[name] = database.execute(
            "select id from dag_version where dag_id = ? order by version_number desc", (row["dag_id"],)
        ).fetchone()[0]
    if "asset_id" in row:
        found["asset_id"] = database.execute(
            "select id from asset where name = ?", (row["asset_id"],)
        ).fetchone()[0]
    return found


def _insert(database: sqlite3.Connection, table: str, row: Row) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    database.execute(f'insert into "{table}" ({names}) values ({marks})', tuple(row.values()))
