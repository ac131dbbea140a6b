"""scripts/record-demo: runs the demo's Dags for real, and keeps what Airflow then knows of them."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from .. import home, places
from ..processes import SetupError
from ..progress import Say, on_stderr, timed
from ..server import LocalAirflow, direct
from .history import AIRFLOW_MARK, DAGS, DAGS_MARK, FILE, Moment, Row, postpone_runs
from .seeds import BAD_RATE, GOOD_RATE, add_seeds

_COMPONENTS = ("api-server", "scheduler", "triggerer")  # a Dag processor would have the scheduler start runs
_WAIT_SECONDS = 300
_Value = TypeVar("_Value")
_HOUR = 3600
# What belongs to a process or a machine, or is another id in each database.
_DROPPED = frozenset(
    (
        *(
            "creating_job_id",
            "scheduled_by_job_id",
            "queued_by_job_id",
            "external_executor_id",
            "triggerer_id",
        ),
        *("pid", "last_heartbeat_at", "last_scheduling_decision", "context_carrier", "executor_config"),
    )
)
_EMPTY = {"context_carrier": '{"__var": {}, "__type": "dict"}'}
_BY_RUN = ("task_instance", "task_instance_history", "rendered_task_instance_fields", "task_map", "xcom")
_EVENTS = ("trigger_dag_run", "update_hitl_detail")


def main() -> int:
    """Record the history; return the exit code."""
    with tempfile.TemporaryDirectory(dir=places.LOCAL, prefix="recording-") as folder:
        airflow = _EmptyAirflow(
            Path(folder), components=_COMPONENTS, dags=DAGS, settings={"core.parallelism": 4}
        )
        try:
            with airflow, timed(on_stderr, "Running the Dags"):
                moments = _Recorder(airflow).run()
        except SetupError as failure:
            on_stderr(f"record-demo: {failure}")
            return 1
        history = _read(airflow, moments)
    FILE.write_text(json.dumps(history, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    on_stderr(f"{FILE.relative_to(places.REPO)}: {FILE.stat().st_size:,} bytes")
    return 0


class _EmptyAirflow(LocalAirflow):
    """An Airflow with the demo's Dags that starts no run by itself."""

    def _prepare(self, say: Say) -> None:
        super()._prepare(say)
        postpone_runs(self.home)


