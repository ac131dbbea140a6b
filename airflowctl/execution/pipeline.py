"""A line of the shell or of a file of commands, as it is typed: commands, and where the result of each goes.

    dags list | less            into a line of the person's own shell, up to the line's end
    dags list > dags.tsv        into a file; >> at its end
    !ls                         all of it for the person's shell
    dags pause a; dags list     one after the other; && where the one before worked, || where it failed
    dags list | pick | dags pause   its rows into a command of ours that takes them

An operator is a word of its own, or begins one; within quotes there are none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import takewhile

from airflowctl.core.errors import DONE, FAILED_WAIT, INTERRUPTED, Interrupted, ProgramFailed, UsageError
from airflowctl.core.options import SHELL
from airflowctl.core.param_values import ValueWord
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution import dispatch
from airflowctl.execution.command_line import CommandLine
from airflowctl.session import registry
from airflowctl.session.session import Session
from completers.line_lists import BACKGROUND, OR, PIPE, THEN, Part, split_list
from completers.tokenizer import Expand, Split, Word, require_end, split

if TYPE_CHECKING:
    from airflowctl.output.redirects import Sink

INTO, SHELL_LINE = ">", "!"
# A JSON object that has at most one level of others in it, where one is a word, or stands behind a `=`.
_INNER = r"""\{(?:[^"{}\\$]++|"[^"\\$]*+")*\}"""
OBJECT = rf"""(?<![^ \t\r\n=])\{{\s*+"[^"\\$]*+"(?:[^"{{}}\\$]++|"[^"\\$]*+"|{_INNER})*\}}"""
_PLAIN = rf"""(?:[^'"\\{{#$<|>&;]++|'[^'\\]*+'|"[^"\\$]*+"|{OBJECT})*\Z"""
_WORDS = rf"""(?:[^ \t\r\n'"{{]|'[^']*'|"[^"]*"|{OBJECT})+"""
_QUOTED = rf"""({OBJECT})|'([^']*)'|"([^"]*)\""""


def operator(line: str, words: Sequence[Word]) -> int:
    """Return which of the words of a command is the first that an operator begins, `|` or `>`; the number of
    words where none does."""
    result = (index for index, word in enumerate(words) if line[word.start] in (PIPE, INTO))
    return next(result, len(words))


def is_for_shell(line: str) -> bool:
    return line.lstrip().startswith(SHELL_LINE)


def parse_commands(text: str, expand: Expand | None = None) -> list[CommandLine]:
    """Return the commands of a line, none for an empty one; `expand` gives the text for each `${NAME}` of its
    commands and files. Raises UsageError, or OpenQuoteError for what is not closed."""
    text = text.strip()
    if text.startswith(SHELL_LINE):
        return [CommandLine(text, shell=_require_shell(text[1:]))]
    if (plain := _plain_tokens(text)) is not None:
        return [CommandLine(text, plain)] if plain else []
    parts = split(text)
    commands = split_list(text, parts, registry.takes_rows)
    if not parts.words:
        return []
    commands, is_background = _without_background(text, commands)
    begin = _begin_of_other_shell(text, commands[-1])
    if parts.opened < begin or text[begin : begin + 1] != SHELL_LINE:  # its quotes are its own
        require_end(parts)
    ours, other = (text, "") if begin == len(text) else _cut(text, parts, begin)
    words = split(ours, expand).words if expand and "${" in ours else parts.words
    return _join_stages(
        _parse_command(text, command, words[command.first :][: len(command.words)], other)._replace(
            operator=command.operator,
            first=command.first,
            is_handled=_is_handled(commands[number + 1 :]),
            is_background=is_background,
        )
        for number, command in enumerate(_require_words(commands))
    )


def _join_stages(lines: Iterable[CommandLine]) -> list[CommandLine]:
    """Return the lines, with those that get the rows of one before them in that one."""
    result: list[CommandLine] = []
    for line in lines:
        if line.operator != PIPE:
            result.append(line)
            continue
        first = result[-1]
        if first.file or first.shell:
            raise UsageError(
                f"the result goes into a file, and not to {line.tokens[0]}",
                "one or the other: dags list | pick",
            )
        result[-1] = first._replace(
            text=f"{first.text} | {line.text}",
            stages=(*first.stages, line._replace(pipe="", file="")),
            pipe=line.pipe,
            file=line.file,
            append=line.append,
            is_handled=line.is_handled,
        )
    return result


def _require_words(commands: list[Part]) -> list[Part]:
    """Return the commands; raises UsageError where one is missing."""
    for number, command in enumerate(commands):
        following = commands[number + 1].operator if number + 1 < len(commands) else ""
        if not command.words:
            where = f"after '{command.operator}'" if command.operator else f"before '{following}'"
            raise UsageError(f"there is no command {where}", "a line is: COMMAND, or COMMAND && COMMAND")
        if following and _ends_in_background(command):
            raise UsageError(
                "an & stands before the end of the line", "all of it runs in the background: a; b &"
            )
    return commands


def _ends_in_background(command: Part) -> bool:
    last = command.words[-1] if command.words else None
    return last is not None and last.text == BACKGROUND and last.end - last.start == 1


def _without_background(text: str, commands: list[Part]) -> tuple[list[Part], bool]:
    """Return the commands without the `&` at the line's end, and whether there was one."""
    last = commands[-1]
    if not _ends_in_background(last) or (
        operator(text, last.words) < len(last.words) - 1
        and (text[last.words[operator(text, last.words)].start] == PIPE)
    ):
        return commands, False
    words = last.words[:-1]
    if not words:
        raise UsageError("there is no command before '&'", "a line is: COMMAND &")
    return [*commands[:-1], last._replace(words=words, end=last.words[-1].start)], True


def _is_handled(following: list[Part]) -> bool:
    """Return whether one of the commands up to the next `;` begins with `||`."""
    chain = takewhile(lambda command: command.operator != THEN, following)
    return any(command.operator == OR for command in chain)


def _begin_of_other_shell(text: str, command: Part) -> int:
    """Return where the last command of a line leaves the rest to the user's own shell; else the line's
    end."""
    words = command.words
    if words and text[words[0].start] == SHELL_LINE:
        return words[0].start
    index = operator(text, words)
    return words[index].start if index < len(words) and text[words[index].start] == PIPE else len(text)


def _parse_command(text: str, command: Part, words: Sequence[Word], other: str) -> CommandLine:
    """Return one command; `words` are its own with their values put in, `other` is what the last command
    leaves to the user's own shell."""
    own, typed = text[command.start : command.end].strip(), command.words
    if text[typed[0].start] == SHELL_LINE:
        return CommandLine(own, shell=_require_shell(other))
    index = operator(text, typed)
    if index == 0:
        raise UsageError(f"there is no command before '{text[typed[0].start]}'")
    texts = [
        # The ; that ends the last word is none of it.
        entry._replace(text=entry.text.removesuffix(THEN)) if text[word.end : word.end + 1] == THEN else entry
        for entry, word in zip(words, typed, strict=False)
    ]
    tokens = tuple(ValueWord(word.text) if word.is_put_in else word.text for word in texts[:index])
    if index < len(typed) and text[typed[index].start] == INTO:
        append = text.startswith(INTO * 2, typed[index].start)
        return CommandLine(own, tokens, file=_file(texts[index:], 1 + append), append=append)
    if index == len(typed):
        return CommandLine(own, tokens)
    if not other:
        raise UsageError("there is no command after '|'", "for example: | less")
    if registry.takes_rows(tokens[0], other.split()[0]):
        raise UsageError(f"a blank is missing before {other.split()[0]}", "| pick")
    return CommandLine(own, tokens, pipe=other)


def _require_shell(text: str) -> str:
    if not text.strip():
        raise UsageError("there is no command after '!'", "for example: !ls")
    return text.strip()


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


def _cut(text: str, parts: Split, begin: int) -> tuple[str, str]:
    """Return the line up to a place, and what follows the letter there, each with the here-documents that it
    names."""
    ours = sum(word.is_put_in for word in parts.words if word.start < begin)
    head, other = text[:begin], text[begin + 1 :]
    if ours and parts.documents:
        first, end = parts.documents[0][0], parts.documents[ours - 1][1]
        head, other = head + text[first - 1 : end], text[begin + 1 : first - 1] + text[end:]
    return head, other.strip()


def _file(words: Sequence[Word], width: int) -> str:
    """Return the one file in the words from `>` or `>>` on, which is so wide."""
    operator = words[0]
    stands_alone = operator.end - operator.start == width
    rest = [*([] if stands_alone else [operator.text[width:]]), *(word.text for word in words[1:])]
    if len(rest) != 1:
        message = f"'{rest[1]}' stands after the file" if rest else f"there is no file after '{INTO * width}'"
        raise UsageError(message, "a command's result goes into one file: dags list > FILE")
    return os.path.expanduser(rest[0])


def run_all(lines: Sequence[CommandLine], session: Session) -> int:
    """Run the commands of a line; the exit code of the last that ran. Ctrl-C ends them all."""
    code = DONE
    for line in lines:
        if line.is_due(code):
            code = run(line, session)
        if code == INTERRUPTED:
            break
    return code


def run(line: CommandLine, session: Session, where: str = "") -> int:
    """Run a command; its exit code. A pipe's failure is the line's: in a file, at `where`, it is printed too.

    BrokenPipeError and ExitSession pass through: they end more than this line.
    """
    if line.shell:
        return _in_shell(line.shell, session, where)
    if not (line.pipe or line.file):
        return _run_command(line, session, where)
    from airflowctl.output.redirects import File, Program

    sink = File(line.file, line.append) if line.file else Program(line.pipe, session.streams.environ)
    return _into(sink, line, session, where)


def _run_command(line: CommandLine, session: Session, where: str) -> int:
    if line.stages:
        from airflowctl.execution.row_stages import run_stages

        return run_stages(line, session, where)
    if not line.lines:
        return dispatch.run(line.tokens, session, where)
    from airflowctl.execution.row_lines import run_lines

    return run_lines(line.lines, session, where)


def _into(sink: Sink, line: CommandLine, session: Session, where: str) -> int:
    code = DONE
    if line.pipe:
        session.parts.progress.end()  # the program has the terminal now
    session.streams.stdout.flush()
    try:
        # Before the command runs, so that nothing is changed for a result that cannot be written.
        sink.check()
        code = _run_command(line, session.into(sink), where)
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
