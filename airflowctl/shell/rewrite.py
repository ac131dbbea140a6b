"""What becomes of a typed line before it runs: pasted prompts go, `!!`, `!$` and `!1` become what they
stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from prompt_toolkit.buffer import Buffer

from completers.tokenizer import Word, lines, split

LAST_LINE, LAST_WORD = "!!", "!$"
# `$ ` and `% ` of other shells; ours with its user, the marks behind the environment and the names in use.
_PROMPT = re.compile(r"\s*(?:[$%] +|[^\s@>'\"]+@[^\s>'\"]+(?: \([A-Za-z-]+\))*(?: [^\s>]+)?> +)")
_CONTINUATION = "... "  # what this prompt shows before the further lines of a value


def rewrite_before_run(buffer: Buffer, rewrite: Callable[[str], str]) -> None:
    """Let a line be rewritten by the key that runs it, so that the screen and the history have what runs."""
    handle = buffer.validate_and_handle

    def validate_and_handle() -> None:
        text = rewrite(buffer.text)
        if text != buffer.text:
            buffer.text = text
            buffer.cursor_position = len(text)
        handle()

    buffer.validate_and_handle = validate_and_handle  # type: ignore[method-assign]


def strip_prompts(text: str, prompt: str) -> str:
    """Return lines that were copied together with their prompts without those; `prompt` is the present
    one."""
    return "\n".join(_strip_prompt(line, prompt) for line in lines(text))


def _strip_prompt(line: str, prompt: str) -> str:
    if prompt.strip() and line.startswith(prompt) and line[len(prompt) :].strip():
        rest = line[len(prompt) :]
    elif (match := _PROMPT.match(line)) and line[match.end() :].strip():
        rest = line[match.end() :]
    else:
        return line
    return rest.replace(f"\n{_CONTINUATION}", "\n")


def expand_last(text: str, last: str) -> str:
    """Return a line with `!!` replaced by the last line, and `!$` by its last word, where they are words of
    their
    own and in no quotes."""
    if LAST_LINE not in text and LAST_WORD not in text:
        return text
    for word in reversed(split(text).words):
        name = text[word.start : word.end].removesuffix(";")
        if name in (LAST_LINE, LAST_WORD):
            put_in = last if name == LAST_LINE else _last_word(last)
            text = text[: word.start] + put_in + text[word.start + len(name) :]
    return text


def next_number(word: str) -> int:
    """`!2` -> 2, the number of a line to run next; 0 for any other word."""
    return int(word[1:]) if word[:1] == "!" and word[1:].isascii() and word[1:].isdecimal() else 0


def expand_next(text: str, lines: Sequence[str]) -> str:
    """Return a line with `!2` replaced by the second of the lines that were proposed last, where it is a word
    of its own and in no quotes."""
    if "!" not in text:
        return text
    for word in reversed(split(text).words):
        name = text[word.start : word.end].removesuffix(";")
        if 0 < (number := next_number(name)) <= len(lines):
            text = text[: word.start] + lines[number - 1] + text[word.start + len(name) :]
    return text


def _last_word(line: str) -> str:
    words = split(line).words or [Word("", 0, 0)]
    return line[words[-1].start : words[-1].end].removesuffix(";")
