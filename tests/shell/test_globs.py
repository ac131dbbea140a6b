"""`dags pause quokka_*`: the menu has the names before Enter, and the line acts on what the server has
then."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from completers.globs import compile_glob, compile_in_lines, is_glob, literal_part
from tests.support.program import Program
from tests.support.shell_driver import CTRL_C, Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until

NAMES = ["quokka_a", "quokka_b", "quokka_c", "Quokka_d", "other", "not_quokka_e"]


@pytest.mark.parametrize(
    ("glob", "fitting"),
    [
        ("quokka_*", ["quokka_a", "quokka_b", "quokka_c"]),
        ("*quokka_?", ["quokka_a", "quokka_b", "quokka_c", "not_quokka_e"]),
        ("quokka_[ab]", ["quokka_a", "quokka_b"]),
        ("quokka_[!a-b]", ["quokka_c"]),
        ("*", NAMES),
        ("?uokka_?", ["quokka_a", "quokka_b", "quokka_c", "Quokka_d"]),
        ("quokka_[", []),
        ("quokka_[b-a]", []),
        ("quokka_[!b-a]", ["quokka_a", "quokka_b", "quokka_c"]),
        ("x*", []),
    ],
)
def test_which_names_fit(glob: str, fitting: list[str]) -> None:
    assert [name for name in NAMES if compile_glob(glob)(name)] == fitting
    assert all(literal_part(glob) in name for name in fitting)


@given(st.text("ab[]!-*?&|~^\\d_ é", max_size=8), st.text("ab[]!-&|~^\\d_é", max_size=4))
def test_a_pattern_means_what_it_means_for_fnmatch(glob: str, name: str) -> None:
    assume(not re.search(r"\[[^!]*!", glob))  # fnmatch takes the ! of `[b-a!]` for the first letter
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Python's would be printed on the user's terminal
        fits, in_lines = compile_glob(glob)(name), compile_in_lines(glob).search(f"\n{name}\n")
    assert bool(fits) == bool(in_lines) == fnmatchcase(name, glob)


def test_what_is_a_glob() -> None:
    assert [text for text in ("a*", "a?", "a[b]", "a", "a.b+", "") if is_glob(text)] == ["a*", "a?", "a[b]"]


@pytest.fixture
def shell(program: Program, stub: Stub) -> Iterator[Shell]:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/dags"):
            part = request.query.get("dag_id_pattern", [""])[0]
            rows = [{"dag_id": name, "is_paused": False} for name in NAMES if part in name]
            return reply({"dags": rows, "total_entries": len(rows)})
        if request.method == "PATCH":
            return reply({"dag_id": request.path.rpartition("/")[2], "is_paused": True})
        return lets_in(request)

    stub.answer = answer
    with Shell(program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")) as shell:
        yield shell


def patched(stub: Stub) -> list[str]:
    return [request.path.rpartition("/")[2] for request in stub.requests if request.method == "PATCH"]


def test_the_menu_has_what_fits(shell: Shell) -> None:
    shell.run("dags list")
    shell.type("dags pause quokka_*")
    until(lambda: list(shell.menu) == ["quokka_a", "quokka_b", "quokka_c"], "the names that fit")
    shell.type(CTRL_C)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("dags pause quokka_*", ["quokka_a", "quokka_b", "quokka_c"]),
        ("dags pause other quokka_[ac]", ["other", "quokka_a", "quokka_c"]),
        ("dags pause other quokka_a quokka_a", ["other", "quokka_a"]),
        ("time dags pause quokka_?", ["quokka_a", "quokka_b", "quokka_c"]),
        ("version && dags pause quokka_b*", ["quokka_b"]),
        ("dags pause 'quokka_*'", ["quokka_%2A"]),  # in quotes it is a name
        ("dags get quokka_*", []),  # which takes one name
    ],
)
def test_the_line_acts_on_them(shell: Shell, stub: Stub, line: str, names: list[str]) -> None:
    shell.run(line)
    assert patched(stub) == names


def test_what_they_stand_for_is_said(shell: Shell) -> None:
    done = shell.run("dags pause quokka_*")
    assert "quokka_*: 3 dags: quokka_a, quokka_b, quokka_c" in done.err
    assert done.code == 0


def test_none_that_fits_is_an_error(shell: Shell, stub: Stub) -> None:
    done = shell.run("dags pause nosuch_*")
    assert (done.code, patched(stub)) == (2, [])
    assert "no dag fits nosuch_*" in done.err


def test_a_regular_expression_is_none(shell: Shell, stub: Stub) -> None:
    shell.run("dags pause --treat-dag-id-as-regex quokka_[ab]* --dry-run")
    assert patched(stub) == []


def test_in_a_batch_it_is_text(program: Program, stub: Stub, shell: Shell) -> None:
    online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    online("-f", "-", stdin="dags pause quokka_*\n")
    assert patched(stub) == ["quokka_%2A"]
