"""The form of a connection: first its type, then the fields that this type has on the server."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NotAirflow, NotAllowed, NotFound, UsageError
from airflowctl.core.fields import Field, FormSupport, fields
from airflowctl.core.sensitive import is_sensitive_name
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.forms.form_words import write_words
from airflowctl.domain.forms.param_form import ParamForm, fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from airflowctl.core.parse import LineParser
    from airflowctl.domain.forms.form_words import Filled
    from airflowctl.session.session import Session

# What the server's own pages read their form from; it is no operation of its documents.
_HOOKS = "/ui/connections/hook_meta"
# The type decides which fields there are, so it is asked first.
_FIRST = ("conn_id", "conn_type")
# The options of the fields, and the names of the same in what the server says of a type.
_STANDARD = {
    "conn_host": "host",
    "conn_port": "port",
    "conn_login": "login",
    "conn_password": "password",
    "conn_schema": "url_schema",
    "conn_description": "description",
}
_EXTRA, _TYPE_WORD = "conn_extra", "type_word"


def fill_connection(session: Session, state: LineParser) -> list[str]:
    """Return the words of the line with what the user has filled in. Raises FormLeft."""
    hooks = _fetch_hooks(session)
    first = ParamForm(session, state, _FIRST)
    types = sorted(hooks)
    if types:
        first.fields[1] = first.fields[1]._replace(schema={"type": "string", "enum": types})
    if not first.fields[1].current:
        word = first.typed.get(_TYPE_WORD)
        first.fields[1] = first.fields[1]._replace(current=(word,) if word else ())
    extra = _read_typed(first.typed.get(_EXTRA))
    texts = fill(session, "connections add", first.fields, FormSupport())
    second = _FieldsForm(session, state, (texts[0], texts[1]), hooks.get(texts[1], {}), extra)
    return write_words(
        state, [*first.pair(texts), *second.ask()], (*_FIRST, _TYPE_WORD, *second.names, _EXTRA)
    )


def _fetch_hooks(session: Session) -> Mapping[str, Mapping[str, Any]]:
    """Return what the server says of each type of connection; nothing where it says nothing."""
    from airflowctl.api.answer_reader import parse

    try:
        hooks = parse(session.api.exchange("GET", _HOOKS).content)
    # A page's own source may change or be closed: the plain fields make a connection too.
    except (NotFound, NotAllowed, NotAirflow, ValueError):
        return {}
    rows = hooks if isinstance(hooks, list) else []
    return {
        str(row["connection_type"]): row
        for row in rows
        if isinstance(row, dict) and isinstance(dict.get(row, "connection_type"), str)
    }


class _FieldsForm:
    def __init__(
        self,
        session: Session,
        state: LineParser,
        id_and_type: tuple[str, str],
        hook: Mapping[str, Any],
        typed_extra: tuple[Any, ...],
    ) -> None:
        assert state.command is not None
        self._session, self._command = session, state.command
        self._conn_id, self._conn_type = id_and_type
        standard = hook.get("standard_fields")
        known = standard if isinstance(standard, dict) else {}
        behaviours = {name: dict.get(known, theirs) or {} for name, theirs in _STANDARD.items()}
        shown = [name for name in _STANDARD if not behaviours[name].get("hidden")]
        self._plain = ParamForm(session, state, shown)
        self.names = [param.name for param in self._plain.params]
        self._extra = _list_extra(hook.get("extra_fields"))
        more = Field(
            "extra", None, {"type": ["object", "null"], "format": "multiline"}, "More, a JSON object."
        )
        self._fields = [
            *(
                _label(field, behaviours[name])
                for name, field in zip(self.names, self._plain.fields, strict=True)
            ),
            *self._extra,
            more._replace(current=typed_extra),
        ]

    def ask(self) -> list[Filled]:
        """Open the form; return the options of the line."""
        title = f"{self._conn_id} ({self._conn_type})"
        texts = fill(self._session, title, self._fields, FormSupport(try_out=self._test))
        return self._options(texts)

    def _options(self, texts: Sequence[str]) -> list[Filled]:
        options = self._plain.pair(texts[: len(self.names)])
        extra = self._read_extra(texts)
        # An empty object would be stored, where the user has given nothing.
        if not extra:
            return options
        from json import dumps

        param = next(each for each in self._command.params if each.name == _EXTRA)
        return [*options, (param, dumps(extra, ensure_ascii=False))]

    def _read_extra(self, texts: Sequence[str]) -> dict[str, Any]:
        """Return the extra: its own object, and the fields of the type over it."""
        inner = texts[len(self.names) : -1]
        extra = dict(self._fields[-1].value(texts[-1]) or {})
        for field, text in zip(self._extra, inner, strict=True):
            # A field that was left empty takes nothing away from the object below.
            if text != "":
                extra[field.name] = field.value(text)
        return extra

    def _test(self, texts: Sequence[str]) -> str:
        """Return what the server says of the connection as it is typed, which it does not store."""
        from json import dumps

        body: dict[str, Any] = {"connection_id": self._conn_id, "conn_type": self._conn_type}
        for name, text in zip(self.names, texts, strict=False):
            if text:
                body[name.removeprefix("conn_")] = int(text) if name == "conn_port" else text
        if extra := self._read_extra(texts):
            body["extra"] = dumps(extra)
        try:
            answer = self._session.api.record("test_connection", "status", body=body)
        except CliError as error:
            # Many servers forbid tests; the form stays, as nothing typed is wrong.
            return f"not tested: {error.message}"
        return f"{'it works' if answer.get('status') else 'it fails'}: {answer.get('message')}"


def _list_extra(params: Any) -> list[Field]:
    """Return the fields of a type's own, as its hook describes them."""
    found = fields(params) if isinstance(params, dict) else []
    return [
        field._replace(is_secret=is_sensitive_name(field.name) or field.schema.get("format") == "password")
        for field in found
    ]


def _label(field: Field, behaviour: Mapping[str, Any]) -> Field:
    """Return a field with the label and the placeholder that the server has for it."""
    title, placeholder = behaviour.get("title"), behaviour.get("placeholder")
    about = f"{field.about} Like: {placeholder}" if placeholder else field.about
    return field._replace(name=str(title or field.name.removeprefix("conn-")), about=about)


def _read_typed(text: str | None) -> tuple[Any, ...]:
    """Return the extra that the line gives, if any. Raises UsageError where it is no object of the line."""
    from airflowctl.core.converters import json_object

    try:
        return (json_object(text),) if text else ()
    except ValueError as error:
        # It may hold a secret, so that it is not quoted.
        problem = f"--conn-extra cannot be filled in further: {error}"
        raise UsageError(problem, "give an object on the line, or leave it to the form") from None
