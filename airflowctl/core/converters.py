"""From the text of an argument to its value. Each raises ValueError with words for a person."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, tzinfo
    from typing import Any


def some_text(text: str) -> str:
    """Not empty: an unset variable in a script must not choose another server in silence."""
    # Blanks are what an unset variable within quotes leaves behind.
    if not text.strip():
        raise ValueError("nothing is given")
    return text


def path(text: str) -> str:
    """Return a file's name -> its whole path, good from any folder."""
    from os.path import abspath, expanduser

    return abspath(expanduser(some_text(text)))


def identifier(text: str) -> str:
    """Return an id as it may stand in a path of the API, where the server takes a '/' for another path."""
    if "/" in text:
        raise ValueError("cannot be an id, for the '/' in it")
    return slashed_identifier(text)


def slashed_identifier(text: str) -> str:
    """Like `identifier`, for variables and pools, whose names may hold a '/'."""
    from airflowctl.core.url import has_dot_segment

    if not text:
        raise ValueError("cannot be an id")
    # The server decodes before it looks for the route (decision 0015).
    if has_dot_segment(text):  # what decodes it on the way would act on another object
        raise ValueError("cannot be an id, for the '.' or '..' in it that stands for another path")
    return text


def whole_number(text: str) -> int:
    """`12` -> 12; not negative."""
    if not text.isascii() or not text.isdigit():
        raise ValueError("not a whole number")
    return _integer(text)


def exit_code(text: str) -> int:
    """`3` -> 3; of a process, 0 to 255."""
    code = whole_number(text)
    # A system keeps the last byte only: 256 would be a success.
    if code > 255:
        raise ValueError("an exit code is at most 255")
    return code


def signed_number(text: str) -> int:
    """`12` -> 12, `-1` -> -1."""
    number = whole_number(text.removeprefix("-"))
    return -number if text.startswith("-") else number


def seconds(text: str) -> float:
    """`30` or `0.5` -> seconds, more than none."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError("not a number of seconds") from None
    # Python's waits fail beyond some hundred days, in words about themselves.
    if not 0 < value < 1e7:
        raise ValueError("must be more than 0 seconds")
    return value


def seconds_or_zero(text: str) -> float:
    """`30`, `0.5` or `0` -> seconds."""
    return 0.0 if text.strip() in ("0", "0.0") else seconds(text)


def hours(text: str) -> float:
    """`12` or `0.5` -> hours, more than none."""
    try:
        return seconds(text)
    except ValueError as error:
        raise ValueError(str(error).replace("seconds", "hours")) from None


def environment_patterns(text: str) -> tuple[str, ...]:
    """`a,prod-*,@group` -> the names, patterns and groups of environments."""
    wanted = tuple(part.strip() for part in text.split(","))
    # A variable without its value in a script must not leave a place out in silence.
    if not all(wanted):
        raise ValueError("a name is missing: ENV,ENV, a 'pattern' or @GROUP")
    return wanted


def columns(text: str) -> tuple[str, ...]:
    """`a, b` -> ("a", "b")"""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise ValueError("no column named")
    return names


def regex(text: str) -> Any:
    """Return a regular expression, compiled."""
    import re
    import warnings

    try:
        with warnings.catch_warnings():
            # `[[a]` and the like may mean something else in a later Python: no matter of the user's, who
            # would read a line of this file on the terminal.
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None


def expression(text: str) -> str:
    """Return a JMESPath expression that can be understood."""
    from jmespath import compile
    from jmespath.exceptions import JMESPathError, ParseError

    try:
        unknown = sorted(set(_functions(compile(some_text(text)).parsed)))
    except ParseError as error:  # its own words take three lines
        where = f"at '{error.token_value}'" if error.token_value else "at its end"
        raise ValueError(f"not JMESPath: wrong at character {error.lex_position + 1}, {where}") from None
    except RecursionError:
        raise ValueError("not JMESPath: nested too deeply") from None
    except JMESPathError as error:
        raise ValueError(f"not JMESPath: {' '.join(str(error).split())}") from None
    if unknown:
        raise ValueError(f"JMESPath has no function {unknown[0]}()")
    return text


def _functions(node: Any) -> Iterator[str]:
    """Yield the functions of an expression that there are not."""
    from jmespath.functions import Functions

    if node["type"] == "function_expression" and node["value"] not in Functions.FUNCTION_TABLE:
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, dict) and "children" in child:
            yield from _functions(child)


def timezone(text: str) -> str:
    """`local`, `utc` or a name like Europe/Berlin that this machine knows."""
    # Only checked here: the name is what settings and lines keep.
    zone(some_text(text))
    return text


def zone(text: str) -> tzinfo | None:
    """Return the zone of that name; None is that of this machine."""
    if text.lower() == "local":
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo("UTC" if text.lower() in ("utc", "z") else text)
    except (KeyError, ValueError, OSError):
        raise ValueError("not local, utc or the name of a timezone that this machine knows") from None


def json_value(text: str) -> Any:
    """Return any JSON."""
    import json

    try:
        # Python reads more than JSON: what it accepts here the server would refuse, or keep as something
        # else.
        return json.loads(text, parse_constant=not_json, parse_float=finite, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("not JSON: nested too deeply") from None


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # Python's own limit, in words about Python
        raise ValueError(f"a number of {len(text)} digits is too long") from None


def not_json(word: str) -> Any:
    """Python reads NaN and Infinity; JSON has neither."""
    raise ValueError(f"not JSON: {word}")


def finite(text: str) -> float:
    """JSON has no infinity either, but Python reads one from a number that is too large."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"not JSON: {text} is too large")
    return value


