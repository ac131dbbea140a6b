"""The check of a batch before its first request: every line of it, and every file that a line reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from airflowctl.core.context_arguments import USED_KINDS
from airflowctl.core.errors import DONE, CliError, UsageError, WrongFile
from airflowctl.core.options import GLOBAL
from airflowctl.core.param_values import value
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution import dispatch, pipeline
from airflowctl.execution.batch_input import STDIN, Input, InputLine, read_input, read_lines
from airflowctl.execution.command_line import CommandLine
from airflowctl.execution.each_environment import require_consent, sessions_for
from airflowctl.execution.line_shapes import NOUNS_APART, Shapes
from airflowctl.execution.page_words import expand_pages, is_page
from airflowctl.session import consent, registry
from completers.tokenizer import OpenQuoteError, split

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.command import Command
    from airflowctl.core.parse import BoundLine
    from airflowctl.execution.batch_options import BatchOptions
    from airflowctl.session.session import Session

DEEPEST = 10  # files that run files
Problem = tuple[int, CliError]  # where in the text of a line it is


class Checker:
    """Checks files of commands as if their lines ran one after the other, and prints all that is wrong.

    What lines put in use, they put in use for those after them, and only while they are checked.
    """

    def __init__(self, session: Session, options: BatchOptions) -> None:
        self._session = session
        self._options = options
        self._shown_by = session  # as the options of the line that is checked want it
        self._code = DONE
        self.commands = 0
        self.files: set[str] = set()  # that lines read
        self._written: set[str] = set()  # by lines before
        self._may_make = False  # a program before may have made any file
        self._stdin_reader = ""  # what reads standard input already
        self._within: list[str] = []
        self._allowed: set[object] = set()  # kinds of lines that were looked at: those after them are alike
        self._sessions: dict[object, Session] = {}
        self._shapes = Shapes()

    def check(self, inputs: list[Input], is_left_out: Callable[[str, int], bool]) -> int:
        """Return the exit code of the first error, with all printed; 0 where nothing is wrong. Lines that are
        left out are not run: what is wrong in them does not count."""
        with _restored(self._session, self._read_value):
            for source in inputs:
                if source.name == "stdin":
                    self._stdin_reader = "the file of commands itself"
                self._within = [source.name]
                for line in read_lines(source.content):
                    self._check_line(source.name, line, is_left_out(source.name, line.number))
        return self._code

    def check_line(self, name: str, line: InputLine) -> int:
        """Return the exit code of one line that is about to run; with its errors printed, as `check`."""
        self._code, self._within = DONE, [name]
        self._stdin_reader = "the file of commands itself" if name == "stdin" else ""
        with _restored(self._session, self._read_value):
            self._check_line(name, line)
        return self._code

    def _check_line(self, name: str, line: InputLine, is_left_out: bool = False) -> None:
        problems = (
            [(len(line.text), line.problem)]
            if line.problem
            else list(self._problems(line.text, name, is_left_out))
        )
        for position, error in sorted(problems, key=lambda problem: problem[0]):
            if not is_left_out:
                self._print(error, _location(name, line, position))

    def _print(self, error: CliError, where: str) -> None:
        self._code = self._code or error.exit_code
        self._session.parts.last_error = error
        if isinstance(error, WrongFile):
            for inner, problem in error.problems:
                self._shown_by.output.error(problem, inner)
        else:
            self._shown_by.output.error(error, where)

    def _problems(self, text: str, name: str, is_left_out: bool) -> Iterator[Problem]:
        """Yield what is wrong in a line, and where in its text."""
        values = self._options.values
        indent = len(text) - len(text.lstrip())
        self._shown_by = self._session
        values.problems.clear()
        try:
            lines = pipeline.parse_commands(text, values.expand)
        except OpenQuoteError as error:
            yield indent + error.opened, UsageError(str(error))
            return
        except UsageError as error:
            yield indent, error
            return
        self.commands += len(lines) if len(self._within) == 1 and not is_left_out else 0
        if values.problems:
            yield from ((indent + position, error) for position, error in values.problems)
            return
        if lines and lines[0].is_background and (len(lines) > 1 or self._options.journal):
            more = "a line of several commands" if len(lines) > 1 else "a batch with a journal"
            yield indent, UsageError(f"{more} has no line in the background", "leave the & out")
        for line in lines:
            if line.tokens:
                errors = self._check_tokens(line, name)
                yield from ((_start(text, line.first + index), error) for index, error in errors)
            if line.stages or line.tokens[:1] == (registry.PICK,):
                from airflowctl.execution.stage_check import find_problems

                errors = find_problems(line, self._session)
                yield from ((_start(text, index), error) for index, error in errors)
            if line.shell or line.pipe or line.file:
                yield from ((indent, error) for error in self._check_redirects(line))

    # The command.

    def _check_tokens(self, line: CommandLine, name: str) -> Iterator[Problem]:
        """Yield the errors of a command, and which of its words each is about."""
        tokens, lookup = line.tokens, self._session.lookup
        if self._shapes.has(tokens):
            return
        if any(map(is_page, tokens)):
            try:
                tokens = expand_pages(tokens, self._session, is_checked=True)
            except CliError as error:
                yield next(index for index, token in enumerate(tokens) if is_page(token)), error
                return
        state = parse_tokens(tokens, lookup)
        call = None
        try:
            session = self._shown_by = self._session_for(state)
            if not state.wants_help():
                call = state.bind()
                self._require_consent(call, session)
            if state.inner is not None and state.inner.command and state.words != ("alias",):
                inner = CommandLine(line.text, tuple(state.inner_tokens))
                before = len(tokens) - len(inner.tokens)
                yield from ((before + index, error) for index, error in self._check_tokens(inner, name))
                return
            if call is not None and call.command is not None:
                self._check_files(call.command, call.values, session)
                self._imagine(state, call, name)
                self._shapes.add(tokens, state)
        except CliError as error:
            self._session.parts.redact.learn(*state.secrets())
            self._session.parts.redact.search(tokens)
            dispatch.add_near_line(error, state, tokens, self._session)
            yield from self._all_problems(state, tokens, error)

    def _session_for(self, state: LineParser) -> Session:
        if not state.global_texts:
            return self._session
        values = state.global_values()
        key = (repr(values), self._session.parts.base.options)
        if key not in self._sessions:
            self._sessions = {key: self._session.for_line(values)}
        return self._sessions[key]

    def _require_consent(self, call: BoundLine, session: Session) -> None:
        """Raise CliError where the line needs a yes, or goes to a server that is none."""
        command = call.command
        if command is None:
            return
        kind = command.effect.kind_of(call.values) if command.effect else ""
        key = (command.words, kind, command.may_ask(call.values), session.options)
        if key in self._allowed:
            return
        for target in sessions_for(command, call.values, session):
            if session.options.each:
                require_consent(command, call.values, target, consent.require_at_check)
            else:
                consent.require_at_check(command, call.values, target)
            if command.op:
                _ = target.environment  # a wrong --env or --url is a wrong line
        self._allowed.add(key)

    def _all_problems(self, state: LineParser, tokens: tuple[str, ...], first: CliError) -> Iterator[Problem]:
        """Yield the error that ended a line, and those of its other values."""
        yield _index(tokens, first, self._session), first
        if not isinstance(first, UsageError) or (state.problem is not None and not first.word):
            return
        messages = {first.message}
        options = ((param, text) for param in GLOBAL for text in state.global_texts.get(param.name, ()))
        for param, text in (*options, *state.texts()):
            if param.refers:
                continue
            try:
                value(param, [text])
            except UsageError as error:
                if error.message not in messages:
                    messages.add(error.message)
                    yield _index(tokens, error, self._session), error

    # Files.

    def _check_files(self, command: Command, values: dict[str, Any], session: Session) -> None:
        for param in command.params:
            text = values.get(param.name)
            if not isinstance(text, str):
                continue
            if param.writes:
                self._written.add(os.path.abspath(text))
            if param.reads is None:
                continue
            path = param.path_of(text)
            if not path:
                param.reads(session, values)
            elif path == STDIN:
                self._take_stdin(command.line)
            elif not self._may_come(path):
                self.files.add(os.path.abspath(path))
                param.reads(session, values)

    def _read_value(self, kind: str, name: str) -> str:
        """Return the value that a line refers to; where it need not be there yet, JSON that stands for it."""
        if kind == "file" and name == STDIN:
            self._take_stdin("another line")
            return "{}"
        if kind == "file" and self._may_come(name):
            return "{}"
        self.files.update([os.path.abspath(name)] if kind == "file" else [])
        return self._session.lookup.read_value_now(kind, name)

    def _take_stdin(self, line: str) -> None:
        if self._stdin_reader:
            raise UsageError(
                f"standard input is read by {self._stdin_reader}", "name a file, or give the batch with -f"
            )
        self._stdin_reader = f"{line}, on a line before"

    def _may_come(self, path: str) -> bool:
        """Return whether a file need not exist yet: a line before writes it, or may make it."""
        path = os.path.abspath(path)
        return path in self._written or (self._may_make and not os.path.exists(path))

    def _check_redirects(self, line: CommandLine) -> Iterator[CliError]:
        """Yield what is wrong with the program or the file that a result goes to."""
        from airflowctl.execution.shell_programs import can_make_files, check_programs
        from airflowctl.output.redirects import File

        policy = self._session.parts.policy
        if not policy.programs or self._options.no_programs:
            yield _programs_refused("--no-programs" if policy.programs else policy.name, policy.programs)
            return
        shell = line.shell or line.pipe
        try:
            if shell and not self._may_make:
                check_programs(shell, self._session.streams.environ)
                self._may_make = can_make_files(shell)
            if line.file and not self._may_come(os.path.dirname(os.path.abspath(line.file))):
                File(line.file, line.append).check()
        except UsageError as error:
            yield error
        if line.file:
            self._written.add(os.path.abspath(line.file))

    # What lines do for those after them.

    def _imagine(self, state: LineParser, call: BoundLine, name: str) -> None:
        noun = state.words[0]
        if noun in NOUNS_APART:
            self._shapes.clear()
        if noun == "use":
            self._imagine_use(state)
        if noun in ("use", "env"):
            self._imagine_environment(state)
        elif noun == "alias" and call.values["line"]:
            self._session.lookup.imagine_alias(call.values["name"], call.values["line"])
        elif noun == "unalias":
            self._session.lookup.imagine_alias(call.values["name"], ())
        elif noun == "cd":
            # The files of all lines are looked at before the first runs, from the folder of the start.
            raise UsageError("cd is for the shell", "name files from the folder in which airflowctl starts")
        elif noun == "source":
            self._check_source(call.values["file"], name)

    def _imagine_use(self, state: LineParser) -> None:
        lookup = self._session.lookup
        if state.words[1:2] == ("..",):
            with suppress(UsageError):
                lookup.pop_context()
        elif state.words[-1] in USED_KINDS and state.arguments:
            lookup.use(state.words[-1], state.arguments[0])

    def _imagine_environment(self, state: LineParser) -> None:
        """Lines that follow `env use prod` go there: whether they need a yes is known before the first is
        run."""
        if state.words in (("env", "use"), ("use", "env")) and state.arguments:
            with suppress(CliError):
                environment = self._session.environments.get(state.arguments[0])
                if environment is not None:
                    base = self._session.parts.base
                    base.options = base.options._replace(env=environment.name, url=None)

    def _check_source(self, path: str, name: str) -> None:
        """Check the lines of a file that a line runs, as if they stood there."""
        if path == STDIN:
            self._take_stdin("source")
            return
        if self._may_come(path):
            self._may_make = True  # what that file will do is not known
            return
        if len(self._within) >= DEEPEST:
            files = " -> ".join(self._within[:3])
            raise UsageError(f"{path} is run by files that run each other: {files} ...")
        self.files.add(path)
        source = read_input(path, self._session.streams)
        self._within.append(path)
        for line in read_lines(source.content):
            self._check_line(path, line)
        self._within.pop()


@contextmanager
def _restored(session: Session, read_value: Callable[[str, str], str]) -> Iterator[None]:
    """Take back what lines put in use within the block, in which `read_value` reads what they refer to."""
    lookup, base = session.lookup, session.parts.base
    context, options, reader = dict(lookup.context), base.options, lookup.read_value
    lookup.read_value = read_value
    try:
        yield
    finally:
        lookup.context, base.options, lookup.read_value = context, options, reader
        lookup.forget_imagined()


def _programs_refused(name: str, is_option: bool) -> CliError:
    message = f"{name} does not allow programs and files in a batch ('!', '|', '>')"
    hint = "leave the option out, or run it from the system's shell, with airflowctl's result in its pipe"
    return UsageError(message, hint if is_option else hint.partition(", or ")[2])


def _location(name: str, line: InputLine, position: int) -> str:
    """Return `FILE:LINE:COLUMN` of a place in the text of a line."""
    before = line.text[:position]
    column = position - (before.rfind("\n") + 1) + 1
    return f"{name}:{line.number + before.count(chr(10))}:{column}"


def _start(text: str, index: int) -> int:
    """Return where a word of a line begins."""
    words = split(text).words
    return words[min(index, len(words) - 1)].start


def _index(tokens: tuple[str, ...], error: CliError, session: Session) -> int:
    """Return which of a line's words an error is about: its command where no word is the wrong one."""
    if error.word:
        return next((index for index, token in enumerate(tokens) if token.endswith(error.word)), 0)
    state = LineParser(session.lookup)
    for index, token in enumerate(tokens):
        state.feed(token)
        if state.problem is not None:
            return index
    return 0
