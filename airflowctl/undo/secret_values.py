"""Which values of a change may be written to the disk or shown: harmless by name and by shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from airflowctl.core.sensitive import holds_secret, is_sensitive_name
from airflowctl.core.undo import Undo
from airflowctl.undo.entry import MASK

_LONGEST = 60  # letters of a value that are shown
_SET = "(set)"


def is_harmless(
    spec: Undo, key: tuple[str, ...], field: str, value: Any, redact: Callable[[str], str]
) -> bool:
    """Return whether a field's value of the thing `key` is no secret; `redact` removes known secrets."""
    # A mask is what the server itself shows in place of a secret.
    if value is None or isinstance(value, bool | int) or value in ("", MASK):
        return True
    if field in spec.secret or is_sensitive_name(field):
        return False
    # A variable's value is a secret by the variable's name, as in Airflow's own masking.
    if field in spec.named and any(is_sensitive_name(name) for name in key):
        return False
    # A secret may be a member of an object, at any depth: the text of all of it is searched.
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return not holds_secret(text) and redact(text) == text


def format_value(
    spec: Undo, key: tuple[str, ...], field: str, value: Any, redact: Callable[[str], str]
) -> str:
    """Format a value: a text in quotes and cut, `(set)` for what may be secret, `none` for nothing."""
    if value is None:
        return "none"
    if value == MASK or not is_harmless(spec, key, field, value, redact):
        return _SET
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...{text[-1]}"