def json_object(text: str) -> dict[str, Any]:
    """Return a JSON object, as `--conf` wants it."""
    value = json_value(text)
    if not isinstance(value, dict):
        raise ValueError('not a JSON object like \'{"key": "value"}\'')
    return value


def json_member(text: str) -> tuple[str, Any]:
    """Return the name and the value of `NAME=TEXT`, or of `NAME:=JSON`."""
    name, equals, value = text.partition("=")
    is_json = name.endswith(":")
    name = name.removesuffix(":")
    if not equals or not name.strip():
        raise ValueError("it is neither NAME=TEXT nor NAME:=JSON")
    # As it is typed: 007 is no 7, and a user who means a number says so.
    return name, json_value(value) if is_json else value


def timestamp(text: str) -> str:
    """Return an ISO date or time, `now`, `today`, `yesterday`, `tomorrow`, or a distance from now like
    `-2h`, `+1d` -> one with a timezone; without one it is UTC, as in Airflow.

    A naive time never reaches the API: there it is a 422, or a 500.
    """
    from datetime import UTC

    moment = _parse_relative(text.strip().lower()) or _parse_iso(text)
    # As in Airflow. A naive time never reaches the API: there it is a 422, or a 500.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of range") from None
    return moment.isoformat()


def _parse_iso(text: str) -> datetime:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            "not a date like 2026-11-01, 2026-11-01T06:00:00+00:00, yesterday, now or -2h"
        ) from None


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _parse_relative(text: str) -> datetime | None:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC).replace(microsecond=0)
    days = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if text == "now":
        return now
    if text in days:
        return now.replace(hour=0, minute=0, second=0) + timedelta(days=days[text])
    number = text[1:-1]
    if text[:1] not in ("-", "+") or text[-1:] not in _UNITS or not number.isascii() or not number.isdigit():
        return None
    try:
        return now + timedelta(seconds=int(text[0] + number) * _UNITS[text[-1]])
    except OverflowError:
        raise ValueError("out of range") from None


_SWITCHES = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "": False,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def parse_switch(text: str, variable: str) -> bool:
    """Return whether an environment variable is on. Raises UsageError for what is neither on nor off: a
    protection must not be lost by a slip."""
    state = _SWITCHES.get(text.strip().lower())
    if state is None:
        raise UsageError(f"{variable} is neither on nor off: '{text}'", f"set {variable} to 1 or 0")
    return state
