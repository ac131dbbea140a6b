"""From the parser's walk to what completion and highlighting want to know about a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from airflowctl.completion.shell_words import shell_slot
from airflowctl.core.command import LINE, Param
from airflowctl.core.converters import columns, expression, json_object, path, timestamp, timezone
from airflowctl.core.kinds import OWN
from airflowctl.core.options import GLOBAL
from airflowctl.core.param_values import all_choices
from airflowctl.core.parse import LineParser, Role, parse_tokens
from airflowctl.execution.pipeline import INTO, SHELL_LINE, is_for_shell, operator
from airflowctl.session import registry
from completers.line_lists import begin_of_command, has_list, split_list
from completers.members import member_at
from completers.protocols import Choice, Slot
from completers.tokenizer import Split, Word, split

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup


class Mark(NamedTuple):
    """What stands from `start` to `end` in a line: a Role, or a comment."""

    start: int
    end: int
    role: str


COMMENT = "comment"
PIPELINE = "plumbing"  # what the person's own shell does, or a file that a result goes into
_WANTS: dict[Callable[[str], Any], str] = {
    columns: "column",
    expression: "column",
    path: "path",
    timestamp: "date",
    timezone: "timezone",
}


_BEFORE_A_FIELD = " .[]{}()|&,:=!<>?@*"  # of JMESPath


def kind_of(param: Param) -> str:
    """Return the kind of name that a parameter takes: the one it declares, else what its converter is for."""
    return param.complete or _WANTS.get(param.convert, "")


class Grammar:
    """The commands' declarations as a completers.protocols.Grammar, for lines of a session."""

    def __init__(self, lookup: Lookup = registry) -> None:
        self._lookup = lookup

    def slot_at(self, text_before_cursor: str) -> Slot:
        """Return what may stand at the end of the text; nothing in a comment or after an unknown word."""
        begin = begin_of_command(text_before_cursor)
        slot = self._slot_at(text_before_cursor[begin:])
        return slot._replace(start=slot.start + begin) if begin else slot

    def _slot_at(self, text_before_cursor: str) -> Slot:
        parts = split(text_before_cursor)
        if parts.comment < len(text_before_cursor):
            return Slot("", len(text_before_cursor))
        before, last = _at_cursor(parts, len(text_before_cursor))
        index = operator(text_before_cursor, parts.words)
        if index < len(parts.words) or is_for_shell(text_before_cursor):
            return _pipeline_slot(text_before_cursor, parts, index, last)
        # The parser of a finished line: a second one for the cursor would drift from it (decision 0001).
        state = parse_tokens([word.text for word in before], self._lookup).nested
        if state.problem is not None:
            return Slot(last.text, last.start, last.quote)
        if last.text.startswith("-") and not state.only_arguments and state.awaiting is None:
            return _option_slot(state, last, text_before_cursor)
        if (param := state.awaiting or state.variadic_option) is not None:
            return _value_slot(state, param, last, text_before_cursor)
        return _word_slot(state, last, text_before_cursor)

    def marks(self, line: str) -> list[Mark]:
        """Return the parts of a line and what each turned out to be, in order."""
        if not has_list(line):
            return self._marks(line)
        result: list[Mark] = []
        for part in split_list(line, split(line)):
            if part.operator:
                result.append(Mark(part.mark, part.mark + len(part.operator), PIPELINE))
            marks = self._marks(line[part.start : part.end])
            result += [Mark(mark.start + part.start, mark.end + part.start, mark.role) for mark in marks]
        return result

    def _marks(self, line: str) -> list[Mark]:
        parts = split(line)
        index = 0 if is_for_shell(line) else operator(line, parts.words)
        state = parse_tokens([word.text for word in parts.words[:index]], self._lookup)
        roles = zip(parts.words, state.roles, strict=False)
        result = [Mark(word.start, word.end, role) for word, role in roles]
        if index < len(parts.words):
            return [*result, Mark(parts.words[index].start, len(line), PIPELINE)]
        if parts.comment < len(line):
            result.append(Mark(parts.comment, len(line), COMMENT))
        # Red under each word while it is typed would make every line look wrong until its last letter.
        if result and result[-1].role == Role.UNKNOWN and result[-1].end == len(line):
            result[-1] = result[-1]._replace(role=self._unfinished_role(line))
        return result

    def _unfinished_role(self, line: str) -> str:
        """Return the word still being typed is no mistake as long as it can become something."""
        slot = self.slot_at(line)
        begun = any(choice.text.startswith(slot.word) for choice in slot.choices)
        return Role.VALUE if begun else Role.UNKNOWN


def _at_cursor(parts: Split, end: int) -> tuple[list[Word], Word]:
    """Return the finished words, and the one at the cursor (empty after a space)."""
    if parts.words and parts.words[-1].end == end:
        return parts.words[:-1], parts.words[-1]
    return parts.words, Word("", end, end)


def _pipeline_slot(text: str, parts: Split, index: int, last: Word) -> Slot:
    """Return the file that a result goes into, or a program or file of a line for the user's own shell."""
    if is_for_shell(text):
        return shell_slot(text, text.index(SHELL_LINE) + 1)
    begin = parts.words[index].start
    if text[begin] != INTO:
        return shell_slot(text, begin + 1)
    is_next = len(parts.words) - index <= 1 + (last.start < last.end)
    if not is_next or last.start == begin:
        return Slot("", len(text))
    return Slot(last.text, last.start, last.quote, kind="path")


