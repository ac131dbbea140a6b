"""`--query`: what a JMESPath expression finds in a result, as a result of its own."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.errors import UnknownColumn
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.output.values import copy_plain

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Shown


class Values(NamedTuple):
    """A result that is neither an object nor a list of objects: a value, or a list of values."""

    data: Any


def apply_query(result: Shown, expression: str) -> Shown | Values:
    """Return what the expression finds; items that keep their shape keep their columns. Raises NoColumn."""
    match = _search(_document(result), expression)
    if isinstance(match, Mapping):
        same = isinstance(result, Record) and result.key in match
        return result._replace(item=match) if isinstance(result, Record) and same else _record(match)
    if (
        isinstance(match, list)
        and match
        and all(isinstance(element, Mapping) and element for element in match)
    ):
        return _rows(match, result)
    return Values(match)


def _document(result: Shown) -> Any:
    if isinstance(result, Rows):
        return list(result.items)
    return result.item if isinstance(result, Record) else getattr(result, "data", None)


def _search(document: Any, expression: str) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError, JMESPathTypeError

    try:
        return jmespath.search(expression, copy_plain(document))
    except JMESPathTypeError as error:  # its own words hold the whole value
        wanted = " or ".join(error.expected_types)
        reason = f"{error.function_name}() wants {wanted}, and got {error.actual_type}"
        raise UnknownColumn(f"--query does not fit the result: {reason}") from None
    except JMESPathError as error:
        raise UnknownColumn(f"--query does not fit the result: {' '.join(str(error).split())}") from None
    except (
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ) as error:  # as it says for sort_by on nulls
        raise UnknownColumn(f"--query does not fit the result: {error}") from None


def _record(match: Mapping[str, Any]) -> Record:
    return Record(match, next(iter(match), ""))


def _rows(match: list[Any], result: Shown) -> Rows:
    if isinstance(result, Rows) and all(_has(item, result.columns) for item in match):
        return result._replace(items=match)
    columns = tuple(dict.fromkeys(name for item in match for name in item))
    return Rows(match, columns, columns[0])


def _has(item: Mapping[str, Any], columns: tuple[str, ...]) -> bool:
    return all(column in item or column.partition(".")[0] in item for column in columns)
