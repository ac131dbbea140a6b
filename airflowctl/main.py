"""From argv to a mode (shell, batch or one command) and its exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from airflowctl import __version__, begin_catching, named_format
from airflowctl.core.errors import BROKEN_PIPE, DONE, CliError, ExitSession, Interrupted, UsageError
from airflowctl.core.options import (
    BATCH,
    FALLBACK_VARIABLE,
    NO_PLUGINS,
    ONE_SHOT,
    PROGRAM,
    SHELL,
    Options,
    has_plugins,
    is_classic,
)
from airflowctl.core.parse import LineParser, Role, parse_tokens
from airflowctl.core.programs import connect_extensions, leave_current_folder_out
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution import dispatch
from airflowctl.output.streams import Streams
from airflowctl.session.command_lookup import CommandLookup
from airflowctl.session.registry import find_installed
from airflowctl.session.session import Session

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.console import Console
    from airflowctl.core.extension_points import Extensions


def main(argv: Sequence[str] | None = None, streams: Streams | None = None) -> int:
    """Run the program; its exit code. Nothing is raised."""
    tokens = sys.argv[1:] if argv is None else list(argv)
    try:
        return _run_safely(tokens, streams or _own_streams())
    finally:
        if streams is None:
            _settle()


def new_session(streams: Streams, options: Options, mode: str = ONE_SHOT) -> Session:
    """Return a session with the console that prompts on its terminal and runs other lines."""
    return Session(streams, options, mode, _open_console)


def _open_console(session: Session) -> Console:
    from airflowctl.shell.console import TerminalConsole

    return TerminalConsole(session)


def _run_safely(tokens: list[str], streams: Streams) -> int:
    try:
        begin_catching()
        return _run(tokens, streams)
    except KeyboardInterrupt:
        interrupted = Interrupted()
        from airflowctl.core.formats import FORMATS

        name = named_format(tokens)
        options = Options(output=name if name in FORMATS else None)
        new_session(streams, options).output.error(interrupted)
        return interrupted.exit_code
    except BrokenPipeError:
        return BROKEN_PIPE
    except ExitSession as left:
        return left.code or DONE
    except CliError as error:
        new_session(streams, Options()).output.error(error)
        return error.exit_code
    except Exception as error:
        options = Options(debug="--debug" in tokens)
        return dispatch.report_fault(error, new_session(streams, options).output)


def _run(tokens: list[str], streams: Streams) -> int:
    is_plain = not has_plugins(streams.environ, tokens)
    connect_extensions(None if is_plain else lambda group: find_installed(group, streams.environ))
    state = parse_tokens(tokens, CommandLookup(streams.environ), program=True)
    values = state.global_values()
    program = {param.name: values.pop(param.name) for param in PROGRAM if param.name in values}
    is_bare = program.pop("no_plugins", False)
    options = Options(classic=is_classic(streams.environ)).over(values)
    is_command = bool(state.words) or state.wants_help()
    is_batch = "file" in program or not streams.stdin_is_terminal
    if is_batch and not is_command:
        options = options._replace(no_pager=True)  # a single command: no next line follows
    session = new_session(streams, options, ONE_SHOT if is_command else BATCH if is_batch else SHELL)
    try:
        if tokens and FALLBACK_VARIABLE in streams.environ:
            from airflowctl.execution.fallback import run_real_airflow

            run_real_airflow(tokens, state, streams.environ)
        if is_command:
            return _one_shot(_without(NO_PLUGINS, tokens, state) if is_bare else tokens, program, session)
        state.bind()
        if options.api_token:
            session.options = options._replace(api_token_url=session.url)
        return _many(program, session)
    except CliError as error:
        dispatch.add_near_line(error, state, tokens, session)
        session.output.error(error)
        return error.exit_code
    finally:
        dispatch.note_extensions(session.output)
        session.close()


def _without(flag: str, tokens: Sequence[str], state: LineParser) -> list[str]:
    """Return the words without an option of the program, which a line of a session does not know."""
    pairs = zip(tokens, state.roles, strict=True)
    return [word for word, role in pairs if (word, role) != (flag, Role.OPTION)]


def _search_installed(group: str) -> Extensions:
    """Return the plug-ins of a group, by the metadata of the installed packages alone."""
    from airflowctl.core.extension_points import search

    return search(group)


connect_extensions(_search_installed)  # until a run names the folder of its index


def _one_shot(tokens: list[str], program: dict[str, Any], session: Session) -> int:
    if program:
        raise UsageError(f"{_first(program)} cannot go with a command", "give one or the other")
    if any("://" in token for token in tokens):
        from airflowctl.execution.page_words import expand_pages

        tokens = list(expand_pages(tokens, session))
    return dispatch.run(tokens, session)


def _many(program: dict[str, Any], session: Session) -> int:
    if "version" in program:
        return session.output.show(Text(f"airflowctl {__version__}"))
    if session.options.each:
        raise UsageError("--each is for one line", "write it on each line that it is for")
    gc.set_threshold(20_000, 10, 10)
    if session.mode == BATCH:
        from airflowctl.execution import batch
        from airflowctl.execution.batch_options import BatchOptions

        options = {name: value for name, value in program.items() if name != "file"}
        return batch.run(program.get("file", ("-",)), session, BatchOptions(**options))
    if program:
        raise UsageError(f"{_first(program)} is for a batch", "give --file too")
    question = None
    if session.parts.settings["theme"] not in ("dark", "light", "none"):
        from airflowctl.shell.background_colour import BackgroundQuestion

        # The terminal answers while the shell is loaded, so that no prompt has to wait for it.
        question = BackgroundQuestion(session.streams)
    try:
        from airflowctl.shell.app import run

        return run(session, question=question)
    finally:
        if question is not None:
            question.leave()


def _first(program: dict[str, Any]) -> str:
    """Return the first of the program's options that were given, as it is typed."""
    return next(param.label for param in PROGRAM if param.name in program)


def _own_streams() -> Streams:
    """Return the process's own. Files and pipes hold UTF-8; what a terminal of another encoding lacks is
    escaped."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            errors = "strict" if stream is sys.stdin else "backslashreplace"
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)
    environ = dict(os.environ)  # as it is, for the user's own programs
    leave_current_folder_out(os.environ)
    return Streams(environ=environ)


def _settle() -> None:
    """What cannot be written was told already: keep the interpreter from failing on it when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
