"""Every command that lists, over lists of many lengths: each row is printed, once."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from airflowctl.core.command import Command
from airflowctl.session import registry
from tests.faults.lines import lines
from tests.support.documented_server import answer_with_rows
from tests.support.list_servers import listings
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.stub import Stub

COUNTS = (0, 1, 100, 101, 250)  # a page has 100 rows
# Batches of rows are asked for with a POST, and FAB's lists are in no document.
LISTS = {listing.op for listing in listings()} | {"get_list_dag_runs_batch", "get_task_instances_batch"}
FAB = ("users list", "users export", "roles list", "roles export", "permissions list")
OPTIONS = {"--query", "--columns", "--sort", "--show-values"}
STANDARD = {"roles export": 1}  # rows that a command leaves out: the role Viewer, which every FAB has
BY_OPTION = {"get_mapped_task_instance_tries": ("--map-index", "7")}  # the operation that it leads to
OTHERS = {
    "dagrun gantt": "asks for each try of a task, as a row of its own",
    "dagrun logs": "prints the lines of logs",
    "dags report": "asks for the tasks of each Dag",
    "jobs check": "prints the newest job of each host",
    "providers get": "looks for one",
    "status": "prints a summary",
    "stuck": "prints what it finds in several lists",
    "triage": "prints groups of runs",
    "workers show": "looks for one",
}


def find_lines() -> dict[tuple[str, ...], Command]:
    """The lines of the commands whose own operation lists, but for those of OTHERS."""
    commands = {command.words: command for command in registry.all_commands()}
    found = {}
    for words in lines():
        command = next(commands[words[:size]] for size in (3, 2, 1) if words[:size] in commands)
        is_list = command.line in FAB or command.op in LISTS
        changes = command.effect is not None and command.effect.kind != "nothing"
        if is_list and not changes and command.line not in OTHERS and not OPTIONS & set(words):
            # The number of an asset is not looked for in a list.
            words = tuple("7" if (words[0], word) == ("assets", "some_id") else word for word in words)
            found[words] = command
            found |= {(*words, *more): command for op, more in BY_OPTION.items() if op in command.uses}
    return found


def read_printed(out: str) -> list[Any]:
    """The rows that a line printed, each as a text: of an export its file, of a picture its tasks."""
    data = json.loads(out)
    if isinstance(data, dict):
        data = json.loads(Path(data["file"]).read_text("utf-8")) if "file" in data else data
        data = data.get("nodes", data.get("tasks", list(data.items()))) if isinstance(data, dict) else data
    return [json.dumps(row) for row in data]


def test_each_list_is_the_operation_of_a_line() -> None:
    read = {command.op for command in find_lines().values()} | BY_OPTION.keys()
    assert {listing.op for listing in listings()} - read == set()


@every_row("words, command", lambda: find_lines().items(), ids=lambda row: " ".join(row[0]))
def test_a_list_is_printed_whole(
    words: tuple[str, ...], command: Command, program: Program, stub: Stub, in_a_folder: None
) -> None:
    program = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    for count in COUNTS:
        stub.answer = partial(answer_with_rows, count=count)
        done = program(*words, "-o", "json")
        rows = read_printed(done.out)
        whole = max(0, count - STANDARD.get(command.line, 0))
        assert (len(rows), len(set(rows))) == (whole, whole), done.err
        assert not (count and done.err)  # none is noted where there is one
