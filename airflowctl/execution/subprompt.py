"""A result with a prompt of its own: a line, its answer, again, until the user leaves."""

from __future__ import annotations

import sys

from airflowctl.core.errors import DONE, CliError, ExitSession, Interrupted, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.core.rich_results import SubPrompt
    from airflowctl.session.session import Session


def hold(subprompt: SubPrompt, session: Session) -> int:
    """Show how it opens, then answer line by line: typed at a prompt, or sent by a pipe. The exit code of
    the first line that failed; 0 at a prompt, where the user has seen it."""
    session.output.show(subprompt.opening)
    at_prompt = session.streams.stdin_is_terminal
    failed = DONE
    try:
        for text in _lines(subprompt, session):
            code = _answer(subprompt, text, session)
            if code == Interrupted.exit_code and not at_prompt:
                return code
            failed = failed or code
    except ExitSession:
        pass
    except CliError as error:  # what was sent cannot be read
        session.output.error(error)
        return error.exit_code
    return DONE if at_prompt else failed


def _answer(subprompt: SubPrompt, text: str, session: Session) -> int:
    from completers.tokenizer import OpenQuoteError, words

    session.parts.interrupt_hint = ""
    try:
        texts = words(text)
        return session.output.show(subprompt.answer(texts)) if texts else DONE
    except OpenQuoteError as error:
        problem: CliError = UsageError(str(error))
    except CliError as error:
        problem = error
    except KeyboardInterrupt:
        problem = Interrupted(hint=session.parts.interrupt_hint)
    session.output.error(problem)
    return problem.exit_code


def _lines(subprompt: SubPrompt, session: Session) -> Iterator[str]:
    """Yield what is asked, line by line; a prompt that can be edited only where there is a terminal to
    draw on."""
    from airflowctl.core.options import SHELL
    from airflowctl.output.sanitise import line as harmless

    streams = session.streams
    real = streams.stdin is sys.stdin and streams.stdin_is_terminal and streams.stdout_is_terminal
    if session.mode == SHELL or (real and not streams.is_dumb):
        yield from session.console.read_lines(subprompt)
        return
    while True:
        if streams.stdin_is_terminal:
            streams.stderr.write(harmless(subprompt.prompt()))
            streams.stderr.flush()
        try:
            text = streams.stdin.readline()
        except UnicodeDecodeError:
            raise UsageError("what stands on standard input is not UTF-8 text") from None
        if not text:
            if streams.stdin_is_terminal:
                streams.stderr.write("\n")  # or what comes next stands behind the prompt
            return
        yield text
