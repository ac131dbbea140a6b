"""Lines with a secret in them at each outlet where a line could be kept or shown; and those that stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from airflowctl.core.command import ALWAYS
from airflowctl.core.options import BATCH, Options
from airflowctl.core.parse import parse_tokens
from airflowctl.execution import dispatch
from airflowctl.execution.pipeline import is_for_shell, operator
from airflowctl.execution.private_lines import is_line, is_private, public_text
from airflowctl.main import new_session
from airflowctl.session import registry
from airflowctl.session.command_lookup import CommandLookup
from airflowctl.session.session import Session
from airflowctl.shell.history import Suggestions, history
from completers.tokenizer import split
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.screen import CTRL_D, Screen
from tests.support.secret_lines import CANARY, HARMLESS_LINES, SECRET_LINES, SEEN_LINES
from tests.support.shell_driver import Shell, streams, written
from tests.support.stub import Stub, reply

LINES = (*SECRET_LINES, *SEEN_LINES)
MARKS = (CANARY.casefold(), "s3cret-canary", "s3cretcanary2345", "sk_live_1", "akiaiosfodnn7example")


def has_secret(text: str) -> bool:
    return any(mark in text.casefold() for mark in MARKS)


def leaks(shows: Callable[[str], str], lines: Iterable[str] = LINES) -> list[tuple[str, str]]:
    """The lines of which an outlet shows the secret, with what it shows."""
    return [(line, text) for line in lines if has_secret(text := shows(line))]


def command_words(line: str) -> list[str]:
    """The words that are the program's own: those before a pipe, none of a line for the user's shell."""
    parts = split(line)
    return [word.text for word in parts.words[: 0 if is_for_shell(line) else operator(line, parts.words)]]


COMMANDS = tuple(line for line in LINES if has_secret(" ".join(command_words(line))))


def test_the_lines_are_many_and_each_has_a_secret() -> None:
    assert len(LINES) > 250
    assert len(COMMANDS) > 150
    assert [line for line in LINES if not has_secret(line)] == []
    assert len(HARMLESS_LINES) > 60


# What is kept.


def test_no_line_with_a_secret_is_to_be_kept() -> None:
    assert [line for line in LINES if not is_private(line)] == []


def test_a_harmless_line_is_kept(program: Program) -> None:
    lookup = CommandLookup(program.environ)
    lost = [line for line in HARMLESS_LINES if is_private(line, lookup) or not is_line(line, lookup)]
    assert lost == []
    assert [line for line in HARMLESS_LINES if public_text(line, lookup) != line] == []


def test_the_history_on_disk_and_in_memory(program: Program, home: Path) -> None:
    session = new_session(streams(program.with_environ(AIRFLOWCTL_HOME=str(home))), Options())
    kept = history(session)
    for line in (*LINES, *HARMLESS_LINES):
        kept.append_string(line)
    assert leaks(str, kept.get_strings()) == []
    assert not has_secret((home / "history").read_text(encoding="utf-8"))
    assert list(reversed(list(kept.load_history_strings()))) == list(HARMLESS_LINES)


def test_saved_lines(program: Program, tmp_path: Path) -> None:
    session = new_session(streams(program), Options(), BATCH)
    for line in (*LINES, *HARMLESS_LINES):
        session.parts.memory.add_line(line, 0)
    assert dispatch.run(["save", str(tmp_path / "saved")], session) == 0
    saved = (tmp_path / "saved").read_text(encoding="utf-8")
    assert not has_secret(saved)
    assert "dags list | grep path\n" in saved


@every_row("line", [line for line in COMMANDS if not line.startswith("alias")][::3])
def test_an_alias_with_a_secret_is_refused(program: Program, line: str) -> None:
    done = program("alias", "x", "=", *command_words(line))
    assert (done.out, done.code) == ("", 2)
    assert not has_secret(done.err)
    home = Path(program.environ["AIRFLOWCTL_HOME"])
    assert [path for path in home.rglob("*") if path.is_file() and has_secret(path.read_text())] == []


def test_an_alias_without_one_is_kept(program: Program) -> None:
    assert program("alias", "fails", "=", "dagrun", "list", "--state", "failed").code == 0


# What is shown.


def test_a_line_as_it_is_shown() -> None:
    assert leaks(public_text) == []
    assert public_text("variables set my_pwd x | cat") == "variables set ... (it holds a secret)"
    assert public_text("!curl -u a:b http://h") == "! ... (it holds a secret)"
    assert public_text("dags list | cat") == "dags list | cat"


def test_the_history_command_in_a_batch(program: Program) -> None:
    session = new_session(streams(program), Options(output="tsv"), BATCH)
    for line in LINES:
        session.parts.memory.add_line(line, 0)
    assert dispatch.run(["history", "10000"], session) == 0
    text = written(session.streams.stdout)
    assert text.count("(it holds a secret)") == len(LINES)
    assert not has_secret(text)
    assert dispatch.run(["history", "canary"], session) == 0
    assert not has_secret(written(session.streams.stdout))


@pytest.mark.parametrize("output", [None, "json"])
def test_a_crash_report_with_the_words_of_the_line_in_it(
    program: Program, monkeypatch: pytest.MonkeyPatch, output: str | None
) -> None:
    def fail(state: object, session: Session) -> int:
        raise RuntimeError(f"words {words} of {' '.join(words)!r}")

    monkeypatch.setattr(dispatch, "_show", fail)
    found = []
    for line in COMMANDS:
        words = command_words(line)
        if parse_tokens(words, CommandLookup(program.environ)).problem is not None:
            continue  # no command runs that could fail
        session = new_session(streams(program), Options(output=output, debug=True), BATCH)
        assert dispatch.run(words, session) == 1
        if has_secret(text := written(session.streams.stderr)):
            found.append((line, text))
    assert found == []


def is_run_at_once(line: str) -> bool:
    return not line.startswith(("watch", "repeat", "time", "auth login"))


def test_echo_and_debug_in_a_batch(program: Program) -> None:
    """One file a line, for a line that is wrong keeps all others from running. Programs are not run."""
    with Stub(lambda request: reply({"detail": "no"}, 404)) as stub:
        ctl = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", SHELL="/bin/true")
        lines = [line for line in LINES[::2] if is_run_at_once(line)]
        found = leaks(lambda line: ctl("--echo", "--debug", stdin=f"{line}\n").err, lines)
    assert found == []
    assert len(lines) > 100


# The shell itself.


def test_what_is_typed_at_a_real_prompt(program: Program) -> None:
    typed = (
        "s3cret-canary",
        *SEEN_LINES[:6],
        "!mysql -ps3cret-canary",
        'dags list | curl -H "X-Auth: s3cret-canary"',
    )
    program = program.with_environ(SHELL="/bin/true", AIRFLOWCTL_URL="http://127.0.0.1:1")
    with Screen(program, columns=120) as screen:
        screen.prompt()
        screen.type("set confirm off\n")  # a question would wait for an answer of its own
        for line in typed:
            screen.type(f"{line}\n")
        screen.type("version\n")
        screen.until("^airflowctl [0-9]")
        screen.type(CTRL_D)
        screen.end()
    home = Path(program.environ["AIRFLOWCTL_HOME"])
    kept = "".join(path.read_text() for path in home.rglob("history*"))
    assert "+version" in kept
    assert not has_secret(kept)


def test_what_begins_with_no_command_is_not_suggested(program: Program) -> None:
    with Shell(program) as shell:
        shell.run("s3cret-canary")
        shell.run("version -o plain")
        prompt_history = shell.session.parts.memory.typed()
    assert prompt_history == ["s3cret-canary", "version -o plain"]
    assert suggested(prompt_history, "s3c", program) is None
    assert suggested(prompt_history, "versi", program) == "on -o plain"


def suggested(lines: list[str], begun: str, program: Program) -> str | None:
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.document import Document
    from prompt_toolkit.history import InMemoryHistory

    earlier = InMemoryHistory()
    for line in lines:
        earlier.append_string(line)
    buffer = Buffer(history=earlier)
    found = Suggestions(CommandLookup(program.environ), {}).get_suggestion(buffer, Document(begun))
    return found.text if found else None


# Secrets among the words of argv.

IN_ARGV = {
    "auth login -u ann --password s3cret-canary": ("--password", "--password-stdin"),
    "auth login -u ann -ps3cret-canary": ("--password", "--password-stdin"),
    "auth token -u ann --password=s3cret-canary": ("--password", "--password-stdin"),
    "users create -u ann -r Viewer -p s3cret-canary": ("--password", "--password-stdin"),
    "connections add x --conn-type http --conn-password s3cret-canary":
        ("--conn-password", "--conn-json -"),
    "connections add x --conn-type http --password s3cret-canary": ("--conn-password", "--conn-json -"),
    "connections add x --conn-uri http://ann:s3cret-canary@h": ("--conn-uri", "--conn-uri -"),
    'connections add x --conn-json {"conn_type":"http","password":"s3cret-canary"}':
        ("--conn-json", "--conn-json -"),
    'connections add x --conn-type http --conn-extra {"pwd":"s3cret-canary"}':
        ("--conn-extra", "--conn-json -"),
    "dags list --api-token s3cret-canary": ("--api-token", "AIRFLOW_CLI_TOKEN"),
}  # fmt: skip
NOT_IN_ARGV = (
    "auth login -u ann --password-stdin",
    "connections add x --conn-uri -",
    "connections add x --conn-uri http://h:80",
    'connections add x --conn-type http --conn-extra {"region":"eu"}',
)


@pytest.mark.parametrize(("line", "said"), IN_ARGV.items(), ids=IN_ARGV)
def test_a_secret_in_argv_is_warned_of(nowhere: Program, line: str, said: tuple[str, str]) -> None:
    done = nowhere(*line.split())
    warning = f"warning: {said[0]} shows in the process list; better: {said[1]}"
    assert done.err.splitlines().count(warning) == 1
    assert not has_secret(done.err)


@pytest.mark.parametrize("line", NOT_IN_ARGV)
def test_what_is_no_secret_in_argv_is_not(nowhere: Program, line: str) -> None:
    assert "process list" not in nowhere(*line.split(), stdin="x").err


@pytest.mark.parametrize("line", IN_ARGV)
def test_a_line_of_a_batch_is_in_no_process_list(nowhere: Program, line: str) -> None:
    assert "process list" not in nowhere(stdin=f"{line}\n").err


def test_each_option_for_a_secret_names_a_safer_way() -> None:
    commands = registry.all_commands()
    options = {param for command in commands for param in command.options if param.secret == ALWAYS}
    assert {param.label for param in options if not param.safer} == set()
    assert len(options) >= 5
