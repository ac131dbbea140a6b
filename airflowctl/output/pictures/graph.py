"""A graph as lines: a task a line, on its left the ways from task to task, like `git log --graph`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from airflowctl.core.task_order import parents
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.output.cells import cells_of, cut
from airflowctl.output.pictures.pen import Pen, safe_text

if TYPE_CHECKING:
    from typing import Any

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
# By the sum of the arms; both ways on and nothing between is a way that crosses without touching.
_BOXES = " ╵╷│╴╯╮┤╶╰╭├─┴┬┼"
_LATIN = " |||-+++-+++-+++"
_LEAST = 24  # letters for a task's name; where the lines leave less, the graph is printed in words


class Line(NamedTuple):
    """What stands on the left: the arms of each column; `task` stands in the column `column`."""

    arms: tuple[int, ...]
    task: str = ""
    column: int = -1


class Ways:
    """The columns in which ways go down. A way leads from a task to those that follow only it, or to a task
    that follows several."""

    def __init__(self, follow: Mapping[str, Sequence[str]], order: Sequence[str]) -> None:
        index_of = {name: index for index, name in enumerate(order)}
        # An edge upwards (a Dag has none, a wrong answer may) could never be drawn, as lines only go down.
        known = {
            name: [text for text in follow[name] if index_of.get(text, -1) > index_of[name]] for name in order
        }
        self._before = parents(known)
        self._alone = {
            name: [entry for entry in known[name] if len(self._before[entry]) == 1] for name in order
        }
        self._joins = {
            name: [entry for entry in known[name] if len(self._before[entry]) > 1] for name in order
        }
        self._left = {name: len(self._alone[name]) for name in order}
        self._columns: list[str] = []  # whose way it is; empty where there is none

    def lines_of(self, name: str) -> Iterator[Line]:
        """Yield the line of a task, and one of the ways that part below it, if they do."""
        source = self._before[name][0] if len(self._before[name]) == 1 else ""
        came = self._find(f"from {source}") if source else self._find(f"to {name}")
        if source:
            self._left[source] -= 1
        # The last follower inherits the column, so that a chain of tasks stays one straight line.
        is_last = not source or self._left[source] == 0
        index = came if came >= 0 and is_last else self._free_column(came + 1)
        self._take(index, "")
        arms = self._down()
        if 0 <= came != index:
            self._cross(arms, came, [index])
        yield Line(tuple(arms), name, index)
        yield from self._part(name, index)
        # Free columns on the right would make every later line wider.
        while self._columns and not self._columns[-1]:
            self._columns.pop()

    def _part(self, name: str, index: int) -> Iterator[Line]:
        if self._alone[name]:
            self._take(index, f"from {name}")
        before = self._down()
        ends = []
        for join in self._joins[name]:
            column = self._find(f"to {join}")
            if column < 0:
                column = index if not self._columns[index] else self._free_column(index + 1)
                self._take(column, f"to {join}")
            ends.append(column)
        moved = self._move_to_left(index, ends)
        ends = [column for column in ends if column != index]
        if not ends:
            return
        arms = [0] * len(self._columns)
        for column, way in enumerate(self._columns):
            was = column < len(before) and before[column]
            arms[column] = (UP if was else 0) | (DOWN if way else 0)
        arms[index] |= UP
        if moved >= 0:
            arms[moved] = UP
        self._cross(arms, index, ends)
        yield Line(tuple(arms))

    def _move_to_left(self, index: int, ends: Sequence[int]) -> int:
        """Move a way of the right into the column of this task, so that the picture stays narrow."""
        column = min((end for end in ends if end > index), default=-1)
        if column < 0 or self._columns[index] or self._columns[column][:3] != "to ":
            return -1
        self._columns[index], self._columns[column] = self._columns[column], ""
        return column

    def _find(self, way: str) -> int:
        return self._columns.index(way) if way in self._columns else -1

    def _free_column(self, start: int) -> int:
        spare = (column for column, way in enumerate(self._columns) if column >= start and not way)
        return next(spare, max(start, len(self._columns)))

    def _take(self, column: int, way: str) -> None:
        self._columns += [""] * (column + 1 - len(self._columns))
        self._columns[column] = way

    def _down(self) -> list[int]:
        return [UP | DOWN if way else 0 for way in self._columns]

    @staticmethod
    def _cross(arms: list[int], start: int, ends: Sequence[int]) -> None:
        """A way from one column to others. It touches only those: others it crosses."""
        low, high = min(start, *ends), max(start, *ends)
        for column in range(low, high + 1):
            if column in (start, *ends):
                arms[column] |= (LEFT if column > low else 0) | (RIGHT if column < high else 0)
            # A way that is only passed keeps its own letter: `┼` would read as a meeting.
            elif not arms[column]:
                arms[column] = LEFT | RIGHT


def graph(data: Mapping[str, Any], pen: Pen, width: int | None) -> Iterator[str]:
    """`data`: the `nodes` in an order in which none stands before one that it follows, and `edges`."""
    nodes = {node["id"]: node for node in data["nodes"]}
    follow: dict[str, list[str]] = {name: [] for name in nodes}
    for edge in data["edges"]:
        if edge["source"] in nodes:
            follow[edge["source"]].append(edge["target"])
    ways = Ways(follow, list(nodes))
    lines = [line for name in nodes for line in ways.lines_of(name)]
    room = max((2 * len(line.arms) for line in lines), default=0) + 1
    longest = max((cells_of(_name(node)) for node in nodes.values()), default=0)
    # Names matter more than lines: a picture whose names are cut to a few letters says nothing.
    if width is not None and room + min(longest, _LEAST) > width:
        yield from _in_words(nodes, follow, pen, width)
        return
    if width is not None:
        longest = min(longest, width - room)
    fields = _fields(nodes.values(), None if width is None else width - room - longest)
    for line in lines:
        node = nodes.get(line.task)
        left = _ways(line, node, pen)
        if node:
            left += " " * (room - 2 * len(line.arms)) + _label(node, pen, longest, fields)
        yield left.rstrip()


def _fields(nodes: Iterable[Mapping[str, Any]], room: int | None) -> dict[str, int]:
    """Return what is said of the tasks beside their names, and how wide it is: as far as there is room."""
    nodes, result = list(nodes), {}
    for field in ("state", "tasks", "operator"):
        widest = max((cells_of(safe_text(node.get(field))) for node in nodes), default=0)
        if widest and (room is None or widest + 2 <= room):
            result[field] = widest
            room = None if room is None else room - widest - 2
    return result


def _ways(line: Line, node: Mapping[str, Any] | None, pen: Pen) -> str:
    boxes, dot = (_BOXES, "●") if pen.unicode else (_LATIN, "*")
    sideways = [column for column, arms in enumerate(line.arms) if arms & (LEFT | RIGHT)]
    # Between two columns stands a letter as well, through which a line sideways passes.
    spread = range(sideways[0], sideways[-1]) if sideways else ()
    text = ""
    for column, arms in enumerate(line.arms):
        is_task = node is not None and column == line.column
        text += pen.state(dot, node.get("state")) if node and is_task else pen.dim(boxes[arms])
        text += pen.dim(boxes[LEFT | RIGHT]) if column in spread else " "
    return text


def _label(node: Mapping[str, Any], pen: Pen, room: int, fields: Mapping[str, int]) -> str:
    name = cut(_name(node), room)
    head, dot, tail = name.rpartition(".")
    text = (pen.dim(head + dot) if head else "") + tail + " " * (room - cells_of(name))
    for field, widest in fields.items():
        word = safe_text(node.get(field))
        shown = pen.state(word, node.get("state")) if field == "state" else pen.dim(word)
        text += "  " + shown + " " * (widest - cells_of(word))
    return text


def _name(node: Mapping[str, Any]) -> str:
    mapped = f" [{node['instances']}]" if node.get("instances") else " []" if node.get("is_mapped") else ""
    return safe_text(node["id"]) + mapped


def _in_words(
    nodes: Mapping[str, Mapping[str, Any]], follow: Mapping[str, Sequence[str]], pen: Pen, width: int
) -> Iterator[str]:
    """Yield a task a line, with the names of those that it follows."""
    from textwrap import wrap

    arrow = "← " if pen.unicode else "<- "
    before = parents(follow)
    for name, node in nodes.items():
        state = f"  {safe_text(node['state'])}" if node.get("state") else ""
        dot = "●" if pen.unicode else "*"
        room = max(8, width - 2 - len(state))
        label = cut(_name(node), room)
        yield f"{pen.state(dot, node.get('state'))} {label}{pen.state(state, node.get('state'))}"
        earlier = ", ".join(safe_text(text) for text in before[name])
        for line in wrap(earlier, max(8, width - 6), break_on_hyphens=False):
            yield pen.dim(f"    {arrow}{line}")
            arrow = " " * len(arrow)
        arrow = "← " if pen.unicode else "<- "
