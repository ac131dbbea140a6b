"""The shape of a Dag, its tasks and what follows what: as data, and as text for programs that draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from airflowctl.core.task_order import order_tasks, overall
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

# A fill for each state, as in Airflow's web UI.
_FILLS = {
    "success": "#9ae6b4", "failed": "#feb2b2", "upstream_failed": "#fbd38d", "up_for_retry": "#faf089",
    "up_for_reschedule": "#81e6d9", "running": "#90ee90", "skipped": "#fbb6ce", "deferred": "#d6bcfa",
    "queued": "#e2e8f0", "scheduled": "#e6ddcf", "awaiting_input": "#d6bcfa", "restarting": "#d6bcfa",
    "removed": "#edf2f7",
}  # fmt: skip


def states(instances: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], dict[str | None, int]]:
    """Return how many instances are in which state, by run and task."""
    result: dict[tuple[str, str], dict[str | None, int]] = {}
    for instance in instances:
        counts = result.setdefault((str(instance.get("dag_run_id")), str(instance.get("task_id"))), {})
        counts[instance.get("state")] = counts.get(instance.get("state"), 0) + 1
    return result


def group_of(task_id: str) -> str:
    """Return the API tells of no groups, but a task's id begins with its own: `left.inner.a` ->
    `left.inner`."""
    return task_id.rpartition(".")[0]


def shape(
    tasks: Mapping[str, Mapping[str, Any]], counts: Mapping[str, Mapping[str | None, int]] | None
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Nodes and edges; `counts` are the states of each task's instances in a run, if one is shown."""
    nodes = []
    for name, task in tasks.items():
        node: dict[str, Any] = {
            "id": name,
            "label": task.get("task_display_name") or name,
            "group": group_of(name),
            "operator": task.get("operator_name"),
            "is_mapped": bool(task.get("is_mapped")),
        }
        if counts is not None:
            result = counts.get(name, {})
            node["state"] = overall(result) if result else None
            if node["is_mapped"]:
                node["instances"] = sum(result.values())
        nodes.append(node)
    edges = [
        {"source": name, "target": str(later)}
        for name, task in tasks.items()
        for later in sorted(task.get("downstream_task_ids") or [])
    ]
    return nodes, edges


def list_tasks(nodes: Sequence[dict[str, Any]], edges: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the graph as rows: each node with the ids of the nodes that follow it."""
    later: dict[str, list[str]] = {}
    for edge in edges:
        later.setdefault(edge["source"], []).append(edge["target"])
    return [{**node, "downstream_task_ids": later.get(node["id"], [])} for node in nodes]


def fold_groups(
    nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, str]]
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return the same with a node for each outermost group in place of the tasks in it."""
    outer_group = {str(node["id"]): str(node["group"]).partition(".")[0] or str(node["id"]) for node in nodes}
    members: dict[str, list[Mapping[str, Any]]] = {}
    for node in nodes:
        members.setdefault(outer_group[node["id"]], []).append(node)
    # Between two groups there may be an edge for each pair of their tasks: one is drawn.
    pairs = dict.fromkeys(
        (outer_group[edge["source"]], outer_group.get(edge["target"], "")) for edge in edges
    )
    follow: dict[str, list[str]] = {name: [] for name in members}
    for source, target in pairs:
        if target and source != target:
            follow[source].append(target)
    records = []
    for name in order_tasks(follow):
        inside = members[name]
        # A group may have one task too; only a task outside of all groups has the name itself.
        if len(inside) == 1 and inside[0]["id"] == name:
            records.append(dict(inside[0]))
            continue
        node = {"id": name, "label": name, "group": "", "tasks": f"{len(inside)} tasks"}
        if "state" in inside[0]:
            node["state"] = overall(member["state"] for member in inside)
        records.append(node)
    return records, [
        {"source": source, "target": target} for source, later in follow.items() for target in later
    ]


def dot(title: str, nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, str]]) -> str:
    """Yield the graph in the language of graphviz."""
    ids = {str(node["id"]): f"n{index}" for index, node in enumerate(nodes)}

    def lines(group: str, depth: int) -> Iterator[str]:
        pad = "\t" * depth
        for node in (node for node in nodes if node["group"] == group):
            fill = _FILLS.get(str(node.get("state")), "#ffffff")
            yield f'{pad}{ids[node["id"]]} [label={_quote(node["label"])} fillcolor="{fill}"]'
        for inner in _inner(nodes, group):
            yield f"{pad}subgraph cluster_{_number(nodes, inner)} {{"
            yield f"{pad}\tlabel={_quote(inner.rpartition('.')[2])}"
            yield from lines(inner, depth + 1)
            yield f"{pad}}}"

    head = [
        f"digraph {_quote(title)} {{",
        f"\tgraph [label={_quote(title)} labelloc=t rankdir=LR]",
        '\tnode [shape=rectangle style="filled,rounded"]',
    ]
    # A task may name one that is folded away or that another version of the Dag had.
    arrows = [f"\t{ids[edge['source']]} -> {ids[edge['target']]}" for edge in edges if edge["target"] in ids]
    return "\n".join((*head, *lines("", 1), *arrows, "}")) + "\n"


