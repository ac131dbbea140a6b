"""Where one is within a JSON object that is being typed: which of its members comes next."""

from __future__ import annotations

from typing import NamedTuple


class Member(NamedTuple):
    """`lead` is the object up to the member that is being typed, and `word` what is typed of that, as
    `"key": value` with one space; `is_ended`: its value has come to an end. `keys` are those of the members
    before it, as they are written."""

    lead: str
    word: str
    is_ended: bool = False
    keys: tuple[str, ...] = ()


def member_at(text: str) -> Member | None:
    """Return the member at the end of an object that is being typed; None within one of its values, or
    after it."""
    if not text.strip():
        return Member("{", "")
    start, depth, is_string, colon, last = -1, 0, False, -1, ""
    keys: list[str] = []
    letters = iter(enumerate(text))
    for offset, letter in letters:
        if is_string:
            if letter == "\\":
                next(letters, None)
            is_string = letter != '"'
        elif letter == '"':
            is_string = True
        elif letter in "{[":
            depth += 1
        elif letter in "}]":
            depth -= 1
        elif letter == ":" and depth == 1 and colon < 0:
            colon = offset
        if depth == 1 and not is_string and letter in "{,":
            keys += [text[start:colon].strip()] if colon >= 0 else []
            start, colon = offset + 1, -1
        last = last if letter.isspace() and not is_string else letter
    if depth != 1 or start < 0:
        return None
    typed = text[start:]
    blank = len(typed) - len(typed.lstrip())
    lead, word = text[: start + blank], typed.lstrip()
    if colon < 0:
        word = word if word[:1] in ("", '"') else f'"{word}'
        return Member(lead, word, keys=tuple(keys))
    value = text[colon + 1 :].lstrip()
    # A number or a word may still grow until a space or a bracket follows.
    if value and not is_string and (last in '"}]' or text[-1].isspace()):
        return Member(text, "", is_ended=True)
    return Member(lead, f"{text[start + blank : colon].rstrip()}: {value}", keys=tuple(keys))
