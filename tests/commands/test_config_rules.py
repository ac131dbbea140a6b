"""`config lint`: each rule finds what it is about, and nothing in a configuration that follows it."""

from __future__ import annotations

import json
from typing import Any

from airflowctl.domain import config_rules
from airflowctl.domain.config_rules import find_problems
from tests.support.paths import ROOT
from tests.support.rows import every_row

RULES: list[dict[str, Any]] = json.loads(
    (ROOT / "airflowctl" / "domain" / "lint_rules.json").read_text(encoding="utf-8")
)
KINDS = ("new_default", "renamed_to", "removed", "is_invalid_if")


def name(rule: dict[str, Any]) -> str:
    return f"{rule['section']}.{rule['option']}"


def words(rule: dict[str, Any], value: str) -> list[str]:
    """The problems that a configuration of this one option has, by this rule."""
    found = find_problems({(rule["section"], rule["option"]): value})
    assert all((row["section"], row["option"]) == (rule["section"], rule["option"]) for row in found)
    text = config_rules._problem(rule, value)
    return [text] if text else []


def breaking_value(rule: dict[str, Any]) -> str:
    if "new_default" in rule:
        return f"{rule['new_default']}x"
    return str(rule.get("is_invalid_if", rule.get("remove_if_equals", "any")))


@every_row("rule", RULES, ids=name)
def test_a_value_that_breaks_a_rule_is_named_with_its_advice(rule: dict[str, Any]) -> None:
    value = breaking_value(rule)
    (text,) = words(rule, value)
    assert text.endswith(rule.get("suggestion", "").strip() or text)
    if "new_default" in rule:
        assert f"is {rule['new_default']}; here it is {value}" in text
    if "renamed_to" in rule and "new_default" not in rule:
        assert text.startswith("it is now [{}] {}".format(*rule["renamed_to"]))


@every_row("rule", [rule for rule in RULES if "renamed_to" not in rule], ids=name)
def test_a_value_that_follows_a_rule_is_not(rule: dict[str, Any]) -> None:
    if "new_default" in rule:
        assert words(rule, str(rule["new_default"])) == []
    elif "remove_if_equals" in rule or "is_invalid_if" in rule:
        assert words(rule, "another value") == []


def test_every_kind_of_rule_is_there() -> None:
    for kind in KINDS:
        assert any(kind in rule for rule in RULES), kind


def test_what_is_not_set_has_no_problem() -> None:
    assert list(find_problems({})) == []
    assert list(find_problems({("core", "no_such_option"): "x"})) == []
