"""Lines that only the real `airflow` can run, handed to the one that stands on PATH beside ours."""

from __future__ import annotations

import os
import sys

from airflowctl.core.converters import parse_switch
from airflowctl.core.errors import CliError, UsageError
from airflowctl.core.options import FALLBACK_VARIABLE
from airflowctl.core.parse import PROGRAM_NAMES, Role
from airflowctl.core.programs import search_path
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflowctl.core.parse import LineParser

_LEVEL = "AIRFLOWCTL_FALLBACK_LEVEL"  # below how many of these calls a process is
_MOST_LEVELS = 8  # `standalone` starts a scheduler, whose task starts a command: more is a loop
_READ_ONLY = "AIRFLOWCTL_READ_ONLY"
_NAME = PROGRAM_NAMES[1]
_OURS = b"from airflowctl."  # in the script that pip writes for a name of this program
_SCRIPT_BYTES = 1000
_REFUSED = "Refused:"  # how the help of an option begins that the API lacks


def run_real_airflow(tokens: Sequence[str], state: LineParser, environ: Mapping[str, str]) -> None:
    """Replace this process by the real `airflow` for a line that no API can do, where AIRFLOWCTL_FALLBACK is
    on; return for any other line, and where there is no other `airflow`. Raises CliError."""
    is_on = parse_switch(environ.get(FALLBACK_VARIABLE, ""), FALLBACK_VARIABLE)
    words = _words_of(tokens) if is_on and _is_local(tokens, state) else []
    path = next(_find_others(environ), "") if words else ""
    if not path:
        return
    if parse_switch(environ.get(_READ_ONLY, ""), _READ_ONLY):
        raise UsageError(f"{_READ_ONLY} does not hold for {path}, which would run", f"unset {_READ_ONLY}")
    text = environ.get(_LEVEL, "")
    level = int(text) if text.isdecimal() else 0
    if level >= _MOST_LEVELS:
        raise UsageError(f"{path} starts this program again", f"fix PATH, or unset {FALLBACK_VARIABLE}")
    _execute(path, words, {**environ, _LEVEL: str(level + 1)})


def _is_local(tokens: Sequence[str], state: LineParser) -> bool:
    """Return whether the classic command has a line that no API can do: by its words, or by an option that is
    refused."""
    if state.command is None:
        unknown = next((token for token, role in zip(tokens, state.roles, strict=False)
                        if role == Role.UNKNOWN), "")  # fmt: skip
        return bool(unknown and state.lookup.elsewhere((*state.original_words, unknown)))
    return any(
        param.unsupported and param.help.startswith(_REFUSED)
        for param in state.command.params
        if param.name in state.own_texts
    )


def _words_of(tokens: Sequence[str]) -> list[str]:
    """Return the words that the real one gets; none where options of ours stand before the command, as it
    cannot go to another server."""
    words = list(tokens[1:] if tokens[:1] and tokens[0] in PROGRAM_NAMES else tokens)
    while words[:1] == ["--classic"]:
        del words[0]
    return [] if words[:1] and words[0][:1] == "-" else words


def _find_others(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield each `airflow` on PATH that is another program: no link to this one, and no script that starts
    it."""
    own = os.path.realpath(sys.argv[0])
    for folder in search_path(environ).split(os.pathsep):
        path = os.path.join(folder, _NAME)
        if os.path.isfile(path) and os.access(path, os.X_OK) and os.path.realpath(path) != own:
            try:
                with open(path, "rb") as file:
                    is_ours = _OURS in file.read(_SCRIPT_BYTES)
            except OSError:
                is_ours = False  # a program that may be run and not read
            if not is_ours:
                yield path


def _execute(path: str, words: Sequence[str], environ: Mapping[str, str]) -> None:
    import signal

    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # Python ignores these two, and what is ignored stays so in the program that comes next.
    for name in ("SIGPIPE", "SIGXFSZ"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execve(path, [path, *words], dict(environ))
    except OSError as error:
        raise CliError(f"cannot run {path}: {error.strerror}") from None
