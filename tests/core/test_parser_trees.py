"""Every option of Airflow 1.10.15, 2.11.2 and 3.3.2 (by `scripts/record-parsers`) has an effect here, or is
answered with the line of today and its own values."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import pytest

from airflowctl.core.classic_commands import is_unlike
from airflowctl.core.errors import UsageError
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.session import registry
from tests.support.paths import SAMPLES
from tests.support.program import Program
from tests.support.stub import Stub

VERSIONS = ("1.10.15", "2.11.2", "3.3.2")
FILES = {version: SAMPLES / "parsers" / f"{version}.json" for version in VERSIONS}

# An option by its name there, and the parameters that mean the same here. All others have the same name.
MEANING = {
    "action_on_existing_key": "action",
    "downstream": "include_downstream",
    "end_date": "logical_date_lte",
    "exec_date": "logical_date",
    "format": "file_format",
    "replace_microseconds": "no_replace_microseconds",
    "start_date": "logical_date_gte",
    "upstream": "include_upstream",
    "verbose": "debug",
}
MEANING_IN = {
    ("dags list-jobs", "state"): "job_state",
    ("dags backfill", "conf"): "dag_run_conf",
    ("dags backfill", "start_date"): "from_date",
    ("dags backfill", "end_date"): "to_date",
}
# Those of a line that is answered with the line of today.
TODAY = {
    "conf": "--dag-run-conf",
    "conn_extra": "--conn-extra",
    "conn_id": "",
    "dag_regex": "--dag-regex",
    "donot_pickle": "",
    "delay_on_limit": "",
    "exclude_parentdag": "",
    "exclude_subdags": "",
    "exec_date": "--logical-date",
    "local": "",
    "no_confirm": "--yes",
    "reset_dag_run": "--reprocess-behavior completed",
    "reset_dagruns": "--reprocess-behavior completed",
    "rerun_failed_tasks": "--reprocess-behavior failed",
    "run_id": "--run-id",
    "task_regex": "-t",
    "verbose": "",
    "yes": "",
}
SECRETS = {"password": "PASSWORD", "conn_uri": "URI"}
# What a line needs beside what argparse requires.
NEEDED = {
    "backfill": "-s 2026-01-01 -e 2026-01-02",
    "dags backfill": "-s 2026-01-01 -e 2026-01-02",
    "create_user": "-u me -r Viewer -e me@x.org -f Me -l Me -p env:WORD",
}
# In 1.10 an option said what a line does; these belong to that.
DEEDS = {
    ("variables", "json"): "--get k",
    ("variables", "default"): "--get k",
    ("connections", "conn_id"): "--add",
    ("connections", "conn_uri"): "--add --conn_id c",
    ("connections", "conn_extra"): "--add --conn_id c",
    ("connections", "add"): "--conn_id c",
    ("connections", "delete"): "--conn_id c",
}
GONE = (
    "generate_pod_template",
    "kubernetes_generate_dag_yaml",
    "upgrade_check",
)  # local, and in no Airflow 3
GUESSES = ("marker.svg", "5", "on", "2026-01-03", '{"a": 1}', "queued", "SchedulerJob")


class Option(NamedTuple):
    """A row of a tree: no flags, where it is an argument."""

    flags: list[str]
    dest: str
    nargs: int | str | None
    choices: list[str]
    is_required: bool

    def values(self) -> list[list[str]]:
        """Values to try, one of which the option takes."""
        if self.nargs == 0:
            return [[]]
        count = self.nargs if isinstance(self.nargs, int) else 1
        return [[value] * count for value in (*self.choices, *GUESSES)]


class Line(NamedTuple):
    """A line with one option of a command, and how that is spelled."""

    command: str
    option: Option
    flag: str
    tokens: list[str]


@cache
def tree(version: str) -> dict[str, list[Option]]:
    found: dict[str, list[list[Any]]] = json.loads(FILES[version].read_text())
    return {words: [Option(*row) for row in rows] for words, rows in found.items()}


def is_remote(command: str) -> bool:
    words = tuple(command.split())
    return command not in GONE and not (registry.elsewhere(words[:1]) or registry.elsewhere(words[:2]))


def lines(version: str, command: str, option: Option) -> Iterator[Line]:
    """A line for each spelling of an option and each value to try."""
    base: list[str] = []
    for other in tree(version)[command]:
        if other.is_required and not (option.flags and other == option):
            base += [*other.flags[-1:], *fitting(other)]
    needed = shlex.split(NEEDED.get(command, ""))
    pairs = zip(needed[::2], needed[1::2], strict=True)
    base += [word for flag, value in pairs if flag not in option.flags for word in (flag, value)]
    base += shlex.split(DEEDS.get((command, option.dest), ""))
    for flag, values in product(option.flags or [""], option.values()):
        own = [flag, *values] if flag else [] if option.is_required else values
        yield Line(command, option, flag, [*command.split(), *base, *own])


def fitting(option: Option) -> list[str]:
    if "date" in option.dest and "run_id" not in option.dest:
        return ["2026-01-03"]
    return ["5"] if option.dest == "slots" else option.values()[0]


def problem_of(tokens: list[str]) -> tuple[LineParser, str]:
    state = parse_tokens(tokens, registry)
    try:
        state.bind()
    except UsageError as error:
        return state, error.message
    return state, ""


def rows(version: str) -> Iterator[tuple[str, Option]]:
    for command, options in tree(version).items():
        if is_remote(command):
            yield from ((command, option) for option in options)


@pytest.fixture
def away(online: Program) -> Program:
    return online


@pytest.mark.parametrize("version", VERSIONS)
def test_every_option_has_an_effect_or_names_the_line_of_today(
    version: str, away: Program, stub: Stub
) -> None:
    """No wrong guess: what is taken means here what it meant there."""
    wrong, counts = [], {"effect": 0, "today": 0}
    for command, option in rows(version):
        for flag in option.flags or [""]:
            tries = [line for line in lines(version, command, option) if line.flag == flag]
            answer = first = answer_to(tries[0], away, stub)
            for line in tries[1:]:
                if answer in counts:
                    break
                answer = answer_to(line, away, stub)
            if answer in counts:
                counts[answer] += 1
            else:
                wrong.append(f"{shlex.join(tries[0].tokens)}: {first}")
    assert not wrong, f"{len(wrong)} options:\n" + "\n".join(wrong)
    assert sum(counts.values()) > 300


def is_date_of_run(line: Line) -> bool:
    """`dags trigger -e DATE`: the letter is that of the environment today, which no date is the name of."""
    return line.command == "dags trigger" and line.flag == "-e"


def answer_to(line: Line, away: Program, stub: Stub) -> str:
    """`effect`, `today`, or what is wrong with the answer."""
    tokens = [*line.tokens[:-1], "2026-01-03"] if is_date_of_run(line) else line.tokens
    state, problem = problem_of(tokens)
    if not problem and not is_date_of_run(line):
        meaning = MEANING_IN.get((line.command, line.option.dest)) or MEANING.get(line.option.dest, "")
        names = {line.option.dest, meaning}
        taken = {*state.own_texts, *state.global_texts} & names
        return "effect" if taken or not line.flag else f"means {list(state.own_texts)}, not {meaning}"
    done = away(*tokens)
    if (done.code, done.out, stub.requests) != (2, "", []):
        return f"exit code {done.code}: {done.err}"
    text = json.loads(done.err)["error"]["hint"] if done.err[:1] == "{" else done.err
    return "today" if is_line_of_today(line, text) else done.err


def is_line_of_today(line: Line, text: str) -> bool:
    """Whether the answer is a line of today with the caller's values, which this program understands."""
    for begin in ("now: airflowctl ", "without: airflowctl ", "now, where Airflow itself is: airflow ",
                  "without: where Airflow itself is: airflow "):  # fmt: skip
        if begin not in text:
            continue
        today = text.split(begin)[1].splitlines()[0]
        if "without" in begin:
            return f"{line.flag} cannot be asked of the API" in text
        return has_values(line, today) and (
            "Airflow itself" in begin or not problem_of(shlex.split(today))[1]
        )
    return False