class _Recorder:
    """Runs the Dags over the API, in the order of the days; remembers when each run is to have been."""

    def __init__(self, airflow: LocalAirflow) -> None:
        self._url = airflow.url
        credentials = {"username": "admin", "password": airflow.password("admin")}
        self._token = ""
        self._token = self._call("POST", "/auth/token", credentials)["access_token"]
        self._midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.moments: dict[tuple[str, str], Moment] = {}

    def run(self) -> dict[tuple[str, str], Moment]:
        add_seeds(self._url, self._token)
        self._change_rate(GOOD_RATE)
        for days in (-3, -2, -1):
            self._run_etl(days)
        for days in (-1, 0):
            self._dated("rates", days, "success")
        self._backfill()
        self._trigger("backups", {"conf": {"files": 8}}, "success", days=-1, seconds=_HOUR)
        self._pay()
        self._change_rate(BAD_RATE)
        self._dated("etl", 0, "failed")
        waits = self._start("invoices", {"logical_date": None})
        self._until(lambda: self._questions("invoices", waits), "a question")
        self._remember("invoices", waits, ago=2 * _HOUR)
        return self.moments

    def _run_etl(self, days: int) -> None:
        etl = self._dated("etl", days, "success")
        known = {run for dag, run in self.moments if dag == "reports"}

        def new_report() -> str:
            ended = [run for run in self._runs("reports") if run["state"] == "success"]
            return next((run["dag_run_id"] for run in ended if run["dag_run_id"] not in known), "")

        report = self._until(new_report, "a report")
        # What the orders of a day started follows them as quickly as it did.
        self.moments["reports", report] = self.moments["etl", etl]._replace(run_id=report, dated=False)

    def _dated(self, dag: str, days: int, state: str) -> str:
        logical = f"{self._midnight + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
        return self._trigger(dag, {"logical_date": logical}, state, days=days, seconds=2, dated=True)

    def _trigger(self, dag: str, body: Row, state: str, **moment: Any) -> str:
        run = self._start(dag, {"logical_date": None} | body)
        self._ends(dag, run, state)
        self._remember(dag, run, **moment)
        return run

    def _start(self, dag: str, body: Row) -> str:
        run: str = self._call("POST", f"/api/v2/dags/{dag}/dagRuns", body)["dag_run_id"]
        return run

    def _backfill(self) -> None:
        first, last = (self._midnight + timedelta(days=days) for days in (-4, -2))
        body = {
            "dag_id": "rates",
            "from_date": first.isoformat(),
            "to_date": last.isoformat(),
            "max_active_runs": 1,
        }
        self._call("POST", "/api/v2/backfills", body)
        runs = self._until(
            lambda: [run for run in self._runs("rates") if run["run_type"] == "backfill"], "a backfill"
        )
        for run in sorted(runs, key=lambda run: str(run["logical_date"])):
            self._ends("rates", run["dag_run_id"], "success")
            days = (datetime.fromisoformat(run["logical_date"]) - self._midnight).days
            number = days + 4
            self._remember(
                "rates", run["dag_run_id"], days=days, dated=True, seconds=0, ago=20 * _HOUR - 30 * number
            )

    def _pay(self) -> None:
        run = self._start("invoices", {"logical_date": None})
        self._until(lambda: self._questions("invoices", run), "a question")
        path = f"/api/v2/dags/invoices/dagRuns/{run}/taskInstances/approve/-1/hitlDetails"
        self._call("PATCH", path, {"chosen_options": ["Approve"]})
        self._ends("invoices", run, "success")
        self._remember("invoices", run, ago=26 * _HOUR)

    def _remember(self, dag: str, run: str, **moment: Any) -> None:
        began = self._call("GET", f"/api/v2/dags/{dag}/dagRuns/{run}")["queued_at"]
        self.moments[dag, run] = Moment(began.replace("Z", "+00:00"), run, **moment)

    def _change_rate(self, value: str) -> None:
        self._call("PATCH", "/api/v2/variables/exchange_rate", {"key": "exchange_rate", "value": value})

    def _runs(self, dag: str) -> list[Row]:
        runs: list[Row] = self._call("GET", f"/api/v2/dags/{dag}/dagRuns?limit=100")["dag_runs"]
        return runs

    def _questions(self, dag: str, run: str) -> bool:
        asked = self._call("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/hitlDetails")
        return bool(asked["hitl_details"])

    def _ends(self, dag: str, run: str, state: str) -> None:
        path = f"/api/v2/dags/{dag}/dagRuns/{run}"
        ended = self._until(lambda: self._ended(path), f"the end of {dag} {run}")
        if ended != state:
            raise SetupError(f"{dag} {run} is {ended}, not {state}")

    def _ended(self, path: str) -> str:
        state: str = self._call("GET", path)["state"]
        return state if state in ("success", "failed") else ""

    def _until(self, look: Callable[[], _Value], what: str) -> _Value:
        deadline = time.monotonic() + _WAIT_SECONDS
        while not (seen := look()):
            if time.monotonic() > deadline:
                raise SetupError(f"after {_WAIT_SECONDS} s there is still not {what}")
            time.sleep(0.3)
        return seen

    def _call(self, method: str, path: str, body: Row | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        path = path.replace("+", "%2B")
        with direct.open(
            urllib.request.Request(self._url + path, data, headers, method=method), timeout=60
        ) as answer:
            return json.load(answer)


def _read(airflow: LocalAirflow, moments: dict[tuple[str, str], Moment]) -> Row:
    """What the database and the logs hold of the runs."""
    with closing(sqlite3.connect(airflow.home / home.DATABASE)) as database:
        database.row_factory = sqlite3.Row
        reader = _Reader(database, moments)
        tables = reader.tables()
    logs = {}
    for number, (dag, run) in enumerate(moments):
        for file in sorted((airflow.logs / f"dag_id={dag}" / f"run_id={run}").rglob("*.log")):
            text = file.read_text(encoding="utf-8").replace(str(DAGS), DAGS_MARK)
            text = text.replace(str(places.installation(airflow.version)), AIRFLOW_MARK)
            name = str(file.relative_to(airflow.logs))
            logs[reader.rename(name)] = (number, reader.rename(text))
    known = [moment._replace(run_id=reader.rename(moment.run_id)) for moment in reader.moments]
    return {
        "airflow": airflow.version,
        "midnight": f"{datetime.now(UTC):%Y-%m-%dT00:00:00+00:00}",
        "moments": [moment._asdict() for moment in known],
        "tables": tables,
        "logs": logs,
    }


class _Reader:
    """The rows of the runs; a run that was triggered for a date becomes a scheduled one."""

    def __init__(self, database: sqlite3.Connection, moments: dict[tuple[str, str], Moment]) -> None:
        self._database = database
        self._numbers = {key: number for number, key in enumerate(moments)}
        self.moments = list(moments.values())
        dated = {moment.run_id for moment in moments.values() if moment.dated}
        self._renames = {
            run: run.replace("manual__", "scheduled__") for run in dated if run.startswith("manual__")
        }

    def rename(self, text: str) -> str:
        for old, new in self._renames.items():
            text = text.replace(old, new)
        return text

    def tables(self) -> dict[str, list[Row]]:
        runs = self._rows("dag_run")
        self._by_id = {row["id"]: row["moment"] for row in runs}
        for run in runs:
            if self.moments[run["moment"]].dated:
                run["run_after"] = run["logical_date"]
            if run["run_id"].startswith("scheduled__"):
                run |= {"run_type": "scheduled", "triggered_by": "TIMETABLE"}
                run.pop("triggering_user_name", None)
        tables = {"backfill": self._backfills(runs), "dag_run": runs}
        tables["backfill_dag_run"] = self._with_run(self._plain("backfill_dag_run"))
        tables["trigger"] = self._triggers()
        tables |= {table: self._rows(table) for table in _BY_RUN}
        instances = {row["id"]: row["moment"] for row in tables["task_instance"]}
        tables["hitl_detail"] = [
            row | {"moment": instances[row["ti_id"]]}
            for row in self._plain("hitl_detail")
            if row["ti_id"] in instances
        ]
        tables["asset_event"] = self._events_of_assets()
        tables["dagrun_asset_event"] = self._plain("dagrun_asset_event")
        tables["log"] = self._audit()
        return tables

    def _plain(self, table: str) -> list[Row]:
        rows = (dict(row) for row in self._database.execute(f'select * from "{table}"'))
        return [
            {
                name: self._value(value)
                for name, value in row.items()
                if value is not None and name not in _DROPPED
            }
            | {name: empty for name, empty in _EMPTY.items() if name in row}
            | ({"hostname": "localhost"} if "hostname" in row else {})
            for row in rows
        ]

    def _value(self, value: Any) -> Any:
        return self.rename(value) if isinstance(value, str) else value

    def _rows(self, table: str) -> list[Row]:
        numbers = {(dag, self.rename(run)): number for (dag, run), number in self._numbers.items()}
        keys = ((row, (row["dag_id"], row["run_id"])) for row in self._plain(table))
        return [row | {"moment": numbers[key]} for row, key in keys if key in numbers]

    def _with_run(self, rows: list[Row]) -> list[Row]:
        return [row | {"moment": self._by_id[row["dag_run_id"]]} for row in rows]

    def _backfills(self, runs: list[Row]) -> list[Row]:
        moments = {run["backfill_id"]: run["moment"] for run in reversed(runs) if "backfill_id" in run}
        return [row | {"moment": moments[row["id"]]} for row in self._plain("backfill")]

    def _triggers(self) -> list[Row]:
        rows = self._plain("trigger")
        waiting = {row["trigger_id"]: row for row in self._rows("task_instance") if "trigger_id" in row}
        return [row | {"moment": waiting[row["id"]]["moment"]} for row in rows if row["id"] in waiting]

    def _events_of_assets(self) -> list[Row]:
        numbers = {(dag, self.rename(run)): number for (dag, run), number in self._numbers.items()}
        names = {row["id"]: row["name"] for row in self._database.execute("select id, name from asset")}
        return [
            row
            | {
                "asset_id": names[row["asset_id"]],
                "moment": numbers[row["source_dag_id"], row["source_run_id"]],
            }
            for row in self._plain("asset_event")
        ]

    def _audit(self) -> list[Row]:
        """The record of the run that failed, and what users did: the last change of the variable among it."""
        numbers = {(dag, self.rename(run)): number for (dag, run), number in self._numbers.items()}
        failed = max(number for (dag, _), number in numbers.items() if dag == "etl")
        rows: list[Row] = []
        changes: list[Row] = []
        for row in self._plain("log"):
            del row["id"]
            number = numbers.get((row.get("dag_id", ""), row.get("run_id", "")))
            is_kept = number is not None and (number == failed or row["event"] in _EVENTS)
            is_by_hand = (
                row["event"] == "trigger_dag_run" and number is not None and self.moments[number].dated
            )
            if row["event"] == "patch_variable":
                changes.append(row | {"moment": failed})
            elif is_kept and not is_by_hand:
                rows.append(row | {"moment": number})
        return [*changes[-1:], *rows]
