"""Which names are known of which kind, in which scope, and what is learnt in passing."""

from __future__ import annotations

from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.completion.session_source import SessionNames
from airflowctl.core.environment import Environment
from airflowctl.core.options import SHELL, Options
from airflowctl.core.results import Rows, Text
from airflowctl.main import new_session
from airflowctl.output.streams import Streams
from airflowctl.session import registry
from airflowctl.session.session import Session
from completers.protocols import FAILED, Choice, Known
from tests.support.name_server import Asker, Clock, Server, command

# Kinds and their scope.


def test_names_of_a_dag_are_its_own(server: Server, clock: Clock) -> None:
    server.keys = ["etl_1", "etl_2", "ml_1"]
    ask = Asker(server, "run")
    ask(dag="etl")
    ask(dag="ml")
    server.until(lambda: len(ask.texts(dag="etl")) > 1 and len(ask.texts(dag="ml")) > 1)
    assert ask.texts(dag="etl") == ["latest", "etl_1", "etl_2"]
    assert ask.texts(dag="ml") == ["latest", "ml_1"]
    assert sorted(call["dag_id"] for call in server.asked()) == ["etl", "ml"]


@pytest.mark.parametrize(
    ("kind", "scope"),
    [("run", {}), ("run", {"dag": ""}), ("task", {"run_id": "r"}), ("nonsense", {}), ("", {})],
)
def test_what_cannot_be_known_is_not_asked_for(
    server: Server, clock: Clock, kind: str, scope: dict[str, str]
) -> None:
    ask = Asker(server, kind)
    assert (ask.known.names(kind, scope, "x"), server.asked()) == (Known(), [])


@pytest.mark.parametrize("kind", sorted(kind for kind, it in registry.kinds().items() if it.read is None))
def test_every_kind_that_a_command_declares_can_be_asked_for(server: Server, clock: Clock, kind: str) -> None:
    kinds = registry.kinds()
    given = {
        outer: "7" if outer in kinds and kinds[outer].number else "k" for outer in kinds[kind].scope.values()
    }
    ask = Asker(server, kind, **given)
    assert set(server.keys) <= set(ask.settled())
    assert server.asked()[0]["op"] == kinds[kind].op
    path = {**kinds[kind].query, **{name: given[outer] for name, outer in kinds[kind].scope.items()}}
    assert path.items() <= server.asked()[0].items()


def test_newest_runs_come_first(server: Server, clock: Clock) -> None:
    Asker(server, "run", dag="k").settled()
    assert server.asked()[0]["order_by"] == "-run_after"


# Learnt in passing.


def test_what_a_list_showed_is_known(server: Server, ask: Asker) -> None:
    server.gate.clear()
    items = [{"key": "seen", "value": "secret-value"}, {"key": "too", "value": "x"}]
    rows = Rows(iter(items), ("key", "value"), "key")
    shown = ask.known.record_result(command("variables list"), {}, rows)
    assert isinstance(shown, Rows)
    assert list(shown.items) == items
    found = ask()
    assert [choice.text for choice in found.names] == ["seen", "too"]
    assert "secret-value" not in str(found)
    server.gate.set()


def test_a_list_streams_while_it_is_learnt(ask: Asker) -> None:
    taken: list[int] = []

    def items() -> Any:
        for number in range(3):
            taken.append(number)
            yield {"key": str(number)}

    shown = ask.known.record_result(command("variables list"), {}, Rows(items(), ("key",), "key"))
    assert isinstance(shown, Rows)
    assert taken == []
    next(iter(shown.items))
    assert taken == [0]


@pytest.mark.parametrize(
    ("dag", "known"),
    [("etl", {"etl": ["latest", "manual_1"], "ml": ["latest"]}), ("~", {"~": []})],
    ids=["of one Dag", "of all Dags"],
)
def test_runs_are_learnt_for_their_dag(
    dag: str, known: dict[str, list[str]], server: Server, clock: Clock
) -> None:
    server.gate.clear()
    ask = Asker(server, "run")
    rows = Rows([{"dag_run_id": "manual_1", "dag_id": "etl"}], ("dag_run_id",), "dag_run_id")
    shown = ask.known.record_result(command("dagrun list"), {"dag_id": dag}, rows)
    assert isinstance(shown, Rows)
    assert len(list(shown.items)) == 1
    assert {it: ask.texts(dag=it) for it in known} == known
    server.gate.set()


