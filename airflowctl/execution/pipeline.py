"""A line of the shell or of a file of commands, as it is typed: a command, and where its result goes.

    dags list | less            into a line of the person's own shell
    dags list > dags.tsv        into a file; >> at its end
    !ls                         all of it for the person's shell

An operator is a word of its own, or begins one; within quotes there are none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache

from airflowctl.core.errors import DONE, FAILED_WAIT, INTERRUPTED, Interrupted, ProgramFailed, UsageError
from airflowctl.core.options import SHELL
from airflowctl.core.param_values import ValueWord
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.execution import dispatch
from airflowctl.session.session import Session
from completers.tokenizer import Expand, Split, Word, require_end, split

if TYPE_CHECKING:
    from airflowctl.output.redirects import Sink

PIPE, INTO, SHELL_LINE = "|", ">", "!"
# A JSON object that has at most one level of others in it, where one is a word, or stands behind a `=`.
_INNER = r"""\{(?:[^"{}\\$]++|"[^"\\$]*+")*+\}"""
OBJECT = rf"""(?<![^ \t\r\n=])\{{\s*+"[^"\\$]*+"(?:[^"{{}}\\$]++|"[^"\\$]*+"|{_INNER})*+\}}"""
_PLAIN = rf"""(?:[^'"\\{{#$<|>]++|'[^'\\]*+'|"[^"\\$]*+"|{OBJECT})*+\Z"""
_WORDS = rf"""(?:[^ \t\r\n'"{{]|'[^']*'|"[^"]*"|{OBJECT})+"""
_QUOTED = rf"""({OBJECT})|'([^']*)'|"([^"]*)\""""


class CommandLine(NamedTuple):
    """`tokens` are the words of the command. Of `pipe` and `file` at most one is set; `shell` is alone."""

    text: str
    tokens: tuple[str, ...] = ()
    pipe: str = ""
    file: str = ""
    append: bool = False
    shell: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.tokens and not self.shell


def operator(line: str, parts: Split) -> int:
    """Return which of the words is the first that an operator begins; the number of words where none does."""
    result = (index for index, word in enumerate(parts.words) if line[word.start] in (PIPE, INTO))
    return next(result, len(parts.words))


def is_for_shell(line: str) -> bool:
    return line.lstrip().startswith(SHELL_LINE)


def parse_line(text: str, expand: Expand | None = None) -> CommandLine:
    """Return the parts of a line; `expand` gives the text for each `${NAME}` of its command and its file.
    Raises UsageError, or OpenQuoteError for what is not closed."""
    text = text.strip()
    if text.startswith(SHELL_LINE):
        shell = text[1:].strip()
        if not shell:
            raise UsageError("there is no command after '!'", "for example: !ls")
        return CommandLine(text, shell=shell)
    if (plain := _plain_tokens(text)) is not None:
        return CommandLine(text, plain)
    parts = split(text)
    require_end(parts)
    index = operator(text, parts)
    begin = parts.words[index].start if index < len(parts.words) else len(text)
    if index == 0 < len(parts.words):
        raise UsageError(f"there is no command before '{text[begin]}'")
    ours, pipe = text, ""
    if text.startswith(PIPE, begin):
        ours, pipe = _cut_pipe(text, parts, index)
    words = split(ours, expand).words if expand and "${" in ours else parts.words
    tokens = tuple(ValueWord(word.text) if word.is_put_in else word.text for word in words[:index])
    if text.startswith(INTO, begin):
        append = text.startswith(INTO * 2, begin)
        return CommandLine(text, tokens, file=_file(words[index:], 1 + append), append=append)
    return CommandLine(text, tokens, pipe=pipe)


def _plain_tokens(text: str) -> tuple[str, ...] | None:
    """Return the words of a line in which no letter has a meaning but quotes around whole texts; None for
    other lines. Most lines of long files are so, and it takes a fifth of the time."""
    is_plain, find_words, unquote = _plain_patterns()
    if not is_plain(text):
        return None
    words = find_words(text)
    if "'" in text or '"' in text:
        words = [unquote(r"\1\2\3", word) if "'" in word or '"' in word else word for word in words]
    return tuple(words)


@cache
def _plain_patterns() -> tuple[Callable[[str], object], Callable[[str], list[str]], Callable[..., str]]:
    from re import compile

    return compile(_PLAIN).match, compile(_WORDS).findall, compile(_QUOTED).sub


def _cut_pipe(text: str, parts: Split, index: int) -> tuple[str, str]:
    """Return the line without its program, and the program, each with the here-documents that it names."""
    begin = parts.words[index].start
    ours = sum(word.is_put_in for word in parts.words[:index])
    head, pipe = text[:begin], text[begin + 1 :]
    if ours:
        first, end = parts.documents[0][0], parts.documents[ours - 1][1]
        head, pipe = head + text[first - 1 : end], text[begin + 1 : first - 1] + text[end:]
    if not pipe.strip():
        raise UsageError("there is no command after '|'", "for example: | less")
    return head, pipe.strip()


def _file(words: Sequence[Word], width: int) -> str:
    """Return the one file in the words from `>` or `>>` on, which is so wide."""
    operator = words[0]
    stands_alone = operator.end - operator.start == width
    rest = [*([] if stands_alone else [operator.text[width:]]), *(word.text for word in words[1:])]
    if len(rest) != 1:
        message = f"'{rest[1]}' stands after the file" if rest else f"there is no file after '{INTO * width}'"
        raise UsageError(message, "a command's result goes into one file: dags list > FILE")
    return os.path.expanduser(rest[0])


def run(line: CommandLine, session: Session, where: str = "") -> int:
    """Run a line; its exit code. A pipe's failure is the line's: in a file, at `where`, it is printed too.

    BrokenPipeError and ExitSession pass through: they end more than this line.
    """
    if line.shell:
        return _in_shell(line.shell, session, where)
    if not (line.pipe or line.file):
        return dispatch.run(line.tokens, session, where)
    from airflowctl.output.redirects import File, Program

    sink = File(line.file, line.append) if line.file else Program(line.pipe, session.streams.environ)
    return _into(sink, line, session, where)


def _into(sink: Sink, line: CommandLine, session: Session, where: str) -> int:
    code = DONE
    if line.pipe:
        session.parts.progress.end()  # the program has the terminal now
    session.streams.stdout.flush()
    try:
        # Before the command runs, so that nothing is changed for a result that cannot be written.
        sink.check()
        code = dispatch.run(line.tokens, session.into(sink), where)
    except BrokenPipeError:  # it has seen enough
        code = DONE
    except UsageError as error:
        code = dispatch.print_error(error, session, where)
    except KeyboardInterrupt:  # between two steps
        code = INTERRUPTED
    finally:
        whole = _finish(sink, code)
    return whole if whole == code else _report_program(line.pipe, whole, session, where)


def _finish(sink: Sink, code: int) -> int:
    """Return the end of a sink, whatever keys are pressed: a program that has the terminal is not left
    behind."""
    while True:
        try:
            return sink.finish(code)
        except KeyboardInterrupt:
            # Ctrl-C belongs to the program that has the terminal, which is waited for (decision 0038).
            code = code or INTERRUPTED


def _report_program(line: str, code: int, session: Session, where: str) -> int:
    """Return the exit code of a line from that of its program, which a batch prints: nothing else may.
    The cursor is left behind the ^C of a program that Ctrl-C has ended."""
    if code == INTERRUPTED:
        session.output.end_line()
    if not where or code == DONE:
        return code
    if code == INTERRUPTED:
        return dispatch.print_error(Interrupted(), session, where)
    dispatch.print_error(ProgramFailed(line.split()[0], code), session, where)
    return code if code <= FAILED_WAIT else ProgramFailed.exit_code


def _in_shell(line: str, session: Session, where: str) -> int:
    from airflowctl.output.redirects import start_shell_line, wait_for

    # In a process of its own a change of the folder would be over at once.
    if session.mode == SHELL and line.split()[:1] == ["cd"] and len(words := line.split()) <= 2:
        return dispatch.run(words, session, where)
    session.parts.progress.end()  # the program has the terminal now
    session.streams.stdout.flush()
    try:
        code = wait_for(start_shell_line(line, session.streams.environ))
    except UsageError as error:
        return dispatch.print_error(error, session, where)
    return _report_program(line, code, session, where)
