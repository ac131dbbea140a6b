"""52 lines of public repositories (names changed), each with its pipe, run by bash with a link of ours named
`airflow`, and again with the classic command's answers: stdout and exit code of the line are the same."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from local_airflow import places

from tests.support.parity_airflow import Both
from tests.support.program import Done
from tests.support.skips import require_program

pytestmark = pytest.mark.time_limit(180)

REMOTE = Path(sys.executable).with_name("airflow-remote")
# An `airflow` that answers as the classic command has answered the same words: that takes seconds to start.
ANSWERING = """#!/bin/bash
key=$(printf '%s\\n' "$@" | md5sum | cut -c1-32)
[ -e "{folder}/$key" ] || {{ echo "not asked before: $*" >&2; exit 99; }}
[ -e "{folder}/$key.file" ] && cp "{folder}/$key.file" "${{!#}}"
cat "{folder}/$key"
exit "$(cat "{folder}/$key.code")"
"""
LOGGED = re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+Z \[")
SAME = "same"  # stdout and exit code
CODE = "code"  # the exit code: both refuse, and the classic command prints its usage to stdout
MODULE = "module"  # `python -m airflowctl` for `python -m airflow`
LOCAL = "local"  # handed to the real one, by AIRFLOWCTL_FALLBACK
MORE = "more"  # the classic command refuses, ours does it


class Case(NamedTuple):
    """A line of bash, in which `airflow` is the program; what of it the classic command is asked; what takes
    it back; and what a refusal says."""

    name: str
    bash: str
    asked: tuple[str, ...]
    kind: str = SAME
    undo: tuple[str, ...] = ()
    says: str = ""


def case(name: str, bash: str, *asked: str, kind: str = SAME, undo: str = "", says: str = "") -> Case:
    """Where no other lines are asked, it is the first part of the pipe."""
    first = bash.partition(" | ")[0].removeprefix("airflow ")
    return Case(name, bash, asked or (first,), kind, tuple(filter(None, undo.split(";"))), says)


PAIR = '{for(i=1;i<=NF;i++) if($i=="True"||$i=="False") print $i}'
CASES = (
    case("L1", "airflow dags list | awk 'NR>2 {print $1}'"),
    case("L2", "airflow dags list | tail -n +3 | head -n -1 | awk '{print $1}'"),
    case("L3", "airflow dags list | tail -n +2 | awk '{print $1}' | grep -v '^[=|+-]'"),
    case("L4", "airflow dags list | awk '{print $1}' | grep -v DAG_ID | xargs -n1 echo unpause"),
    case("L5", "airflow dags list -o plain | tail -n +2 | while read -r dag rest; do echo \"$dag\"; done"),
    case("L6", "airflow dags list -o plain | awk -v d=demo_etl '$1==d {print $4}'"),
    case("L7", f"airflow dags list --output plain | awk '/demo_etl/ {PAIR}'"),
    case("L8", "airflow dags list -o json | jq -r '.[] | select(.dag_id==\"demo_etl\").dag_id'"),
    case("L9", "airflow dags list -o json | jq -r '.[] | select(.is_paused == \"False\") | .dag_id'"),
    case("L10", 'airflow dags list-import-errors | grep -q "No data found" && echo none || echo errors'),
    case("L11", "airflow dags list-import-errors | tail -n +3 | head -n -1"),
    case("L12", "airflow dags list-runs varied -o json | jq -r '.[0].run_id'"),
    case("L13", "airflow dags list-runs varied -o json | jq -r '.[] | [.run_id, .run_duration] | @tsv'"),
    case("L14", "airflow dags list-runs varied -o json | grep -o '\"state\": \"[a-z]*\"'"),
    case("L15", "airflow dags list-runs varied -o json | jq -r '.[] | (.run_id // .dag_run_id)'"),
    case("L16", "airflow dags list-runs --state failed varied -o plain | grep varied | awk '{print $2}'"),
    case("L17", "airflow dags list-runs varied -o json | jq -r '.[0].execution_date'"),
    case("L18", "airflow dags state varied one | tail -n 1"),
    case("L19", "airflow dags state varied", kind=CODE),
    case("L20", "airflow tasks list varied -o json | jq length", kind=MORE),
    case("L21", "airflow tasks list varied --tree", kind=MORE),
    case("L22", "airflow tasks list varied | wc -l"),
    case("L23", "airflow tasks states-for-dag-run varied one -o table | grep -c success"),
    case("L24", "airflow tasks state varied greet one"),
    case("L25", "airflow variables list | grep plain"),
    case("L26", "for v in plain nosuch; do airflow variables get $v >/dev/null 2>&1 && echo $v; done; true",
         "variables get plain", "variables get nosuch"),
    case("L27", "airflow connections get full >/dev/null && echo there", "connections get full"),
    case("L28", "airflow connections list | grep -q full && echo there", "connections list"),
    case("L29", "airflow connections get full -o json | jq -r '.[0].conn_id, .[0].host'"),
    case("L30", "airflow connections add by_people --conn-type fs --conn-host h | head -n 1",
         undo="connections delete by_people"),
    case("L31", "airflow variables set by_people /opt/x", undo="variables delete by_people"),
    case("L32", "airflow dags trigger doomed -r by_people -c {} -o json | jq -r '.[0].dag_run_id'",
         undo="dagrun delete doomed by_people -y"),
    case("L33", "airflow dags trigger doomed -e 20240401", kind=CODE,
         says="now: airflowctl dags trigger doomed --logical-date 20240401"),
    case("L34", "airflow dags trigger doomed --execution-date 2024-04-01", kind=CODE,
         says="now: airflowctl dags trigger doomed --logical-date 2024-04-01"),
    case("L35", "airflow dags backfill doomed -s 2024-04-01 -e 2024-04-02 --reset-dagruns", kind=CODE,
         says="create doomed --from-date 2024-04-01 --to-date 2024-04-02 --reprocess-behavior completed"),
    case("L36", "airflow backfill create --dag-id daily --from-date 2026-01-01 --to-date 2026-01-03 --dry-run"
         " | grep -v run_on_latest"),
    case("L37", "airflow tasks clear doomed -t nothing -y"),
    case("L38", "airflow tasks clear doomed nothing --downstream", kind=CODE, says="unexpected argument"),
    case("L39", "airflow pools set by_people 5 text", undo="pools delete by_people"),
    case("L40", "airflow users list", kind=CODE, says="does not have the FAB auth manager"),
    case("L41", "airflow db check >/dev/null && echo up", "db check", kind=LOCAL),
    case("L42", "airflow webserver -p 8080 2>/dev/null", "webserver -p 8080", kind=LOCAL),
    case("L43", "airflow dags reserialize >/dev/null && echo done", "dags reserialize"),
    case("L44", "airflow tasks logs varied greet one | grep -c .", kind=MORE),
    case("L45", "airflow dags list-import-errors --local | head -n 1", kind=LOCAL),
    case("L46", "airflow jobs check --job-type scheduler", kind=CODE, says="SchedulerJob"),
    case("L47", "airflow datasets list", kind=CODE, says="now: airflowctl assets list"),
    case("L48", "set -e; airflow connections export all.json >/dev/null; jq -r .full.host all.json",
         "connections export all.json"),
    case("L49", "airflow variables export all.json >/dev/null && jq -r .plain all.json",
         "variables export all.json"),
    case("L50", "airflow version | cut -d. -f1,2"),
    case("L51", "${PROGRAM:-airflow} dags list | awk 'NR>2 {print $1}'", "dags list", kind=MODULE),
    *(case(f"L52 {line}", f"airflow {line}", kind=CODE, says=says) for line, says in (
        ("connections --add --conn_id x --conn_type http", "airflowctl connections add x --conn-type http"),
        ("connections -a --conn_id x --conn_type http", "now: airflowctl connections add x --conn-type http"),
        ("connections --delete --conn_id x", "now: airflowctl connections delete x"),
        ("connections --list", "now: airflowctl connections list"),
        ("variables --set k v", "now: airflowctl variables set k v"),
        ("variables --get k", "now: airflowctl variables get k"),
        ("variables --import v.json", "now: airflowctl variables import v.json"),
        ("trigger_dag etl", "now: airflowctl dags trigger etl"),
        ("unpause etl", "now: airflowctl dags unpause etl"),
        ("list_dags", "now: airflowctl dags list"),
        ("list_tasks etl", "now: airflowctl tasks list etl"),
        ("clear etl -t load -c", "now: airflowctl tasks clear etl -t load --yes"),
        ("dag_state etl 2024-04-01", "now: airflowctl dags state etl 2024-04-01"),
        ("backfill etl -s 2024-04-01", "backfill create etl --from-date 2024-04-01 --to-date 2024-04-01"),
        ("initdb", "airflow db migrate"),
        ("create_user -u ann -r Op", "now: airflowctl users create --username ann --role Op"),
        ("test etl load 2024-04-01", "airflow tasks test etl load 2024-04-01"),
    )),
)  # fmt: skip


@pytest.fixture
def bash(both: Both, tmp_path: Path) -> Bash:
    return Bash(both, tmp_path)


class Bash:
    """Runs a line of bash in an empty folder, with ours or with the classic command as `airflow`."""

    def __init__(self, both: Both, folder: Path) -> None:
        self._both, self._folder = both, folder
        self._ours, self._theirs = folder / "ours", folder / "theirs"
        for part in (self._ours, self._theirs, folder / "work"):
            part.mkdir()
        (self._ours / "airflow").symlink_to(REMOTE)

    def ask_classic(self, lines: tuple[str, ...]) -> None:
        """Keep the answers of the classic command."""
        program = self._theirs / "airflow"
        program.write_text(ANSWERING.format(folder=self._theirs))
        program.chmod(0o755)
        for line in lines:
            words = line.split()
            key = hashlib.md5("".join(f"{word}\n" for word in words).encode()).hexdigest()
            is_export = words[1:2] == ["export"]
            file = self._theirs / f"{key}.file" if not is_export else self._theirs / f"{key}.json"
            done = self._both.classic(*words[:-1], str(file)) if is_export else self._both.classic(*words)
            if is_export:
                file.rename(file.with_suffix(".file"))
            # The classic command logs there, where it is not started by its own script.
            shown = [row for row in done.out.splitlines(keepends=True) if not LOGGED.match(row)]
            (self._theirs / key).write_text("".join(shown))
            (self._theirs / f"{key}.code").write_text(str(done.code))

    def run(self, line: str, *, is_ours: bool, behind: Path | None = None, **more: str) -> Done:
        folders = [self._ours, behind or self._theirs] if is_ours else [self._theirs]
        path = ":".join(map(str, [*folders, *os.environ["PATH"].split(":")]))
        environ = {**self._both.ctl.environ, "AIRFLOWCTL_CLASSIC": "", **more, "PATH": path}
        done = subprocess.run(["bash", "-c", line], env=environ, cwd=self._folder / "work",
                              capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
        return Done(done.stdout, done.stderr, done.returncode)


def test_the_real_one_runs_what_is_local(both: Both, bash: Bash) -> None:
    """A whole machine: a link of ours before the real one on PATH; the database is checked by that, the pools
    come from the server."""
    real = places.installation(both.airflow.version) / "venv" / "bin"
    line = "airflow db check >/dev/null 2>&1 && airflow pools list -o plain | awk 'NR>1 {print $1}'"
    environ = {**both.airflow.environment, "AIRFLOWCTL_FALLBACK": "1"}
    done = bash.run(line, is_ours=True, behind=real, **environ)
    assert (done.code, "default_pool" in done.lines) == (0, True), done
    assert bash.run(line, is_ours=True, behind=real, **{**environ, "AIRFLOWCTL_FALLBACK": "0"}).code == 2


def test_there_are_52_of_them() -> None:
    assert len({entry.name.partition(" ")[0] for entry in CASES}) == 52


@pytest.mark.parametrize("entry", CASES, ids=[entry.name for entry in CASES])
def test_a_line_means_the_same(entry: Case, bash: Bash, both: Both) -> None:
    require_program("jq", entry.bash)
    more = {
        LOCAL: {"AIRFLOWCTL_FALLBACK": "1"},
        MODULE: {"PROGRAM": f"{sys.executable} -m airflowctl", "AIRFLOWCTL_CLASSIC": "1"},
    }.get(entry.kind, {})
    bash.ask_classic(entry.asked if entry.kind == LOCAL else ())
    if entry.kind == CODE:  # no pipe: a process of its own would show nothing more
        ours = both.ctl("--classic", *entry.asked[0].split())
    else:
        ours = bash.run(entry.bash, is_ours=True, **more)
    for line in entry.undo:
        assert both.ctl(*line.split()).code == 0
    bash.ask_classic(entry.asked)
    theirs = bash.run(entry.bash, is_ours=False)
    for line in entry.undo:
        assert both.ctl(*line.split()).code == 0
    assert theirs.code != 99, theirs
    assert entry.says in ours.err
    if entry.kind == MORE:
        assert (ours.code, bool(ours.out)) == (0, True), ours
    elif entry.kind == CODE:
        assert (ours.code, ours.out) == (theirs.code, ""), ours
    else:
        assert (ours.out, ours.code) == (theirs.out, theirs.code), (ours, theirs)