def has_values(line: Line, today: str) -> bool:
    dest, words = line.option.dest, shlex.split(today)
    if dest == "subdir":
        return True  # where the file of a Dag was looked for: the server knows
    if dest in SECRETS:
        return SECRETS[dest] in words
    values = [] if line.option.nargs == 0 else [line.tokens[-1]]
    if dest in TODAY and not TODAY[dest]:
        return True
    flag = TODAY.get(dest, "") if line.option.nargs == 0 else ""
    return all(value in words for value in values) and flag in today


def test_the_trees_are_those_of_whole_parsers() -> None:
    counts = {version: sum(map(len, tree(version).values())) for version in VERSIONS}
    assert counts == {"1.10.15": 318, "2.11.2": 462, "3.3.2": 542}
    assert len([command for command in tree("3.3.2") if is_remote(command)]) >= 55


def test_every_remote_command_of_today_has_classic_output() -> None:
    remote = [command for command in tree("3.3.2") if is_remote(command)]
    known = {command: parse_tokens(command.split(), registry).command for command in remote}
    assert [line for line, command in known.items() if command is None] == []
    silent = [line for line, command in known.items() if command and not command.classic]
    assert [line for line in silent if not is_unlike(line)] == []


BARE = ("variables", "connections", "pool")  # 1.10 listed their names


@pytest.mark.parametrize("command", [command for command in tree("1.10.15") if is_remote(command)])
def test_every_command_of_1_10_is_a_line_or_names_that_of_today(command: str, program: Program) -> None:
    options = [option for option in tree("1.10.15")[command] if option.is_required]
    base = [word for option in options for word in (*option.flags[-1:], *fitting(option))]
    tokens = [*command.split(), *base, *shlex.split(NEEDED.get(command, ""))]
    if not problem_of(tokens)[1]:
        return
    done = program(*tokens)
    assert (done.code, done.out) == (2, "")
    assert ("has: " in done.err and "list" in done.err) if command in BARE else "now" in done.err
