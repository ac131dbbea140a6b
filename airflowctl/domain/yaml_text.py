"""The text of YAML files, of YAML 1.2's core schema: what reads only 1.1, as Airflow does, reads the same."""

from __future__ import annotations

from functools import cache

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_NULL = ("", "~", "null", "Null", "NULL")
_TRUTHS = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = r"[-+]?[0-9]+"
_BASED = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_NOT_FINITE = r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"


def read_plain(text: str) -> Any:
    """Return the value of a scalar without quotes, by the core schema of YAML 1.2: `NO`, `1_000`, `12:30`
    and dates are texts. Raises ValueError for a number that JSON has not."""
    import re

    if text in _NULL:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if re.fullmatch(_INTEGER, text):
        return int(text)
    if re.fullmatch(_BASED, text):
        return int(text, 0)
    if re.fullmatch(_FLOAT, text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise ValueError(f"{text} is too large a number")
        return number
    if re.fullmatch(_NOT_FINITE, text):
        raise ValueError(f"{text} is no number that JSON has")
    return text


def dump_yaml(data: Any, is_sorted: bool = True) -> str:
    """Return data as YAML that readers of YAML 1.1 and of 1.2 read alike."""
    import yaml

    return str(yaml.dump(data, Dumper=_dumper(), allow_unicode=True, sort_keys=is_sorted))


@cache
def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes no aliases, and quotes each text that one of both versions would read as something else."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    def represent(dumper: Any, text: str) -> Any:
        style = "'" if "\n" not in text and _is_no_text(text) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    return Dumper


def _is_no_text(text: str) -> bool:
    try:
        return not isinstance(read_plain(text), str)
    except ValueError:
        return True
