"""What may stand where a line's finished words end: a word of a command, an option, or a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from airflowctl.core.command import LINE, Param
from airflowctl.core.converters import (
    columns,
    environment_patterns,
    expression,
    json_object,
    path,
    timestamp,
    timezone,
)
from airflowctl.core.kinds import OWN
from airflowctl.core.options import GLOBAL
from airflowctl.core.param_values import all_choices
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.session import registry
from completers.members import member_at
from completers.protocols import Choice, Slot
from completers.tokenizer import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflowctl.core.command_lookup import Lookup

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


def slot_after(state: LineParser, last: Word, text: str) -> Slot:
    """Return what may stand for the last word of a text, after the words that were walked."""
    state = state.nested
    if state.problem is not None:
        return Slot(last.text, last.start, last.quote)
    if last.text.startswith("-") and not state.only_arguments and state.awaiting is None:
        return _option_slot(state, last, text)
    if (param := state.awaiting or state.variadic_option) is not None:
        return _value_slot(state, param, last, text)
    return _word_slot(state, last, text)


def slot_of_words(words: Sequence[str], last: str, lookup: Lookup) -> Slot:
    """Return what may stand for the last word of argv, which another shell has split; its `start` is a place
    in that word."""
    state = parse_tokens(words, lookup, program=True)
    return slot_after(state, Word(last, 0, len(last)), last)


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
    is_list = param.convert in (columns, environment_patterns)
    ends = "," if is_list else _BEFORE_A_FIELD if param.convert is expression else ""
    # Only the last name is completed: what stands before it is kept as it was typed (decision 0037).
    start = max((word.text.rfind(end) for end in ends), default=-1) + 1
    start += len(word.text[start:]) - len(word.text[start:].lstrip(" -"))  # of `--sort -a`
    return slot._replace(lead=word.text[:start], word=word.text[start:], ends=ends) if ends else slot


def _field_slot(state: LineParser, slot: Slot) -> Slot:
    """Return the value of a field of a raw request, as `dag_id=`: a name, where its field says of what
    kind."""
    name, _, value = slot.word.partition("=")
    pairs = [text.partition("=") for param, text in state.texts() if param.complete == "field"]
    scope = {kind: text for field, _, text in pairs if (kind := _kind_of_field(field))}
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
