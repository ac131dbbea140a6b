"""Every line printed of real runs, and of what goes wrong on a real Airflow, leads to the server of the
line that printed it. Two servers of their own stand before one Airflow, and record what they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from local_airflow import LocalAirflow

from tests.support.environment_files import write
from tests.support.failed_runs import Runs
from tests.support.printed_lines import Relay, lines_of, reached, tokens_of, typed_lines_of
from tests.support.program import Done, Program
from tests.support.shell_driver import Shell
from tests.support.stub import Stub

# What prints lines, and the words of lines that it prints at least.
PRINTS = {
    "why demo_fails bad": ("tasks debug", "tasks logs", "tasks clear"),
    "why demo_fails bad -o json": ("tasks debug", "tasks logs", "tasks clear"),
    "diagnose many bad": ("tasks clear",),
    "diagnose starved held": ("pools",),
    "diagnose people held": ("hitl show", "hitl approve", "hitl reject"),
    "diagnose asleep": ("dags unpause",),
    "diagnose one_at_a_time second": ("diagnose",),
    "why on_the_past second -o json": ("diagnose", "tasks clear"),
    "why": ("diagnose",),
    "triage": ("why", "tasks clear"),
    "stuck": ("hitl show",),
    "why -o json": ("diagnose",),
    "status": ("diagnose",),
    "why nope": ("dags list", "dags list-import-errors"),
    "why demo_fails nope": ("dagrun list",),
    "dags get nope": ("dags list",),
    "dagrun get demo_fails nope": ("dagrun list",),
    "tasks get demo_fails nope": ("tasks list",),
    "tasks state many read bad": ("tasks mapped",),
    "tasks logs demo_fails compute bad --try 9": ("tasks tries",),
    "pools get nope": ("pools list",),
    "pools create default_pool 3": ("pools update",),
    "variables get nope": ("variables list",),
    "connections get nope": ("connections list",),
    "providers get nope": ("providers list",),
    "assets details --name nope": ("assets list",),
    "backfill get 999999": ("backfill list",),
    "dags trigger demo_fails -r bad": ("dagrun list",),
    "api nope": ("api list",),
    "api GET": ("api GET",),
    "pools list x": ("help pools list",),
}


@pytest.fixture
def relays(
    program: Program, working_airflow: LocalAirflow, working: Program, home: Path
) -> Iterator[dict[str, Stub]]:
    """The environments dev, which is the chosen one, and prod."""
    with Relay(working_airflow, token(working)) as dev, Relay(working_airflow, token(working)) as prod:
        for name, server in (("dev", dev), ("prod", prod)):
            write(home, name, f'url = "{server.url}"\n')
        program("env", "use", "dev")
        yield {"dev": dev, "prod": prod}


def token(working: Program) -> str:
    return working.environ["AIRFLOW_CLI_TOKEN"]


def assert_all_lead_to(
    there: str,
    done: Done,
    wanted: tuple[str, ...],
    program: Program,
    relays: dict[str, Stub],
    typed: Sequence[str] = (),
) -> None:
    """Every line that a run has printed, or a shell as it is typed there: understood, of the commands that
    are wanted, and led there. Nothing of them is done, for the servers then only record."""
    lines = [*lines_of(done), *(f"airflowctl {line}" for line in typed)]
    said = [" ".join(tokens_of(line)) for line in lines]
    assert all(any(words in text for text in said) for words in wanted), (wanted, done)
    for relay in relays.values():
        assert isinstance(relay, Relay)
        relay.closed = True
    for line in lines:
        asks_no_server = "help" in tokens_of(line) or "api list" in line
        expected = set() if asks_no_server else {there}
        assert reached(program, line, relays) == expected, (line, done)
    for relay in relays.values():
        assert isinstance(relay, Relay)
        relay.closed = False


@pytest.mark.parametrize("where", ["nowhere", "-e", "--url"])
@pytest.mark.parametrize(("text", "wanted"), PRINTS.items(), ids=PRINTS)
def test_of_a_one_shot(
    program: Program,
    relays: dict[str, Stub],
    troubled: Runs,
    text: str,
    wanted: tuple[str, ...],
    where: str,
) -> None:
    there = "dev" if where == "nowhere" else "prod"
    options = {"-e": ("-e", "prod"), "--url": ("--url", relays["prod"].url)}.get(where, ())
    done = program(*options, *text.split())
    assert done.code in (0, 1, 2), done
    assert_all_lead_to(there, done, wanted, program, relays)


def test_of_a_batch(program: Program, relays: dict[str, Stub], troubled: Runs) -> None:
    for text, wanted in PRINTS.items():
        done = program("-f", "-", "-e", "prod", stdin=text + "\n")
        assert_all_lead_to("prod", done, wanted, program, relays)


def test_of_the_shell(program: Program, relays: dict[str, Stub], troubled: Runs) -> None:
    with Shell(program) as shell:
        assert shell.run("use env prod").code == 0
        for text, wanted in PRINTS.items():
            done = shell.run(text)
            assert_all_lead_to("prod", done, wanted, program, relays, typed_lines_of(done))
        done = shell.run("last")
        assert_all_lead_to("prod", done, (), program, relays)


def test_a_result_that_is_shown_again_still_leads_where_it_came_from(
    program: Program, relays: dict[str, Stub], troubled: Runs
) -> None:
    with Shell(program) as shell:
        shell.run("why demo_fails bad -e prod")
        assert_all_lead_to("prod", shell.run("last"), ("tasks clear",), program, relays)


def test_of_the_talk_about_a_failure(program: Program, relays: dict[str, Stub], troubled: Runs) -> None:
    done = program("tasks", "debug", "demo_fails", "compute", "bad", "-e", "prod", stdin="diff-run\ntry 9\n")
    assert_all_lead_to("prod", done, ("dagrun list",), program, relays)


def test_what_is_printed_for_a_viewer_changes_nothing(
    program: Program, working_airflow: LocalAirflow, troubled: Runs
) -> None:
    from tests.support.airflows import logged_in

    done = logged_in(working_airflow, "viewer")("why", "demo_fails", "bad")
    words = [" ".join(tokens_of(line)) for line in lines_of(done)]
    assert words
    assert not any("clear" in text for text in words)
