"""What `--conf` may hold, by the params of a Dag."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any


def read_params(dag: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the members of `--conf` that the params of a Dag allow: each with its default, and as it may
    be."""
    import json

    params = {name: param for name, param in (dag.get("params") or {}).items() if isinstance(param, dict)}
    for name, param in params.items():
        schema = param.get("schema") or {}
        kinds = schema.get("type") or type(param.get("value")).__name__
        kind = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
        about = f"{kind}: {param.get('description') or schema.get('title') or 'its default'}"
        values = (param.get("value"), *(schema.get("enum") or schema.get("examples") or ()))
        for text in dict.fromkeys(json.dumps({name: value}, ensure_ascii=False)[1:-1] for value in values):
            yield text, about
            about = kind


def read_confs(dag: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield how `--conf` may begin: all params with their defaults, or one of them."""
    first: dict[str, str] = {}
    for text, _ in read_params(dag):
        first.setdefault(text.partition(": ")[0], text)
    defaults = ", ".join(first.values())
    if defaults:
        yield "{" + defaults + "}", "all, as they are by default"
    yield from (("{" + text, about) for text, about in read_params(dag))
