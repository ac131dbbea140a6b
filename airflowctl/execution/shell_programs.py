"""Whether the programs of a line for the user's own shell can be run, as far as that is known without it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from airflowctl.core.errors import UsageError

# What shells know without a file: their own words and commands, of sh, bash, zsh and fish.
_OWN = {
    "!", ".", ":", "[", "[[", "{", "}", "(", "((", "alias", "and", "autoload", "bg", "begin", "bind",
    "break", "builtin", "caller", "case", "cd", "command", "compgen", "complete", "continue", "coproc",
    "declare", "dirs", "disown", "do", "done", "echo", "elif", "else", "emulate", "enable", "end", "esac",
    "eval", "exec", "exit", "export", "false", "fc", "fg", "fi", "for", "foreach", "function", "getopts",
    "hash", "help", "history", "if", "in", "integer", "jobs", "kill", "let", "limit", "local", "logout",
    "mapfile", "math", "noglob", "not", "or", "popd", "print", "printf", "pushd", "pwd", "read",
    "readarray", "readonly", "repeat", "return", "select", "set", "setopt", "shift", "shopt", "source",
    "status", "string", "suspend", "switch", "test", "then", "time", "times", "trap", "true", "type",
    "typeset", "ulimit", "umask", "unalias", "unset", "unsetopt", "until", "vared", "wait", "whence",
    "where", "which", "while", "zmodload",
}  # fmt: skip
# They change no file that a later line may need, unless their result is redirected.
_HARMLESS = {
    ":", "[", "cat", "cut", "date", "diff", "echo", "env", "exit", "false", "grep", "head", "hostname",
    "id", "jq", "ls", "printf", "pwd", "sleep", "sort", "tail", "test", "true", "uname", "uniq", "wc",
    "which",
}  # fmt: skip
_ASSIGNMENT = r"[A-Za-z_]\w*\+?="
_PLAIN = r"[\w./+:@%,-]+\Z"
_SEPARATORS = r"\|\||&&|[;|]"
_NO_PLAIN_LINE = r"[\"'\\`$(){}<\n]"  # only its first word is looked at


def can_make_files(line: str) -> bool:
    """Return whether a shell line may make a file, a folder or a program that a later line needs."""
    import re

    if ">" in line or re.search(_NO_PLAIN_LINE, line):
        return True
    return any(part.split()[:1] and part.split()[0] not in _HARMLESS for part in re.split(_SEPARATORS, line))


def check_programs(line: str, environ: Mapping[str, str]) -> None:
    """Raise UsageError where a program of a shell line is neither found nor a word of shells. What only the
    shell knows, as what a variable holds, passes."""
    import re

    parts = re.split(_SEPARATORS, line) if not re.search(_NO_PLAIN_LINE, line) else [line]
    for part in parts:
        words = part.split()
        while words and re.match(_ASSIGNMENT, words[0]):
            del words[0]
        if words and re.match(_PLAIN, words[0]) and words[0] not in _OWN:
            _check_program(words[0], environ)
        if words and words[0] in _OWN:
            return  # what follows belongs to it, as in `if`


def _check_program(word: str, environ: Mapping[str, str]) -> None:
    from shutil import which

    if f"BASH_FUNC_{word}%%" in environ:
        return
    shell = environ.get("SHELL") or "/bin/sh"
    if "/" not in word:
        if which(word, path=environ.get("PATH", os.defpath)) is None:
            raise UsageError(f"there is no program {word}", f"{shell} would not find it in PATH")
    elif not os.path.exists(word):
        raise UsageError(f"there is no program {word}")
    elif os.path.isdir(word) or not os.access(word, os.X_OK):
        raise UsageError(f"{word} is no program that can be run")
