"""The shell in this process, with a person at it who types, looks and waits."""

from __future__ import annotations

import io
import threading
from types import TracebackType
from typing import Any, Self, TextIO

from prompt_toolkit.application import create_app_session
from prompt_toolkit.application.current import AppSession
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from airflowctl.completion.line_grammar import Grammar
from airflowctl.completion.session_source import SessionNames
from airflowctl.core.options import SHELL, Options
from airflowctl.execution import dispatch
from airflowctl.main import new_session
from airflowctl.output.streams import Streams
from airflowctl.shell.app import run as run_shell
from airflowctl.shell.first import GREETING, HINT
from completers.prompt import PromptCompleter
from completers.protocols import LOADING
from completers.tokenizer import words
from tests.support.program import Done, Program, Terminal
from tests.support.waiting import DEADLINE, until

CTRL_C, CTRL_D, ESCAPE, TAB = "\x03", "\x04", "\x1b", "\t"


def streams(program: Program, stdin: str = "", columns: int = 80) -> Streams:
    """A person's streams, but with the formats for pipes, which are easier to read in a test."""
    out, err = Terminal(), Terminal()
    out.isatty = lambda: False  # type: ignore[method-assign]
    return Streams(Terminal(stdin), out, err, program.environ, columns)


def written(stream: TextIO) -> str:
    """What was written to one of them so far."""
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


class Shell:
    """The whole shell in a thread of its own: `with Shell(ctl) as shell: shell.run("dags list")`."""

    def __init__(self, program: Program, stdin: str = "") -> None:
        person = streams(program, stdin)
        self.session = new_session(person, Options(), SHELL)
        self._out, self._err = person.stdout, person.stderr
        self._codes: list[int] = []
        self._left: list[int] = []
        self._started: list[tuple[PipeInput, AppSession]] = []
        self._thread = threading.Thread(target=self._sit, name="shell", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        until(lambda: self._started, "a shell")
        self._keys, self._app_session = self._started[0]
        until(self._prompts, "a prompt")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self._keys.send_text(CTRL_C + "exit\n")
            self._thread.join(DEADLINE)
            assert not self._thread.is_alive(), "the shell does not end"

    def _sit(self) -> None:
        with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()) as app_session:
            self._started.append((keys, app_session))
            self._left.append(run_shell(self.session, self._codes.append))

    def _prompts(self) -> bool:
        return bool(self.app and self.app.is_running)

    @property
    def app(self) -> Any:
        return self._app_session.app

    @property
    def out(self) -> str:
        return written(self._out)

    @property
    def err(self) -> str:
        return written(self._err).removeprefix(GREETING + "\n").removeprefix(HINT + "\n")

    @property
    def line(self) -> str:
        """What stands at the prompt."""
        return str(self.app.current_buffer.text) if self._prompts() else ""

    @property
    def menu(self) -> dict[str, str]:
        """What the open menu offers, with the words beside it."""
        state = self.app.current_buffer.complete_state if self._prompts() else None
        return {one.text: one.display_meta_text for one in state.completions} if state else {}

    def type(self, keys: str) -> None:
        self._keys.send_text(keys)

    def run(self, line: str) -> Done:
        """Type a line, and wait until it has run and the prompt is back."""
        ran, out, err = len(self._codes), len(self.out), len(self.err)
        self.type(line + "\n")
        until(lambda: len(self._codes) > ran, f"an end of {line!r}")
        until(lambda: self._prompts() and not self.line, "a prompt")
        return Done(self.out[out:], self.err[err:], self._codes[-1])

    def leave(self, keys: str = CTRL_D) -> int:
        """Leave it; its exit code."""
        self.type(keys)
        self._thread.join(DEADLINE)
        assert self._left, "the shell does not end"
        return self._left[0]


class Desk:
    """A shell's session and its completion without the prompt."""

    def __init__(self, program: Program, columns: int = 80) -> None:
        self.session = new_session(streams(program, columns=columns), Options(), SHELL)
        self.completer = PromptCompleter(Grammar(self.session.lookup), SessionNames(self.session))

    @property
    def err(self) -> str:
        return written(self.session.streams.stderr)

    def run(self, line: str) -> int:
        return dispatch.run(words(line), self.session)

    def offered_now(self, line: str) -> dict[str, str]:
        """What is offered at once, with the words beside it."""
        found = self.completer.get_completions(Document(line), CompleteEvent())
        return {one.text: one.display_meta_text for one in found}

    def offered(self, line: str) -> dict[str, str]:
        """What is offered when nothing more is looked for."""

        def settled() -> list[dict[str, str]]:
            found = self.offered_now(line)
            return [] if self.completer.state == LOADING else [found]

        return until(settled, f"an end of looking for {line!r}")[0]
