"""The demo in words: what is wrong, the lines to type on a terminal, and the story without one."""

from __future__ import annotations

from typing import NamedTuple


class Troubles(NamedTuple):
    """The Dags with failed runs, and the questions that wait for a person: the Dag, and what is asked."""

    failed: list[str]
    questions: list[tuple[str, str]]


class Chapter(NamedTuple):
    """A line for sh, why it is run, and its exit code."""

    purpose: str
    line: str
    code: int = 0


_LINES = (
    ("why etl", "what failed, and the fix"),
    ("tasks debug etl load", "inspect the failure"),
    ("variables set exchange_rate 1.08", "fix the cause"),
    ("tasks clear etl -t load -d --run-id latest --follow", "run the task again"),
    ("hitl approve invoices approve latest", "answer the question"),
    ("tour", "the rest, step by step"),
)
STORY = (
    Chapter("What is wrong?", "airflowctl status"),
    Chapter("Why did etl fail?", "airflowctl why etl", 1),
    Chapter("How did each try of the task end?", "echo tries | airflowctl tasks debug etl load"),
    Chapter("A variable is not a number: fix it.", "airflowctl variables set exchange_rate 1.08"),
    Chapter("Run the task again.", "airflowctl tasks clear etl -t load -d --run-id latest --follow --yes"),
    Chapter("How long did each task take?", "airflowctl dagrun gantt etl latest"),
)


def describe_troubles(troubles: Troubles) -> list[str]:
    """Return a line for each problem."""
    lines = [f"x  {dag} failed in the last day" for dag in troubles.failed]
    lines += [f"?  {dag} waits for a person: {subject}" for dag, subject in troubles.questions]
    return lines or ["Nothing is wrong: this server was fixed before. scripts/demo --stop makes it new."]


def propose_lines() -> list[str]:
    """Return what may be typed first, and why."""
    return ["Type, or press Tab anywhere:", *(f"  {line:<53}{purpose}" for line, purpose in _LINES)]
