"""What counts as production, what a script must say there, and for which environment its yes is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflowctl.core.environment import has_production_word
from tests.support.program import Program
from tests.support.shell_driver import Desk
from tests.support.stub import Stub
from tests.support.two_environments import changed

# Which yes is for which environment.


@pytest.mark.parametrize("yes", ["--yes=dev", "-y=dev", "--yes=production", "--yes=PROD"])
def test_a_yes_for_another_environment_is_an_error(places: Program, stub: Stub, yes: str) -> None:
    done = places("variables", "delete", "k", "--env", "prod", yes)
    assert (done.code, stub.requests) == (2, [])
    assert "is for another environment: this line goes to prod" in done.err


def test_a_yes_binds_also_where_no_yes_is_needed(places: Program, stub: Stub) -> None:
    assert places("variables", "delete", "k", "--yes=prod").code == 2
    assert places("pools", "list", "--yes=prod").code == 2
    assert not stub.requests
    assert places("variables", "delete", "k", "--yes=dev").code == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [("variables delete k --yes=", "--yes"), ("variables delete --yes prod k", "unexpected argument 'k'")],
)
def test_the_name_stands_behind_an_equals_sign(places: Program, stub: Stub, line: str, words: str) -> None:
    done = places(*line.split())
    assert (done.code, stub.requests) == (2, [])
    assert words in done.err


def test_the_name_completes(places: Program) -> None:
    offered = Desk(places).offered("variables delete k --yes=")
    assert {"dev", "prod"} <= {text.removeprefix("--yes=") for text in offered}


def test_help_shows_it(program: Program) -> None:
    assert "-y, --yes[=NAME]" in program("--help").out


# Files of commands.


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    return tmp_path / "lines"


LACKING = [
    "variables delete k -e prod",
    "variables set k v -e prod",
    "connections delete c -e prod",
    "pools set p 3 -e prod",
    "xcom delete etl r t key -e prod",
    "api DELETE /api/v2/variables/k -e prod",
    "api delete_variable variable_key=k -e prod",
    "variables delete k -e prod --yes=dev",
    "time variables delete k -e prod",
    "dagrun delete etl r -e dev",
    "env use prod\nvariables delete k",
    "use env prod\nvariables delete k",
]


@pytest.mark.parametrize("wrong", LACKING)
def test_a_file_that_lacks_a_yes_sends_nothing(places: Program, stub: Stub, lines: Path, wrong: str) -> None:
    lines.write_text(f"variables set k v -e dev\n{wrong}\n")
    done = places("-f", str(lines))
    assert (done.code, stub.requests) == (2, [])
    assert re.match(rf"{lines}:{2 + wrong.count(chr(10))}:\d+: error: ", done.err)
    assert "yes" in done.err


def test_a_file_is_never_asked_also_at_a_terminal(places: Program, stub: Stub, lines: Path) -> None:
    lines.write_text("variables delete k -e prod\n")
    done = places("-f", str(lines), answers="prod\n" * 9)
    assert (done.code, stub.requests) == (2, [])
    assert "type prod" not in done.err


def test_a_file_for_development_goes_on_as_before(places: Program, stub: Stub, lines: Path) -> None:
    lines.write_text("variables set k v\nvariables delete k\napi DELETE /api/v2/variables/k\n")
    assert places("-f", str(lines)).code == 0
    assert len(changed(stub)) == 3


def test_a_yes_before_the_file_is_for_all_its_lines(places: Program, stub: Stub, lines: Path) -> None:
    lines.write_text("variables set k v -e prod\nvariables delete k -e prod\n")
    for yes in (("--yes",), ("--yes=prod",), ("-y",)):
        stub.requests.clear()
        assert places(*yes, "-f", str(lines)).code == 0
        assert len(changed(stub)) == 2
    lines.write_text("variables set k v -e prod\nvariables delete k -e dev\n")
    stub.requests.clear()
    done = places("--yes=prod", "-f", str(lines))
    assert (done.code, stub.requests) == (2, [])
    assert f"{lines}:2:1: error: --yes=prod is for another environment" in done.err


# What is production.


@pytest.mark.parametrize(
    "name",
    [
        "prod", "PROD", "Production", "production", "prd", "live", "eu-prod", "prod-eu", "eu_prod_1", 
        "a.prd.b",
        "LIVE.eu", "prod1", "eu-prod02", "non-prod", "pre-prod", "no_prod", "pr\u043ed", "\u0440rod",
        "l\u0456ve", "\uff50\uff52\uff4f\uff44", "eu-\u0440rd",
    ],
)  # fmt: skip
def test_a_name_that_says_production(name: str) -> None:
    assert has_production_word(name)


@pytest.mark.parametrize(
    "name",
    [
        "nonprod", "preprod", "product", "product-catalog-dev", "reproduction", "delivery", "olive",
        "alive",
        "dev", "default", "test", "livestock", "m\xfcller", "\u0442\u0435\u0441\u0442", "2024", 
        "prodigy", "prod1a",
    ],
)  # fmt: skip
def test_a_name_that_does_not(name: str) -> None:
    assert not has_production_word(name)


def test_what_was_said_of_an_environment_goes_before_its_name(places: Program, stub: Stub) -> None:
    assert places("env", "set", "prod", "--no-production").code == 0
    assert places("env", "set", "dev", "--production").code == 0
    assert places("variables", "delete", "k", "--env", "prod").code == 0
    assert places("variables", "delete", "k", "-e", "dev").code == 2


def test_an_address_of_production_is_production_however_it_is_reached(places: Program, stub: Stub) -> None:
    url = f"{stub.url}/prod"
    host = url.partition("://")[2]
    by_option = places("variables", "delete", "k", "--url", url)
    by_variable = places.with_environ(AIRFLOWCTL_URL=url)("variables", "delete", "k")
    for done in (by_option, by_variable):
        assert (done.code, stub.requests) == (2, [])
        assert f"give --yes={host}" in done.err
    assert places("variables", "delete", "k", "--url", f"{url}/", "--yes=prod").code == 2
    assert places("variables", "delete", "k", "--url", url, f"--yes={host}").code == 0
    assert places("variables", "delete", "k", "--url", f"{stub.url}/dev").code == 0


def test_an_environment_that_becomes_production_within_a_batch_needs_the_yes_from_there_on(
    places: Program, stub: Stub
) -> None:
    """What is known of a kind of line holds until an environment changes."""
    lines = "variables set a 1\nvariables set b 2\nenv set dev --production\nvariables set c 3\n"
    done = places("-f", "-", stdin=lines)
    assert changed(stub) == ["PATCH /dev/api/v2/variables/a", "PATCH /dev/api/v2/variables/b"]
    assert "stdin:4: error: variables set changes what is on dev (PRODUCTION): it needs --yes" in done.err
    assert done.code == 1
