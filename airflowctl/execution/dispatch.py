"""The one path: tokens -> parse -> confirm -> handler -> result; any error -> one printer -> exit code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from airflowctl.core.command import Command
from airflowctl.core.errors import (
    BROKEN_PIPE,
    DONE,
    REFUSED,
    USAGE,
    CliError,
    ExitSession,
    Interrupted,
    NotFound,
    OutputFailed,
    ServerRefused,
    UnknownColumn,
    UsageError,
)
from airflowctl.core.folders import has_names
from airflowctl.core.options import ONE_SHOT, SHELL
from airflowctl.core.parse import LineParser, Role, parse_tokens
from airflowctl.core.programs import problems
from airflowctl.core.results import PLAIN, Rows, Text, late_code
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session.session import Session

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Result
    from airflowctl.output.printer import Printer


def run(tokens: Sequence[str], session: Session, where: str = "") -> int:
    """Run one line and return its exit code. `where` is its place in a file, for errors.

    BrokenPipeError and Leave pass through: they end more than this line.
    """
    code = BROKEN_PIPE
    try:
        code = _run(tokens, session, where or session.parts.where)
    finally:
        note_extensions(session.output)
        code = _write_audit(session, code)
    return code


def note_extensions(output: Printer) -> None:
    """Name the plug-ins that were looked for and are not used, each once in a process."""
    for problem, is_printed in list(problems.items()):  # a thread may find another one
        if not is_printed:
            problems[problem] = True
            output.note(f"warning: {problem}")


def _write_audit(session: Session, code: int) -> int:
    """Record what the line sent, with its exit code; the code of a line that cannot be recorded is no 0."""
    audit = vars(session.parts).get("audit")  # built only if a server was asked
    try:
        if audit is not None:
            audit.write(code)
    except CliError as error:
        session.output.error(error)
        return code or error.exit_code
    return code


def _run(tokens: Sequence[str], session: Session, where: str) -> int:
    line, changes, before = session, session.changes, _count_changes(session)
    session.parts.interrupt_hint = ""
    state = parse_tokens(tokens, session.lookup)
    try:
        session.parts.redact.learn(*state.secrets())
        session.parts.redact.search(tokens)
        line = _for_command(state, session.for_line(state.global_values()))
        changes = line.changes
        line.parts.filled = _from_names_in_use(state)
        if line.mode == ONE_SHOT:
            _warn_of_argv(state, line)
        return _show(state, line)
    except CliError as error:
        add_near_line(error, state, tokens, line)
        print_error(error, line, where)
        return _exit_code(error, line, before)
    except KeyboardInterrupt:
        return print_error(Interrupted(hint=_interrupt_hint(line, line.changes - changes)), line, where)
    except (BrokenPipeError, ExitSession):
        raise
    except Exception as error:
        session.parts.last_error = fault(error)
        return report_fault(error, line.output, where)


def _exit_code(error: CliError, session: Session, before: tuple[int, int]) -> int:
    """Return the exit code of a line that an error has ended, with the counts of changes before it."""
    # 2 says that no request was sent that could change anything: not so where its answer is the error.
    sent, made = _count_changes(session)
    is_answer = made > before[1] or (bool(error.status) and sent > before[0])
    return REFUSED if error.exit_code == USAGE and is_answer else error.exit_code


def _for_command(state: LineParser, session: Session) -> Session:
    """Return the session of a line: classic mode is for commands that the classic program has."""
    if not session.options.classic or state.command is None or state.command.classic:
        return session
    return session.with_options(session.options._replace(classic=False))


def _count_changes(session: Session) -> tuple[int, int]:
    """Return how many requests that change something were sent, and how many the server has carried out."""
    counts = vars(session.parts).get("change_counts")  # built once a server is asked
    return (counts.sent, counts.made) if counts else (0, 0)


def add_near_line(error: CliError, state: LineParser, tokens: Sequence[str], session: Session) -> None:
    """Let the error of a line name the line that is meant: that of today for a line of an older Airflow; for
    one that begins with no command, one that is near."""
    if error.exit_code != USAGE:
        return
    from airflowctl.execution.near_lines import hint_of_today

    if hint := hint_of_today(state, tokens):
        error.hint = hint
    elif Role.UNKNOWN in state.roles[:2]:
        from airflowctl.execution.near_lines import hint_for

        error.hint = hint_for(state, tokens, session) or error.hint


def print_error(error: CliError, session: Session, where: str = "") -> int:
    """Print the error that ends a line; return its exit code. A batch looks at the last one."""
    session.parts.last_error = error
    session.output.error(error, where)
    return error.exit_code


def _interrupt_hint(session: Session, changes: int) -> str:
    """Return what Ctrl-C did not end: what the command says of it, else what it has changed so far."""
    if session.parts.interrupt_hint or not changes:
        return session.parts.interrupt_hint
    from airflowctl.core.wording import format_count

    return f"{format_count(changes, 'change')} had been made: look before you try again"


def _warn_of_argv(state: LineParser, session: Session) -> None:
    """A secret among the words of argv is in the process list; a line of the shell or of a file is not."""
    options = list(state.secret_options())
    if not options:
        return
    from airflowctl.core.sensitive import holds_secret, is_sensitive_name

    for param, text in options:
        is_secret = is_sensitive_name(param.name) or holds_secret(text)
        is_elsewhere = text in ("-", param.implicit_value) or (param.refers == "@" and text[:1] == "@")
        if is_secret and not is_elsewhere:
            session.output.note(f"warning: {param.label} shows in the process list; better: {param.safer}")


def report_fault(error: Exception, output: Printer, where: str = "") -> int:
    """Print an unexpected exception; with --debug also where it came from."""
    cli_error = fault(error)
    output.traceback(error)
    output.error(cli_error, where)
    return cli_error.exit_code


def _compiled_package(error: ImportError) -> CliError | None:
    """Return the error for a package that an archive cannot hold; None where the program is in a folder."""
    from airflowctl.core.package_files import DISTRIBUTION, is_archive

    if not is_archive():
        return None
    needed = f"this command needs {error.name or 'a package'}, a compiled package"
    return CliError(
        f"{needed}: Python loads none from an archive", f"install the program: pipx install {DISTRIBUTION}"
    )


def fault(error: Exception) -> CliError:
    """Return the error for an exception that no code expected."""
    # Python's limit is a thousand calls, and a reader of JSON may take what a printer of it may not.
    if isinstance(error, RecursionError):
        return CliError(
            "this is nested too deeply", "leave it out with --columns, or take a part with --query"
        )
    if isinstance(error, ImportError) and (needed := _compiled_package(error)):
        return needed
    return CliError(
        f"unexpected {type(error).__name__}: {error}",
        "this is a fault in airflowctl: please report it; --debug shows where it is",
    )


def _show(state: LineParser, session: Session) -> int:
    if state.wants_help():
        page = help_page(state.words, state.problem if state.command is None else None, session)
        return session.output.show(page)
    if session.options.form or (state.command is not None and state.command.form):
        from airflowctl.execution.line_form import complete_line

        state = complete_line(state, session)
    call = state.bind()
    if call.command is None:
        return DONE
    if session.options.each:
        from airflowctl.execution.each_environment import run_in_each

        return run_in_each(call.command, call.values, session, partial(_run_apart, state))
    return _run_command(state, call.command, call.values, session)


def _run_apart(state: LineParser, command: Command, values: dict[str, Any], session: Session) -> int:
    """Run a line in a session that keeps the error which ends it, and prints none; the exit code."""
    try:
        return _write_audit(session, _run_command(state, command, values, session))
    except CliError as error:
        ended = error
    except Exception as error:
        session.output.traceback(error)
        ended = fault(error)
    session.parts.last_error = ended
    return _write_audit(session, _exit_code(ended, session, (0, 0)))


def _run_command(state: LineParser, command: Command, values: dict[str, Any], session: Session) -> int:
    if command.session_only and not session.is_lasting:
        from airflowctl.core.next_line import suggest

        where = f"{command.line} is for the shell and for files of commands"
        raise UsageError(where, f"open the shell: {suggest()}")
    session.output.check()
    if state.replacement_hint and not session.options.classic:
        session.output.note(state.replacement_hint)
    if session.options.print_as or "print_as" in state.nested.global_texts:
        from airflowctl.execution.request_preview import preview_requests

        return session.output.show(preview_requests(command, values, state.secrets(), session))
    if command.classic and session.mode == ONE_SHOT and not session.options.classic:
        from airflowctl.execution.classic_output import note_difference

        note_difference(command, state, session)
    if _may_need_consent(command, session):
        from airflowctl.session import consent

        consent.require(command, values, session)
    if command.op:
        session.require_op(command.op)
    for param in command.params:
        if param.since and values[param.name] not in (param.default, ()):
            session.api.require(param.since, param.label)
    if not _is_kept(command, session):
        return _answer(command, values, session)
    return _answer_and_record(command, values, session)


def _may_need_consent(command: Command, session: Session) -> bool:
    """Return whether a line of this command may have to be asked about; what only reads starts sooner
    without."""
    return bool(command.effect or command.danger or command.confirms_after_plan or session.options.yes)


def _is_kept(command: Command, session: Session) -> bool:
    """Return whether what the command changes is kept for undo: what a person does, and no script."""
    # Undo costs a read before each change: scripts do not pay it (decision 0020).
    if not (session.mode == SHELL or (session.mode == ONE_SHOT and session.can_ask)):
        return False
    if not (command.op or command.undo):
        return False
    from airflowctl.api.operations import table

    return command.undo is not None or any(table()[op].method != "GET" for op in (command.op, *command.uses))


def _answer_and_record(command: Command, values: dict[str, Any], session: Session) -> int:
    """Like `_answer`; what the command changes is kept, so that undo can take it back."""
    from airflowctl.core.undo import NONE
    from airflowctl.undo.recorder import Recorder, RecorderContext

    if command.undo is NONE:
        return _answer(command, values, session)
    context = RecorderContext(
        lambda: session.api,
        lambda: session.server.environment,
        session.registry.kinds,
        lambda: session.parts.journal,
        session.parts.redact,
        session.output.note,
    )
    # Requests are recorded, not handlers: a bulk command would forget one of its changes (decision 0020).
    recorder, before = Recorder(command, values, context), session.changes
    session.record_by(recorder)
    try:
        return _answer(command, values, session)
    finally:
        session.record_by(None)
        if session.changes > before or recorder.is_in_doubt:
            recorder.keep()


def _answer(command: Command, values: dict[str, Any], session: Session) -> int:
    before, run = session.changes, command.run
    if session.options.classic and command.classic:
        from airflowctl.execution.classic_output import run_handler

        run = partial(run_handler, command, _may_need_consent(command, session))
    elif _may_need_consent(command, session):
        from airflowctl.session import consent

        consent.ask_before(command, values, session)
    try:
        result = _learn_names(command, values, run(session, values), session)
        if isinstance(result, Rows) and set("*?") & set(values.get("pattern") or ""):
            # The user means a shell's pattern, and the server looks for the letter.
            result = result._replace(
                empty=f"{result.empty}; in --pattern % is any text and _ any letter, not * and ?"
            )
        if not isinstance(result, PLAIN):
            from airflowctl.core.rich_results import Ran, SubPrompt

            if isinstance(result, Ran):
                return result.code
            if (
                isinstance(result, SubPrompt)
                and session.options.output is None
                and session.options.query is None
            ):
                from airflowctl.execution.subprompt import hold

                return hold(result, session)
        if (session.is_lasting or "memory" in vars(session.parts)) and not command.session_only:
            result = session.output.write_next_lines(result)
            result = session.parts.memory.keep(result, command, values, session)
            if session.mode == SHELL:
                from airflowctl.session.numbered_results import number_result

                result = number_result(result, command, session)
        return session.output.show(result) or late_code(result)
    except NotFound as error:
        from airflowctl.execution.missing_names import suggest_listing

        error.hint = error.hint or suggest_listing(command, values, error.message, session)
        raise
    except (UsageError, OutputFailed) as error:
        # By what was sent, not by what the command might do (decision 0012).
        if session.changes == before:
            raise
        # Exit code 2 promises that nothing was changed.
        kind = ServerRefused if isinstance(error, UsageError) else OutputFailed
        done = "it is done" if isinstance(error, UnknownColumn | OutputFailed) else "a part is done"
        raise kind(f"{done}, but {error.message}", error.hint) from None


def _from_names_in_use(state: LineParser) -> dict[str, str]:
    """Return what a line has from the names in use, by kind: a question before something dangerous tells
    it."""
    if state.command is None:
        return {}
    known = state.context_values()
    return {param.complete: known[param.name] for param in state.command.params if param.name in known}


def _learn_names(command: Command, values: dict[str, Any], result: Result, session: Session) -> Result:
    """What is about to be shown completes from now on, in our shell and, where names are kept, in others."""
    if not (command.op or command.invalidates):
        return result
    if has_names(session.streams.environ):
        from airflowctl.session.kept_names import keep_names

        result = keep_names(command, values, result, session)
    return session.server.names.record_result(command, values, result) if session.mode == SHELL else result


def help_page(words: Sequence[str], problem: UsageError | None, session: Session) -> Text:
    """Return the page for a command, a noun, or (without words) the program; raises UsageError for others."""
    from airflowctl.output import help as pages

    registry, width = session.registry, session.streams.columns
    if problem is not None:
        raise problem
    if not words:
        page = pages.program_page(registry.by_use(), width)
    elif command := registry.command(tuple(words)):
        page = pages.command_page(command, width)
    else:
        known = list(registry.commands(words[0]).values())
        page = pages.noun_page(words[0], registry.summary(words[0]), known, width)
    is_at_prompt = session.mode == SHELL and session.streams.stdout_is_terminal
    return Text(pages.write_for_prompt(page) if is_at_prompt else page)
