"""The options of the server's configuration and their values."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.session.session import Session


def fetch_options(session: Session, section: str | None = None) -> Iterator[dict[str, str]]:
    """Yield every option with its section, its value and the variable that would set it."""
    answer = session.api.record("get_config", "sections", query={"section": section})
    for part in answer["sections"]:
        for option in part["options"]:
            name, key = str(part["name"]), str(option["key"])
            # The API does not say it, but Airflow makes it by this rule, in which dots and dashes become
            # underscores.
            variable = f"AIRFLOW__{name.upper().replace('.', '_').replace('-', '_')}__{key.upper()}"
            yield {
                "section": name,
                "option": key,
                "value": text_of(option.get("value")),
                "variable": variable,
            }


def text_of(value: Any) -> str:
    """Return a value is a text, or a text and where it comes from."""
    # A server that shows sources sends pairs, and no lone list is a value of a configuration.
    value = value[0] if isinstance(value, list) and value else value
    return "" if value is None else str(value)
