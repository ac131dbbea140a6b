"""A form for the parameters of a command, as it declares them; what is filled in are words of its line."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS
from airflowctl.core.errors import CliError, FormLeft
from airflowctl.core.fields import Field, FormSupport
from airflowctl.core.param_values import Reference
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.forms.form_words import write_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from airflowctl.core.command import Param
    from airflowctl.core.parse import LineParser
    from airflowctl.domain.forms.form_words import Filled
    from airflowctl.session.session import Session

# Of no use to a person who fills in a form.
_LEFT_OUT = ("dry_run", "follow")


def fill_params(session: Session, state: LineParser) -> list[str]:
    """Return the words of the line with what the user has filled in. Raises FormLeft."""
    return ParamForm(session, state).ask()


class ParamForm:
    """A form for some parameters of a line, all that it can take if none are named."""

    def __init__(self, session: Session, state: LineParser, names: Sequence[str] = ()) -> None:
        assert state.command is not None
        self._session, self._state, self._command = session, state, state.command
        self.typed: dict[str, str] = {param.name: text for param, text in state.texts()}
        self.params = [
            param
            for param in self._command.params
            if (param.name in names if names else self._is_asked(param))
            # Where a value is in a file, the form would show the file's name for it.
            and not isinstance(self.typed.get(param.name), Reference)
        ]
        self.fields = [self._field(param) for param in self.params]

    def _is_asked(self, param: Param) -> bool:
        # What only newer servers take is left to who types it: no version is asked for a form.
        is_plain = not (param.hidden or param.unsupported or param.since or param.name in _LEFT_OUT)
        return is_plain and not param.repeatable and param.refers in ("", "@")

    def _field(self, param: Param) -> Field:
        text = self.typed.get(param.name, "")
        name = param.name if not param.flags else param.label.removeprefix("--")
        if param.switch:
            both = param.default is None
            schema: dict[str, Any] = {"type": ["boolean", "null"] if both else "boolean"}
            current = () if not text else (text != "no",)
            return Field(name, None if both else bool(param.default), schema, param.help, current)
        schema = {"type": ["string", "null"]} if not param.required else {"type": "string", "minLength": 1}
        if param.choices:
            schema["enum"] = [*param.choices]
        return Field(
            name, None, schema, param.help, (text,) if text else (),
            convert=param.convert, is_secret=param.secret == ALWAYS,
        )  # fmt: skip

    def ask(self) -> list[str]:
        """Open the form; return the words of the line. Raises FormLeft where the user leaves."""
        support = FormSupport(self.check, self.foresee if self._look else None)
        texts = fill(self._session, self._command.line, self.fields, support)
        return self.words(texts)

    def check(self, texts: Sequence[str]) -> Mapping[int, str]:
        """Return what is wrong with some texts because of others, by the places of the fields."""
        return {}

    @property
    def _look(self) -> Any:
        return self._command.effect.look if self._command.effect else None

    def foresee(self, texts: Sequence[str]) -> str:
        """Return what the line would do, as the server counts it; asked for while the form is filled in."""
        from airflowctl.core.parse import parse_tokens
        from airflowctl.core.wording import format_count

        try:
            values = parse_tokens(self.words(texts), self._session.lookup).bind().values
            names = list(self._look(self._session, values))
        # While values are being typed they are often wrong, and that is no end of the form.
        except CliError as error:
            return error.message
        effect = self._command.effect
        return f"{format_count(len(names), effect.noun if effect else 'thing')} would be made" + (
            f": {names[0]} .. {names[-1]}" if names else ""
        )

    def words(self, texts: Sequence[str]) -> list[str]:
        """Return the words of the line for the texts of all fields."""
        return write_words(self._state, self.pair(texts), [param.name for param in self.params])

    def pair(self, texts: Sequence[str]) -> list[Filled]:
        """Return the parameters with their texts, as a line gives them; without those left as by default."""
        pairs = []
        for param, text in zip(self.params, texts, strict=True):
            # An empty field means the default, which is not an empty text.
            if text == "" or (param.switch and (text == "true") is param.default):
                continue
            pairs.append((param, ("yes" if text == "true" else "no") if param.switch else text))
        return pairs


def fill(session: Session, title: str, fields: Sequence[Field], support: FormSupport) -> list[str]:
    """Return the texts of a form. Raises FormLeft where the user leaves it."""
    texts = session.console.fill_form(f"{title} on {session.place}{session.mark}", fields, support)
    if texts is None:
        raise FormLeft("nothing was sent")
    return texts
