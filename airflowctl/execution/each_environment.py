"""One line in several environments side by side: `--each`. Each has a session and connections of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO

from airflowctl.core.effect import NOTHING
from airflowctl.core.errors import DONE, INTERRUPTED, REFUSED, CliError, Interrupted, UsageError
from airflowctl.core.nouns import NOUNS
from airflowctl.core.options import ONE_SHOT
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session import consent
from airflowctl.session.environment_choice import choose_environments
from airflowctl.session.session_copy import copy_session

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from airflowctl.core.command import Command
    from airflowctl.core.options import Options
    from airflowctl.core.rich_results import Printable
    from airflowctl.output.merged_results import Answer
    from airflowctl.session.session import Session

    Values: TypeAlias = Mapping[str, Any]
    Require: TypeAlias = Callable[[Command, Values, Session], None]
    # Runs a line in a session, which keeps the error that ends it; the exit code.
    Run: TypeAlias = Callable[[Command, Values, Session], int]

_AT_ONCE = 16  # environments; each is another server, so that one more costs the others nothing
_FOLLOWS = ("follow", "wait")  # options that make a line last
_LASTS = ("Watch", "SubPrompt", "Ran")  # results that take the terminal
_ABOUT_LOGINS = (("auth", "status"), ("auth", "whoami"))


def run_in_each(command: Command, values: Values, session: Session, run: Run) -> int:
    """Run a line in the environments of its `--each`; print their results as one, and each one's error.
    Return 0 where all worked, their exit code where all have the same, else 1. Raises CliError."""
    sessions = list(sessions_for(command, values, session))
    if hasattr(session.streams.stdout, "take_result"):
        raise UsageError(
            "the rows of several environments cannot go to another command: that goes to one place",
            "run the whole line with -e NAME, or let a program read the rows: -o ndjson | jq",
        )
    if not session.options.print_as:  # which sends nothing
        for target in sessions:
            require_consent(command, values, target, consent.require)
        sessions = _ask_once(command, values, sessions, session, run)
    return _Lines(command, values, sessions, session).run(run)


def require_consent(command: Command, values: Values, session: Session, require: Require) -> None:
    """Raise what `require`, a rule of consent, does not allow in one of several environments."""
    try:
        require(command, values, session)
    except UsageError as error:
        if error.hint.startswith("give --yes="):  # which is for one environment
            error.hint = "give --yes"
        raise


def sessions_for(command: Command, values: Values, session: Session) -> Iterator[Session]:
    """Yield the session in each environment of `--each`, and the session itself for a line without. Raises
    CliError for a line that cannot run in several, or that would change something where nothing may be
    changed."""
    options = session.options
    if not options.each:
        yield session
        return
    _require_one_answer(command, values)
    _require_no_address(session)
    alone = options._replace(each=None, url=None, classic=False)
    names = choose_environments(options.each, session.environments)
    sessions = [session.with_options(alone._replace(env=name)) for name in names]
    kind = command.effect.kind_of(values) if command.effect else NOTHING
    closed = [target.place for target in sessions if kind != NOTHING and target.read_only]
    if closed:
        raise UsageError(
            f"{command.line} was sent nowhere: {', '.join(closed)} {'is' if len(closed) == 1 else 'are'}"
            " read-only",
            "leave out of --each what must not be changed",
        )
    yield from sessions


def _require_one_answer(command: Command, values: Values) -> None:
    """Raise UsageError for a line that lasts, needs the terminal, or is about no server."""
    noun = NOUNS.get(command.words[0])
    line = command.line
    if noun and (noun.sessions or (noun.local and command.words not in _ABOUT_LOGINS)):
        raise UsageError(f"{line} is about no server, and cannot run in several environments")
    result = command.handler.__annotations__.get("return", "")
    words = str(result).replace("|", " ").split()  # of a plug-in it may be a class
    followed = next((name for name in _FOLLOWS if values.get(name)), "")
    if followed or (words and set(words) <= {*_LASTS}):
        followed_line = f"{line} --{followed}" if followed else line
        raise UsageError(f"{followed_line} lasts, and cannot run in several environments", "use -e NAME")


def _require_no_address(session: Session) -> None:
    """Raise UsageError for an option of the line that is for one server."""
    options, before = session.options, session.parts.base.options
    for label, name in (("--env", "env"), ("--url", "url"), ("--api-token", "api_token")):
        value = getattr(options, name)
        # What a session has in use is no word of the line.
        if value and (session.mode == ONE_SHOT or value != getattr(before, name)):
            raise UsageError(f"{label} is for one environment, and --each for several", "leave one out")


def _ask_once(
    command: Command, values: Values, sessions: list[Session], session: Session, run: Run
) -> list[Session]:
    """Ask a person once about all environments, with what would happen in each. Return the sessions with
    that yes. Raises UsageError without it."""
    if command.may_ask(values):
        for target in sessions:
            consent.require_person(target, command.line)
    if not any(consent.has_to_ask(command, values, target) for target in sessions):
        return sessions
    looks_first = command.confirms_after_plan or (command.effect and command.effect.in_handler)
    if looks_first and "dry_run" in values:
        _show_dry_run(command, values, sessions, session, run)
    else:
        for target in sessions:
            session.output.note(f"{target.place}{target.mark}: {_foretell(command, values, target)}")
    consent.confirm_environments(session, sessions, command.line)
    return [target.with_options(target.options._replace(yes=target.place)) for target in sessions]


def _foretell(command: Command, values: Values, session: Session) -> str:
    """Return what the line would do in an environment. Raises CliError that names it."""
    if command.effect is None or not command.effect.names:
        return command.danger or command.line
    try:
        return consent.sentence(command.effect, values, session)
    except CliError as error:
        error.message = f"{session.place}: {error.message}"
        raise


def _show_dry_run(
    command: Command, values: Values, sessions: list[Session], session: Session, run: Run
) -> None:
    """Print on stderr what the line would do in each. Raises UsageError where that is not known of all."""
    shown = session.into(session.streams.stderr)
    lines = _Lines(command, {**values, "dry_run": True}, sessions, shown)
    if lines.run(run) != DONE:
        raise UsageError("nothing was changed: what would happen is not known everywhere")


class _Taker(StringIO):
    """Stands for stdout in one environment: it takes the result itself, with all that has to be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.result: Printable = None

    def take_result(self, result: Printable, _options: Options) -> int:
        from airflowctl.output.merged_results import collect

        self.result = collect(result)
        return int(getattr(self.result, "code", DONE))


