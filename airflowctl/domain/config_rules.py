"""What Airflow 3 has changed in the configuration: the rules in lint_rules.json, and what breaks them."""

from __future__ import annotations

from airflowctl.core.package_files import read_data
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any


def find_problems(values: Mapping[tuple[str, str], str]) -> Iterator[dict[str, str]]:
    """Yield what the rules find wrong in a configuration, in their order; `values` are by section and
    option."""
    import json

    rules: list[dict[str, Any]] = json.loads(read_data(__name__, "lint_rules.json"))
    for rule in rules:
        section, option = rule["section"], rule["option"]
        problem = _problem(rule, values[section, option]) if (section, option) in values else ""
        if problem:
            yield {"section": section, "option": option, "problem": problem}


def _problem(rule: dict[str, Any], value: str) -> str:
    """Return what is wrong with the value, in words; empty where nothing is."""
    text = _change(rule, value)
    advice = rule.get("suggestion", "")
    return f"{text}. {advice}".strip() if text and advice else text


def _change(rule: dict[str, Any], value: str) -> str:
    if "new_default" in rule:
        if value == str(rule["new_default"]):
            return ""
        return f"its default was {rule['old_default']} and is {rule['new_default']}; here it is {value}"
    if "renamed_to" in rule:
        return "it is now [{}] {}".format(*rule["renamed_to"])
    if rule.get("removed"):
        wanted = rule.get("remove_if_equals")
        return "it is gone" if wanted in (None, value) else ""
    invalid = rule.get("is_invalid_if")
    return f"{value} is not valid any more" if invalid is not None and value == str(invalid) else ""
