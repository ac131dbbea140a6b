"""Links of ids to the web pages of their server (OSC 8): of an address that passes the gate, and no other."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_BEGIN, _END = "\x1b]8;;", "\x1b\\"
_PAGES = {
    "dag_id": "/dags/{dag_id}",
    "dag_run_id": "/dags/{dag_id}/runs/{dag_run_id}",
    "task_id": "/dags/{dag_id}/runs/{dag_run_id}/tasks/{task_id}",
    "asset_id": "/assets/{asset_id}",
}
_MAPPED = "/mapped/{map_index}"


def link_cell(text: str, column: str, item: Mapping[str, Any], base: str) -> str:
    """Return a cell, made safe and cut already, as a link to the page of what its column names; unchanged
    where there is none."""
    page = page_of(column, item, base) if text.strip() else ""
    return f"{_BEGIN}{page}{_END}{text}{_BEGIN}{_END}" if page else text


def page_of(column: str, item: Mapping[str, Any], base: str) -> str:
    """Return the address of the page of an id below `base`, percent-encoded; "" where there is none."""
    from airflowctl.core.errors import UsageError
    from airflowctl.core.url import fill, parse_address

    path = _PAGES.get(column, "")
    index = item.get("map_index")
    if column == "task_id" and isinstance(index, int) and index >= 0:
        path += _MAPPED
    names = {name: item.get(name) for name in (*_PAGES, "map_index") if "{" + name + "}" in path}
    if not path or not all(isinstance(name, str | int) for name in names.values()):
        return ""
    try:
        address = parse_address(base + fill(path, {name: str(value) for name, value in names.items()}))
        return address.base if address.is_within(parse_address(base)) else ""
    except (UsageError, ValueError):  # an id that no path may hold
        return ""


def link_pattern(base: str) -> str:
    """Return the expression for the codes of links below an address."""
    from re import escape

    return rf"\x1b\]8;;(?:{escape(base)}/[A-Za-z0-9\-._~%/]*)?\x1b\\"


def drop_links(text: str) -> str:
    """Return a text without the codes of links: an older pager would print them."""
    if _BEGIN not in text:
        return text
    from re import sub

    return sub(r"\x1b\]8;;[^\x07\x1b]*\x1b\\", "", text)