def _option_slot(state: LineParser, word: Word, text: str) -> Slot:
    name, equals, value = word.text.partition("=")
    param = state.option(name) if equals else None
    if param is not None and (param.joined or not param.switch):
        start = text.index("=", word.start) + 1
        return _value_slot(state, param, Word(value, start, word.end, word.quote), text)
    return Slot(word.text, word.start, word.quote, _option_choices(state, word.text))


def _option_choices(state: LineParser, typed: str = "") -> tuple[Choice, ...]:
    choices = (
        Choice(flag, param.no_help if flag in param.no_flags else param.help)
        for param in state.options()
        for flag in (*param.flags, *param.no_flags)
        if not param.hidden and (flag.startswith("--") or flag == typed)
    )
    return tuple(dict.fromkeys(choices))


def _value_slot(state: LineParser, param: Param, word: Word, text: str) -> Slot:
    # Of a setting its source knows more than its name.
    choices = () if param.complete == "setting" else tuple(Choice(text) for text in all_choices(param))
    slot = Slot(word.text, word.start, word.quote, choices, kind_of(param), _scope(state))
    if param.convert is json_object and slot.kind:
        return _member_slot(slot)
    if param.complete == "field" and "=" in slot.word:
        return _field_slot(state, slot)
    ends = "," if param.convert is columns else _BEFORE_A_FIELD if param.convert is expression else ""
    # Only the last name is completed: what stands before it is kept as it was typed (decision 0037).
    at = max((word.text.rfind(end) for end in ends), default=-1) + 1
    at += len(word.text[at:]) - len(word.text[at:].lstrip(" -"))  # of `--sort -a`
    return slot._replace(lead=word.text[:at], word=word.text[at:], ends=ends) if ends else slot


def _field_slot(state: LineParser, slot: Slot) -> Slot:
    """Return the value of a field of a raw request, as `dag_id=`: a name, where its field says of what
    kind."""
    name, _, value = slot.word.partition("=")
    given = [text.partition("=") for param, text in state.texts() if param.complete == "field"]
    scope = {kind: text for field, _, text in given if (kind := _kind_of_field(field))}
    return slot._replace(
        lead=f"{name}=", word=value, kind=_kind_of_field(name), scope={**slot.scope, **scope}
    )


def _kind_of_field(field: str) -> str:
    """Return the kind of name that a field of the API holds: its key is called so, or it says the kind."""
    kinds = registry.kinds()
    known = (kind for kind, names in kinds.items() if names.key == field and field not in ("", "name", "key"))
    stem = field.removesuffix("_id").removesuffix("_name").removesuffix("_key")
    return stem if stem in kinds else next(known, "")


def _member_slot(slot: Slot) -> Slot:
    """Within JSON: a member of it; at its beginning all of it."""
    member = member_at(slot.word)
    if member is None:
        return slot._replace(kind="")
    # At the beginning the whole `conf` of the last run is worth more than one member.
    if member[:2] == ("{", ""):
        return slot._replace(kind="conf", is_whole=_is_json)
    taken = tuple(f"{key}:" for key in member.keys)
    slot = slot._replace(lead=member.lead, word=member.word, without=taken, is_whole=_is_json)
    end = (Choice("}", "that is all"), Choice(", ", "and one more"))
    return slot._replace(choices=end, kind="") if member.is_ended else slot


def _is_json(text: str) -> bool:
    import json

    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _word_slot(state: LineParser, word: Word, text: str) -> Slot:
    choices = tuple(_describe(state, name) for name in state.next_words())
    param = state.next_argument()
    if param is None:
        return Slot(word.text, word.start, word.quote, choices or _option_choices(state))
    if param.complete == LINE:
        return _word_slot(LineParser(state.lookup), word, text)
    if param.complete == "command":
        inner = parse_tokens(state.arguments, registry)
        choices = () if inner.problem else tuple(_describe(inner, name) for name in inner.next_words())
        return Slot(word.text, word.start, word.quote, choices)
    slot = _value_slot(state, param, word, text)
    if param.complete == "field" and slot.lead:
        return slot  # its scope is that of the fields before
    several = param.repeatable and bool(slot.kind) and slot.kind not in OWN and not _takes_regex(state)
    scope = _scope(state, coming=1)
    return slot._replace(choices=choices + slot.choices, scope=scope, takes_several=several)


def _takes_regex(state: LineParser) -> bool:
    """Return whether the line says that its names are expressions: their letters are meant for the server."""
    return any("regex" in name for name in state.own_texts)


def _describe(state: LineParser, text: str) -> Choice:
    if not state.words:
        alias = state.lookup.alias(text)
        return Choice(text, " ".join(alias) if alias else registry.summary(text))
    command = registry.commands(state.words[0]).get((*state.words, text))
    return Choice(text, command.summary if command else "")


def _scope(state: LineParser, coming: int = 0) -> dict[str, str]:
    """Return what the line fixes so far: its command, the names in use and those it gives by kind, the
    global options by flag; `coming` arguments are at the cursor."""
    facts = state.global_texts
    options = {param.label: facts[param.name][-1] for param in GLOBAL if param.name in facts}
    owner: dict[str, str] = {}
    kinds: dict[str, str] = {}
    # The first of a kind is the name; what follows of the same kind narrows a list.
    for param, text in state.texts(coming):  # the first of a kind is the name, what follows narrows a list
        if param.complete and owner.setdefault(param.complete, param.name) == param.name:
            kinds[param.complete] = text
    line = {"command line": state.command.line, "operation": state.command.op} if state.command else {}
    return {**line, **state.lookup.context, **kinds, **options}
