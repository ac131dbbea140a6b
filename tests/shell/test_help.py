"""Help where you are: F1, `?`, a search, a hint for who is new, the tour; a prompt that is there at once."""

from __future__ import annotations

import socket

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.session import registry
from airflowctl.shell.explain import may_ask, page_of_what_follows, page_of_word
from completers.protocols import Choice, Known, make_known
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.screen import Screen
from tests.support.shell_driver import Shell
from tests.support.waiting import until

F1 = "\x1bOP"


class Dags:
    """A source that knows many Dags."""

    def names(self, kind: str, scope: object, prefix: str) -> Known:
        return (
            make_known(Choice(f"dag_{number}", "paused") for number in range(30))
            if kind == "dag"
            else Known()
        )


def follows(text: str) -> list[str]:
    return page_of_what_follows(text, Grammar(), Dags(), 80).splitlines()


# The word under the cursor.


@pytest.mark.parametrize(
    ("line", "begins", "tells"),
    [
        ("dags trigger| etl", "airflowctl dags trigger DAG_ID", "--conf"),
        ("da|gs trigger", "Dags: ", "dags list-versions"),
        ("dags trigger etl --co|nf '{}'", "Option:", "-c, --conf JSON  Parameters of the run"),
        ("dags trigger etl --conf '{|}'", "Option:", "-c, --conf JSON"),
        ("dags trigger e|tl", "Argument:", "DAG_ID  The Dag."),
        ("dags list --state |", "Option:", "One of queued,"),
        ("dags list -o|", "Option:", "--output FORMAT"),
        ("dags trigger etl |", "airflowctl dags trigger DAG_ID", "Examples:"),
        ("|", "airflowctl: ", "Commands:"),
        ("trigg|", "Commands about 'trigg'", "dags trigger"),
    ],
)
def test_f1_explains_the_word_under_the_cursor(line: str, begins: str, tells: str) -> None:
    page = page_of_word(line.replace("|", ""), line.index("|"), 80)
    assert page.startswith(begins)
    assert tells in page


@every_row("noun", registry.nouns())
def test_the_page_of_a_noun_fits(noun: str) -> None:
    page = page_of_word(noun, 0, 80)
    assert max(map(len, page.splitlines())) <= 80


# What may follow.


def test_what_follows_is_told_a_line_each() -> None:
    assert any(row.split()[:1] == ["trigger"] and "Start a run of a Dag." in row for row in follows("dags "))
    rows = follows("dags trigger ")
    assert rows[1].split() == ["DAG_ID", "The", "Dag."]
    assert rows[2].split() == ["dag_0", "paused"]
    assert any("and 25 more: Tab" in row for row in rows)
    assert any(row.lstrip().startswith("-c, --conf JSON") for row in rows)
    assert not any("--insecure" in row for row in rows)
    assert follows("dags list --state ")[1].split()[:2] == ["--state", "STATE"]
    assert follows("dgas ") == ["unknown command 'dgas'"]
    assert follows("watch dags list --state ") == follows("dags list --state ")


@pytest.mark.parametrize("text", ["", "dags ", "dags list --state  ", "dags get 'a b' "])
def test_a_question_begins_a_word(text: str) -> None:
    assert may_ask(text)


@pytest.mark.parametrize(
    "text", ["dags", "dags list -p a", "x 'quoted ", "x # note ", "x \\ ", "dags list | grep ", "!ls "]
)
def test_within_a_word_or_quotes_it_is_a_letter(text: str) -> None:
    assert not may_ask(text)


def test_keys_tell_above_the_prompt_and_leave_the_line(program: Program) -> None:
    with Shell(program) as shell:
        shell.type("dags list ?")
        until(lambda: "What can follow:" in shell.err, "what follows")
        shell.type("--pattern a?b '? " + F1)
        until(lambda: "Examples:" in shell.err, "help")
        assert shell.line == "dags list --pattern a?b '? "


# A search.


def test_help_finds_the_commands_for_something(program: Program) -> None:
    done = program("help", "start", "run")
    assert done.code == 0
    assert "dags trigger" in done.out
    found = program("help", "human", "-o", "json").json
    assert {"hitl list", "hitl approve"} <= {row["command"] for row in found}
    assert program("help", "trigger").out.splitlines()[1].split()[:2] == ["dagrun", "trigger"]
    assert program("help", "nosuchthing").code == 2
    assert "unknown command 'dags nosuch'" in program("help", "dags", "nosuch").err


# Somebody new.


def test_who_is_new_is_told_three_lines_and_only_once(program: Program) -> None:
    with Screen(program) as screen:
        text = screen.prompt()
        assert "First time here?" in text
        screen.type("version\n")
        screen.until(r"^airflowctl \d")
        screen.type("\x04")
        screen.end()
    with Screen(program) as screen:
        assert "First time here?" not in screen.prompt()


def test_the_tour_goes_on_step_by_step(program: Program) -> None:
    with Shell(program) as shell:
        assert shell.run("tour").out.startswith("1 of ")
        assert shell.run("tour next").out.startswith("2 of ")
        assert shell.run("tour next").out.startswith("3 of ")
        assert "etl" in shell.run("tour 2").out
    assert "airflowctl tour 2" in program("tour").out


# Opening.


def test_the_prompt_is_there_before_the_server_has_answered(program: Program, silent: socket.socket) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    with Screen(program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN="abc")) as screen:
        screen.prompt()
        screen.type("version\n")
        screen.until(r"^airflowctl \d")
        screen.type("dags list --st")
        screen.until("--state")
        silent.settimeout(60)
        connection, _ = silent.accept()  # it was asked, and has not answered
        connection.close()