class _Line:
    """A line in one environment: where it writes to, and its exit code once it has ended."""

    def __init__(self, session: Session) -> None:
        from airflowctl.output.background_streams import EnvironmentStreams, LineOutput

        self.name = session.options.env or ""
        self.notes: list[str] = []
        self.stdout = _Taker()
        stderr = LineOutput(self.notes.append)
        streams = EnvironmentStreams(session.streams, self.stdout, stderr)
        self.session = copy_session(session, streams, session.options)
        self.code: int | None = None

    @property
    def error(self) -> CliError | None:
        return self.session.parts.last_error

    def answer(self) -> Answer:
        from airflowctl.output.merged_results import Answer

        failure = self.error.code.replace("_", " ") if self.error else ""
        return Answer(self.name, None if failure else self.stdout.result, failure)


class _Lines:
    """A line in all its environments."""

    def __init__(
        self, command: Command, values: Values, sessions: Sequence[Session], session: Session
    ) -> None:
        self._command, self._values, self._session = command, values, session
        self._lines = [_Line(target) for target in sessions]
        self._is_stopped = False

    def run(self, run: Run) -> int:
        """Run the line everywhere and print what came; the exit code of all. Raises Interrupted."""
        try:
            self._run_side_by_side(run)
        except KeyboardInterrupt:
            self._is_stopped = True
            raise self._interruption() from None
        finally:
            self._session.parts.progress.end()
        self._print_notes()
        code = _join([line.code for line in self._lines])
        self._print_result()
        for line in self._lines:
            if line.error is not None:
                self._session.parts.last_error = line.error
                self._printer_of(line).error(line.error, line.name)
        return code

    def _run_side_by_side(self, run: Run) -> None:
        from queue import Empty, SimpleQueue
        from threading import Thread

        waiting: SimpleQueue[_Line] = SimpleQueue()
        ended: SimpleQueue[_Line] = SimpleQueue()
        for line in self._lines:
            waiting.put(line)

        def work() -> None:
            while not self._is_stopped:
                try:
                    line = waiting.get_nowait()
                except Empty:
                    return
                line.session.parts.forget_error()
                line.code = run(self._command, self._values, line.session)
                ended.put(line)

        # Daemons: Ctrl-C ends the waiting at once.
        for _ in range(min(_AT_ONCE, len(self._lines))):
            Thread(target=work, name="environment", daemon=True).start()
        for count in range(len(self._lines)):
            self._session.parts.progress.show_text(self._progress_text(count))
            ended.get()

    def _progress_text(self, count: int) -> str:
        open_names = [line.name for line in self._lines if line.code is None]
        return f"{count}/{len(self._lines)}: {', '.join(open_names)} ..."

    def _interruption(self) -> Interrupted:
        """Return the error for Ctrl-C, with where a change is made, and where that is not known."""
        names = [line.name for line in self._lines if line.code is None]
        effect = self._command.effect
        if effect is None or effect.kind_of(self._values) == NOTHING or not names:
            return Interrupted()
        done = ", ".join(line.name for line in self._lines if line.code == DONE)
        before = f"it is done in {done}; " if done else ""
        return Interrupted(hint=f"{before}whether it is in {', '.join(names)} is not known: look there first")

    def _print_notes(self) -> None:
        """Print what was said beside the results: once where all environments say the same."""
        output = self._session.output
        shared = [text for text in self._lines[0].notes if all(text in line.notes for line in self._lines)]
        for text in dict.fromkeys(shared):
            output.note(text)
        for line in self._lines:
            for text in line.notes:
                if text not in shared:
                    mark = "warning: " if text.startswith("warning: ") else ""  # which --quiet leaves
                    output.note(f"{mark}{line.name}: {text.removeprefix(mark)}")

    def _print_result(self) -> None:
        from airflowctl.output.merged_results import merge
        from airflowctl.output.style import DataFormat

        session, options = self._session, self._session.options
        is_explicit = options.output is not None or options.query is not None
        form = session.output.format
        as_rows = is_explicit and not (form.is_for_eyes or isinstance(form, DataFormat))
        result = merge([line.answer() for line in self._lines], as_rows=as_rows)
        if result is not None:
            session.output.show(self._keep(result))

    def _keep(self, result: Printable) -> Printable:
        """Return the result, which `last` shows again where lines are to come."""
        from airflowctl.core.results import Rows
        from airflowctl.core.rich_results import Report

        session = self._session
        if not session.is_lasting:
            return result
        memory = session.parts.memory
        if isinstance(result, Rows):
            # No `$1` of these rows: a line takes a name to the environment in use, which may be another.
            memory.last, memory.shown_list = result, None
            return result
        kept = memory.keep(result, self._command, self._values, session)
        return kept._replace(is_numbered=True) if isinstance(kept, Report) and session.can_ask else kept

    def _printer_of(self, line: _Line) -> Any:
        """Return what prints for a line on the user's own stderr: the lines that it proposes lead there."""
        streams = self._session.streams
        return line.session.into(streams.stdout, streams.stderr).output


def _join(codes: Sequence[int | None]) -> int:
    """Return the exit code of several lines: theirs where all have the same one, else that of a part."""
    if INTERRUPTED in codes:
        return INTERRUPTED
    first = codes[0]
    return REFUSED if first is None or any(code != first for code in codes) else first
