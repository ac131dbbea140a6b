"""What an answer fills in: a value for each field of the question, of what the line gives and of defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.fields import Field


def fill_fields(
    wanted: Sequence[Field], values: Mapping[str, Any], texts: Mapping[str, str]
) -> dict[str, Any]:
    """Return a value for each field, since the task takes all or none: those given as JSON or as text,
    else the default. Raises UsageError."""
    # All names are looked at before any value: a slip in a name is likelier than one in a value.
    known = {field.name: field for field in wanted}
    for name in (*values, *texts):
        if name not in known:
            hint = did_you_mean(name, known) or (f"there are: {', '.join(known)}" if known else "")
            raise UsageError(f"the question has no field '{name}'", hint)
    record = {}
    for name, field in known.items():
        value_text = f"'{texts[name]}'" if name in texts else "what is given"
        try:
            if name in texts:
                record[name] = field.value(texts[name])
            elif name in values:
                field.check(values[name])
                record[name] = values[name]
            elif field.is_needed:
                raise UsageError(
                    f"'{name}' is to be filled in ({field.description})", f"give --param {name}=VALUE"
                )
            else:
                record[name] = field.default
        except ValueError as error:
            problem = str(error) if str(error).startswith("not ") else f"wrong: it {error}"
            raise UsageError(f"{name}: {value_text} is {problem}", f"wanted: {field.description}") from None
    return record
