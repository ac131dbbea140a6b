"""The form of a variable: its value is checked as JSON where it is meant as such."""

from __future__ import annotations

from airflowctl.core.converters import json_value
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.forms.param_form import ParamForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflowctl.core.parse import LineParser
    from airflowctl.session.session import Session


def fill_variable(session: Session, state: LineParser) -> list[str]:
    """Return the words of the line with what the user has filled in. Raises FormLeft."""
    return _VariableForm(session, state).ask()


class _VariableForm(ParamForm):
    def __init__(self, session: Session, state: LineParser) -> None:
        super().__init__(session, state)
        names = [param.name for param in self.params]
        self._value = names.index("value") if "value" in names else None  # it is in a file or a variable
        self._json = names.index("json")
        if self._value is not None:
            field = self.fields[self._value]
            self.fields[self._value] = field._replace(schema={**field.schema, "format": "multiline"})

    def check(self, texts: Sequence[str]) -> Mapping[int, str]:
        # Without --json any text is a value.
        if self._value is None or texts[self._json] != "true" or not texts[self._value]:
            return {}
        try:
            json_value(texts[self._value])
        except ValueError as error:
            return {self._value: str(error)}
        return {}