def test_what_other_commands_show_is_left_alone(ask: Asker) -> None:
    rows = Rows([{"name": "p"}], ("name",), "name")
    shown = ask.known.record_result(command("health"), {}, rows)
    assert isinstance(shown, Rows)
    assert list(shown.items) == rows.items


def test_what_a_line_does_not_fix_may_be_what_one_before_it_did(server: Server, clock: Clock) -> None:
    ask = Asker(server, "backfill")
    server.keys = ["etl_1"]
    assert ask() == Known()
    ask.known.record_result(command("backfill list"), {"dag_id": "etl"}, Text(""))
    server.until(lambda: ask.texts() == ["etl_1"])
    assert {call["dag_id"] for call in server.asked()} == {"etl"}


def test_what_was_used_last_comes_first(server: Server, ask: Asker) -> None:
    ask.settled()
    for key in ("k007", "k003", "unknown"):
        ask.known.record_result(command("variables get"), {"key": key}, Text(""))
    assert [choice.text for choice in ask().recent] == ["k003", "k007"]
    server.keys.remove("k003")
    ask.known.record_result(command("variables delete"), {"key": "k003"}, Text(""))
    server.until(lambda: "k003" not in ask.texts())
    assert [choice.text for choice in ask().recent] == ["k007"]


def test_the_newest_may_be_called_so(server: Server, clock: Clock) -> None:
    server.keys = ["etl_2", "etl_1"]
    ask = Asker(server, "try", dag="etl", task="load", run="latest")
    ask.settled()
    assert server.asked()[-1]["dag_run_id"] == "etl_2"


# The names of a session.


@pytest.fixture
def session(tmp_path: Path) -> Session:
    environ = {"AIRFLOWCTL_HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    return new_session(Streams(StringIO(), StringIO(), StringIO(), environ, 80), Options(), SHELL)


def test_environments_are_names_too(session: Session) -> None:
    for name in ("prod", "dev"):
        session.environments.save(Environment(name, f"http://{name}.example.org"))
    found = SessionNames(session).names("environment", {}, "")
    assert [choice.text for choice in found.names] == ["dev", "prod"]


def test_addresses_of_environments_are_offered_where_one_is_wanted(session: Session) -> None:
    for name in ("prod", "dev"):
        session.environments.save(Environment(name, f"http://{name}.example.org"))
    grammar = Grammar(session.lookup)
    for line in ("auth login --url ", "dags list --url=http"):
        slot = grammar.slot_at(line)
        found = SessionNames(session).names(slot.kind, slot.scope, slot.word)
        assert found.names == tuple(Choice(f"http://{name}.example.org", name) for name in ("dev", "prod"))
    assert grammar.slot_at("dags get --url http://half.example.org ").scope["--url"]
    assert session.parts.servers == {}


@pytest.mark.parametrize("scope", [{}, {"--env": "nosuch"}, {"--env": "../x"}])
def test_without_a_server_completion_fails_quietly(session: Session, scope: dict[str, str]) -> None:
    assert SessionNames(session).names("dag", scope, "") == Known(state=FAILED)


def test_no_server_is_asked_for_an_address_that_is_being_typed(session: Session) -> None:
    session.environments.save(Environment("default", "http://known.example.org"))
    assert SessionNames(session).names("dag", {"--url": "http://half.example"}, "") == Known()
    assert session.parts.servers == {}


def test_an_environment_on_the_line_is_the_one_that_is_asked(session: Session) -> None:
    for name in ("prod", "dev"):
        session.environments.save(Environment(name, f"http://{name}.example.org"))
    servers = {name: Server([f"{name}-dag"]) for name in ("prod", "dev")}

    def rung() -> None:
        for server in servers.values():
            server.rung()

    session.parts.names_changed = rung
    for name, server in servers.items():
        session.with_options(Options(env=name)).server._client = server.client
    source = SessionNames(session)
    for name, server in servers.items():
        server.until(partial(lambda name: source.names("dag", {"--env": name}, "").names, name))
        found = source.names("dag", {"--env": name}, "")
        assert [choice.text for choice in found.names] == [f"{name}-dag"]
