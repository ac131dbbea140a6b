"""Classic mode says what the classic command says of changes and of files, and behind public pipes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.parity_airflow import Both
from tests.support.skips import require_program

pytestmark = pytest.mark.time_limit(120)

FORMATS = ("table", "json", "yaml", "plain")


# What changes something, and what it says.

# A line, and what takes it back, so that both programs find the same state.
CHANGES = (
    ("variables set by_classic text --description what", ""),
    ("variables set by_classic text", ""),
    ("variables delete by_classic", "variables set by_classic text"),
    ("pools set by_classic 3 some", ""),
    ("pools delete by_classic", "pools set by_classic 3 some"),
    ("connections add by_classic --conn-uri fs://me@host:80/x", "connections delete by_classic"),
    ("connections delete by_classic", "connections add by_classic --conn-type fs"),
    ("dags unpause demo_waits", "dags pause demo_waits"),
    ("dags unpause demo_waits", ""),
    ("dags pause demo_waits", "dags unpause demo_waits"),
    ("dags pause ^demo_wai --treat-dag-id-as-regex --yes", ""),
    ("dags unpause ^demo_wai --treat-dag-id-as-regex --yes", "dags pause demo_waits"),
    ("connections create-default-connections", ""),
)


def test_changes_say_the_same(both: Both) -> None:
    """Each line by the one and, on the same state, by the other."""
    assert both.ctl("dags", "pause", "demo_waits").code == 0
    before = names_of_connections(both)
    for line, undo in CHANGES:
        ours = both.ctl("--classic", *line.split())
        if undo:
            assert both.ctl(*undo.split()).code == 0
        theirs = both.classic(*line.split())
        assert (ours.out, ours.code) == (theirs.out, theirs.code), (line, ours.err, theirs.err)
    for name in names_of_connections(both) - before:  # which other tests compare and make
        assert both.ctl("connections", "delete", name).code == 0


def names_of_connections(both: Both) -> set[str]:
    return set(both.ctl("connections", "list", "-o", "name").lines)


@pytest.mark.parametrize("name", FORMATS)
def test_the_states_of_a_run_are_the_same_in_another_order(name: str, both: Both) -> None:
    """The classic command lists them in the order in which its database has them, which is none."""
    words = ("tasks", "states-for-dag-run", "varied", "one", "-o", name)
    theirs, ours = both.classic(*words), both.ctl("--classic", *words)
    assert ours.code == theirs.code == 0
    assert sorted(parts(ours.out)) == sorted(parts(theirs.out))


def parts(text: str) -> list[str]:
    """The rows of any format."""
    if text[:2] == "- ":
        return text.strip().removeprefix("- ").split("\n- ")
    return text.strip("[]{}\n").split("}, {") if text[:1] == "[" else text.splitlines()


@pytest.mark.parametrize("name", ["json", "table", "plain", "yaml"])
def test_a_run_that_is_triggered_has_the_same_fields(name: str, both: Both) -> None:
    words = ("dags", "trigger", "doomed", "-o", name, "-c", '{"tenant_id": "a"}', "-r")
    theirs = both.classic(*words, f"theirs-{name}").out
    ours = both.ctl("--classic", *words, f"ours-{name}").out
    assert shape_of(ours, "ours-") == shape_of(theirs, "theirs-")


def shape_of(text: str, prefix: str) -> str:
    """A run without what each run has of its own: its id, its times, and who started it."""
    import re

    # The classic command logs there, where it is not started by its own script.
    text = "".join(row for row in text.splitlines(keepends=True) if "[info " not in row)
    text = re.sub(rf"{prefix}\w+", "ID", text)
    text = re.sub(r"20\d\d-\d\d-\d\d[ T][\d:.+]+", "TIME", text)
    return re.sub(r"[ =+]+|admin|root", " ", text)


@pytest.mark.parametrize("noun", ["variables", "pools", "connections"])
def test_imports_and_exports_say_and_write_the_same(noun: str, both: Both, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs" / "all.json", tmp_path / "ours" / "all.json"
    for action in ("export", "import"):
        shown = []
        for run, file in ((both.classic, theirs), (lambda *words: both.ctl("--classic", *words), ours)):
            file.parent.mkdir(exist_ok=True)
            done = run(noun, action, str(file))
            shown.append((done.out.replace(str(file), "FILE"), done.code))
        assert shown[0] == shown[1]
        if noun == "connections":  # the server masks secrets, and writes the JSON of an extra anew
            both_files = [json.loads(file.read_text())["full"] for file in (ours, theirs)]
            assert both_files[0] == both_files[1]
        else:
            assert ours.read_text() == theirs.read_text()
    if noun == "variables":
        assert both.ctl("variables", "set", "document", "[1]").code == 0  # which an import has indented
        assert both.ctl("--classic", noun, "export", "-").out.rstrip("\n") == theirs.read_text()


# Behind a pipe: of lines in public repositories (names changed).

PIPES = (
    ("dags list", "awk 'NR>2 {print $1}'"),
    ("dags list", "tail -n +3 | head -n -1 | awk '{print $1}'"),
    ("dags list", "tail -n +2 | awk '{print $1}' | grep -v '^[=|+-]'"),
    ("dags list", "awk '{print $1}' | grep -v DAG_ID"),
    ("dags list", "awk -F'|' '$4 ~ /False/ {print $1}'"),
    ("dags list", "grep -c demo_"),
    ("dags list -o plain", "tail -n +2 | while read -r dag rest; do echo $dag; done"),
    ("dags list -o plain", "awk '$1==\"demo_etl\" {print $4}'"),
    ("dags list --output plain", 'awk \'/demo/ {for(i=1;i<=NF;i++) if($i=="True"||$i=="False") print $i}\''),
    ("dags list -o json", "jq -r '.[] | select(.dag_id==\"demo_etl\").dag_id'"),
    ("dags list -o json", "jq -r '.[] | select(.is_paused == \"False\").dag_id'"),
    ("dags list-import-errors", 'grep -q "No data found" && echo none'),
    ("dags list-import-errors", "tail -n +3 | head -n -1"),
    ("dags list-runs varied -o json", "jq -r '.[0].run_id'"),
    ("dags list-runs varied -o json", "jq -r '.[] | .run_id, .state'"),
    ("dags list-runs varied -o json", 'grep -o \'"state": "[a-z]*"\''),
    ("dags list-runs --state failed varied -o plain", "grep varied | awk '{print $2}'"),
    ("dags state varied one", "tail -n 1"),
    ("tasks list varied", "wc -l"),
    ("tasks states-for-dag-run varied one -o table", "grep -c success"),
    ("variables list", "grep plain"),
    ("variables get plain", "tr a-z A-Z"),
    ("connections list", "grep -q full && echo there"),
    ("connections list -o json", "jq -r '.[0].conn_id'"),
    ("pools list -o json", "jq -r '.[].pool'"),
    ("version", "cut -d. -f1"),
)


@pytest.mark.parametrize(("line", "pipe"), PIPES, ids=[f"{line} | {pipe}" for line, pipe in PIPES])
def test_what_stands_behind_a_pipe_gets_the_same(line: str, pipe: str, both: Both) -> None:
    require_program("jq", pipe)
    theirs, ours = both.classic(*line.split()), both.ctl("--classic", *line.split())
    shown = [
        subprocess.run(["bash", "-c", pipe], input=done.out, capture_output=True, text=True)
        for done in (ours, theirs)
    ]
    assert (shown[0].stdout, shown[0].returncode) == (shown[1].stdout, shown[1].returncode)
    assert shown[1].stdout or "tail" in pipe