def mermaid(title: str, nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, str]]) -> str:
    """Yield the graph in the language of Mermaid, which GitHub and many wikis draw."""
    from json import dumps

    ids = {str(node["id"]): f"n{index}" for index, node in enumerate(nodes)}
    used = {str(node["state"]) for node in nodes if str(node.get("state")) in _FILLS}

    def lines(group: str, depth: int) -> Iterator[str]:
        pad = "    " * depth
        for node in (node for node in nodes if node["group"] == group):
            state = f":::{node['state']}" if str(node.get("state")) in used else ""
            yield f'{pad}{ids[node["id"]]}["{_entities(node["label"])}"]{state}'
        for inner in _inner(nodes, group):
            yield f'{pad}subgraph g{_number(nodes, inner)}["{_entities(inner.rpartition(".")[2])}"]'
            yield from lines(inner, depth + 1)
            yield f"{pad}end"

    head = ("---", f"title: {dumps(title)}", "---", "flowchart LR")
    arrows = [
        f"    {ids[edge['source']]} --> {ids[edge['target']]}" for edge in edges if edge["target"] in ids
    ]
    fills = [f"    classDef {state} fill:{_FILLS[state]},color:#000" for state in sorted(used)]
    return "\n".join((*head, *lines("", 1), *arrows, *fills)) + "\n"


def _within(group: str, outer: str) -> bool:
    return group == outer or group.startswith(f"{outer}.")


def _inner(nodes: Sequence[Mapping[str, Any]], group: str) -> list[str]:
    """Return the groups right inside a group."""
    start = f"{group}." if group else ""
    names = [str(node["group"]) for node in nodes if node["group"]]
    # A group between two others may hold no task of its own, and is drawn all the same.
    texts = (start + name[len(start) :].partition(".")[0] for name in names if name.startswith(start))
    return list(dict.fromkeys(texts))


def _number(nodes: Sequence[Mapping[str, Any]], group: str) -> str:
    """Return a name for a group that is a name in every language."""
    # A group has no number of its own: its first task and its depth together are one.
    depth = group.count(".")
    first = next(index for index, node in enumerate(nodes) if _within(str(node["group"]), group))
    return f"{first}_{depth}"


def _quote(text: object) -> str:
    """Return a text in dot, where a backslash escapes and a line end may stand as it is."""
    shown = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if letter.isprintable() else " " for letter in shown) + '"'


def _entities(text: object) -> str:
    """Return a text in Mermaid: all but plain letters as entities, so that none of it is taken for its
    language."""
    return "".join(_entity(letter) for letter in str(text))


def _entity(letter: str) -> str:
    if letter.isalnum() or letter in " _.-":
        return letter
    # Mermaid has no escape for a quote within a label, only numbered entities.
    return f"#{ord(letter)};" if letter.isprintable() else " "


LANGUAGES = {"dot": dot, "mmd": mermaid}
