"""What `--conf` may hold, by the params of a Dag."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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


def read_param_keys(dag: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield how a word for each param of a Dag may begin: `day=`, and `rows:=` where it holds no text."""
    for name, param in (dag.get("params") or {}).items():
        schema = param.get("schema") or {} if isinstance(param, dict) else {}
        is_text = schema.get("type") in (None, "string") or isinstance(schema.get("type"), list)
        yield f"{name}{'=' if is_text else ':='}", str(schema.get("type") or "")


def merge_params(
    dag_id: str, conf: dict[str, Any] | None, params: Sequence[tuple[str, Any]]
) -> dict[str, Any] | None:
    """Return the conf of a run with the words NAME=TEXT of its line in it; None for nothing. Raises
    UsageError."""
    from airflowctl.core.errors import UsageError

    # No id of a Dag holds one: the Dag is missing, be it one in use.
    if "=" in dag_id:
        raise UsageError(f"'{dag_id}' is no Dag", "name the Dag before its parameters: DAG_ID NAME=TEXT")
    merged = dict(conf or {})
    for name, value in params:
        if name in merged:
            raise UsageError(
                f"the parameter '{name}' is given twice", "give it once: in --conf, or as a word"
            )
        merged[name] = value
    return merged if params or conf is not None else None


def read_confs(dag: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield how `--conf` may begin: all params with their defaults, or one of them."""
    first: dict[str, str] = {}
    for text, _ in read_params(dag):
        first.setdefault(text.partition(": ")[0], text)
    defaults = ", ".join(first.values())
    if defaults:
        yield "{" + defaults + "}", "all, as they are by default"
    yield from (("{" + text, about) for text, about in read_params(dag))
