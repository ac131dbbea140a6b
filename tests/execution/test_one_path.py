"""argv, a batch line and a shell line are the same tokens for the same dispatch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from airflowctl.core.options import SHELL, Options
from airflowctl.main import new_session
from airflowctl.output.streams import Streams
from airflowctl.shell.app import run as run_shell
from airflowctl.shell.first import GREETING, HINT
from completers.tokenizer import words
from tests.support.program import Done, Program, Terminal

TRICKY = [
    "version",
    "version -o json",
    "-o json version",
    "help dags trigger",
    "dags trigger -h",
    "pools list --limit=x",
    "pools list --limit=",
    "pools list --limit -1",
    "pools list --limit 1.5",
    "dags list --state succes",
    "dags list --output=tabel",
    "dags list -otsv --limit q",
    "dags get",
    "dags get ''",
    "dags get ..",
    "dags get 'a b' \"c\"",
    "dags get -- --not-an-option extra",
    "dags get 'naïve Ωmega' ¡más!",
    "dags trigger etl --conf '{\"a\": }'",
    "dags trigger etl --conf '[1, 2]'",
    'dags trigger etl --conf "{\\"a\\": \\"ü\\"" ',
    "dags trigger etl --logical-date tomorrowish",
    "dags trigger",
    "dags",
    "dags lst",
    "dgas list",
    "airflowctl version",
    "airflow dags lst",
    "airflowctl airflowctl",
    "trigger etl",
    "dags list --limti 3",
    "dags list -Z",
    "dags list --paused=yes",
    "dags list --limit",
    "version -o json --nope",
    "dags lst -o json",
]


def by_shell(line: str, program: Program) -> Done:
    """Type the line into the shell and leave it; what stands outside the prompt."""
    out, err = Terminal(), Terminal()
    streams = Streams(Terminal(), out, err, program.environ, 80)
    out.isatty = err.isatty = lambda: False  # type: ignore[method-assign] - formats as in the other modes
    codes: list[int] = []
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        keyboard.send_text(line + "\n")
        keyboard.send_text("exit\n")
        session = new_session(streams, Options(), SHELL)
        run_shell(session, codes.append)
    return Done(out.getvalue(), err.getvalue().removeprefix(f"{GREETING}\n{HINT}\n"), codes[0])


@pytest.mark.parametrize("line", TRICKY)
def test_the_three_modes_agree_to_the_byte(line: str, program: Program, tmp_path: Path) -> None:
    by_argv = program(*words(line))
    file = tmp_path / "batch"
    file.write_text(line + "\n", encoding="utf-8")
    by_batch = program("-f", str(file))
    error = re.sub(rf"^{file}: .*\n", "", by_batch.err, flags=re.MULTILINE)  # how the batch ended
    if "-o json" in line:
        assert re.sub(rf', "where": "{file}:1(:\d+)?"', "", error) == by_argv.err
    else:
        assert re.sub(rf"^{file}:1(:\d+)?: ", "", error) == by_argv.err
        assert error.startswith(f"{file}:1:") or not by_argv.err
    assert (by_batch.out, by_batch.code) == (by_argv.out, by_argv.code)
    assert by_shell(line, program) == by_argv
