"""More than 200 lines with formats print what the classic command prints, letter for letter, and so do
pipes of bash behind them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from airflowctl.core.classic_commands import is_unlike
from tests.support.parity_airflow import Both
from tests.support.skips import require_program

pytestmark = pytest.mark.time_limit(180)

FORMATS = ("table", "json", "yaml", "plain")
WITH_FORMATS = (
    "assets list",
    "assets list --alias",
    "assets list --columns name,uri",
    "assets details --name orders",
    "assets details --uri file://rates/",
    "assets details --alias --name many",
    "connections list",
    "dags details varied",
    "dags details daily",
    "dags list",
    "dags list --columns dag_id,is_paused,tags",
    "dags list -B dags-folder",
    "dags list-import-errors",
    "dags list-jobs",
    "dags list-jobs --state running --limit 1",
    "dags list-runs varied",
    "dags list-runs varied --state failed",
    "dags list-runs varied --state queued",
    "dags list-runs doomed -s 2026-01-01 -e 2026-12-01",
    "plugins",
    "pools list",
    "pools get small",
    "providers list",
    "providers get apache-airflow-providers-standard",
    "variables list",
    "variables list --show-values",
)
AS_TEXT = (
    "config get-value core parallelism",
    "config get-value core nosuch",
    "config lint",
    "connections delete nosuch",
    "connections list --hide-sensitive",
    "connections test full",
    "connections test nosuch",
    "dags details nosuch",
    "dags list --columns dag_id,nosuch",
    "dags list-runs nosuch",
    "dags next-execution daily",
    "dags next-execution daily --field run_after",
    "dags next-execution daily --table",
    "dags next-execution doomed",
    "dags next-execution nosuch",
    "dags pause nosuch",
    "dags state doomed 2020-01-01",
    "dags state doomed 2026-03-01",
    "dags state nosuch one",
    "dags state varied one",
    "jobs check",
    "jobs check --job-type SchedulerJob --limit 0 --allow-multiple",
    "jobs check --job-type TriggererJob",
    "pools get nosuch",
    "providers get nosuch",
    "tasks list nosuch",
    "tasks list varied",
    "tasks render varied greet one",
    "tasks state doomed nothing queued",
    "tasks state varied count one --map-index 1",
    "tasks state varied greet one",
    "tasks state varied nosuch one",
    "variables delete nosuch",
    "variables get document",
    "variables get document -j",
    "variables get nosuch",
    "variables get nosuch -d instead",
    "variables get plain",
    "variables list --hide-sensitive",
    "version",
)
# Of what `airflow LINE` prints into them, in the shapes that public repositories have.
PIPES = {
    "table": (
        "awk 'NR>2 {print $1}'",
        "tail -n +3 | head -n -1 | awk -F'|' '{print $2}'",
        "cut -d'|' -f1 | tr -d ' ' | sort",
        "grep -q 'No data found' && echo none || echo some",
    ),
    "plain": (
        "tail -n +2 | awk '{print $1}'",
        "awk 'NR==1 {print NF; print $2}'",
        'while read -r first rest; do echo "$first:${#rest}"; done',
    ),
    "json": (
        "jq -r '.[] | [.[] | tostring] | join(\",\")'",
        'jq -r \'if length > 0 then (.[0] | keys_unsorted | join(" ")) else "none" end\'',
        'grep -o \'"[a-z_]*": "[^"]*"\' | sort | uniq -c',
    ),
    "yaml": (
        "grep -c '^- '",
        "awk -F': ' '{print $1}'",
    ),
}
MORE = (
    "assets details --name rates",
    "dags details demo_etl",
    "dags details doomed",
    "dags details waiting",
    "dags list --columns dag_id",
    "dags list --columns dag_id,owners",
    "dags list --columns nosuch",
    "dags list --columns dag_id,tags,next_dagrun_logical_date",
    "dags list-jobs --limit 2",
    "dags list-jobs -d varied",
    "dags list-runs daily",
    "dags list-runs doomed",
    "dags list-runs doomed --no-backfill",
    "dags list-runs doomed --state queued",
    "dags list-runs doomed -s 2026-03-01 -e 2026-03-01",
    "dags list-runs doomed -s 2027-01-01",
    "dags list-runs varied --state success",
    "dags list-runs demo_waits",
    "pools get default_pool",
    "providers get apache-airflow-providers-common-sql",
    "providers get apache-airflow-providers-smtp",
    "variables list --hide-sensitive --show-values",
)
TEXT_PIPES = ("tail -n 1 | cut -d, -f1", "tr a-z A-Z | grep -c .")
LINES = (*WITH_FORMATS, *MORE)
ALL = (
    *((f"{line} -o {name}", PIPES[name]) for line in LINES for name in FORMATS),
    *((line, PIPES["table"][:2]) for line in WITH_FORMATS),
    *((line, TEXT_PIPES) for line in AS_TEXT),
)


def test_there_are_200_lines() -> None:
    assert len({line for line, _ in ALL}) >= 200
    assert sum(len(pipes) for _, pipes in ALL) >= 600


@pytest.mark.parametrize(("line", "pipes"), ALL, ids=[line for line, _ in ALL])
def test_a_line_and_its_pipes_print_the_same(
    line: str, pipes: tuple[str, ...], both: Both, tmp_path: Path
) -> None:
    require_program("jq", *pipes)
    assert not is_unlike(line)
    theirs, ours = both.classic(*line.split()), both.ctl("--classic", *line.split())
    assert (ours.out, ours.code) == (theirs.out, theirs.code), ours.err
    shown = [through(done.out, pipes, tmp_path / name) for name, done in (("ours", ours), ("theirs", theirs))]
    assert shown[0] == shown[1]


def through(text: str, pipes: tuple[str, ...], file: Path) -> list[tuple[str, str]]:
    """What each pipe prints, and its exit code; one bash runs them all."""
    file.write_text(text)
    script = "".join(f'printf "%s\\0" "$(cat "$0" | {pipe}; echo " ${{PIPESTATUS[*]}}")"\n' for pipe in pipes)
    done = subprocess.run(["bash", "-c", script, str(file)], capture_output=True, text=True, timeout=60,
                          check=True)  # fmt: skip
    parts = done.stdout.split("\0")[:-1]
    assert len(parts) == len(pipes), json.dumps(done.stderr)
    return [(part.rpartition(" ")[0], part.rpartition("\n")[2]) for part in parts]
