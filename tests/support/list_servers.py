"""Servers that list rows as a real one does, and that lie about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from airflowctl.api.client import Client
from airflowctl.api.operations import table

DOCUMENTS = Path(__file__).parent / "openapi"
EDGE = {"jobs": "edge_jobs", "worker": "edge_worker"}  # its own names, and those of the table
MOST = 100  # rows of a page

Rows = list[dict[str, Any]]
Answer = dict[str, Any]
Lie = Callable[[Answer, int, int], Answer]  # the honest answer, the offset, how many requests there were


class Listing(NamedTuple):
    """An operation that lists rows, and the field of its answer that holds them."""

    op: str
    items: str

    @property
    def is_paged(self) -> bool:
        return "offset" in table()[self.op].query

    @property
    def path(self) -> dict[str, str]:
        """Something for each parameter of its path."""
        parts = table()[self.op].path.split("{")[1:]
        return {part.partition("}")[0]: "7" for part in parts}


@cache
def listings() -> tuple[Listing, ...]:
    """Each operation of the table whose answer is a list with a count, as the servers' documents say."""
    found = {}
    for document in sorted(DOCUMENTS.rglob("*.json")):
        text = json.loads(document.read_text("utf-8"))
        for methods in text["paths"].values():
            if operation := methods.get("get"):
                op = operation["operationId"]
                op = EDGE.get(op, op) if "plugins" in document.parts else op
                items = _items(text, operation)
                if items and op in table():
                    found[op] = Listing(op, items)
    return tuple(found[op] for op in sorted(found))


def _items(document: dict[str, Any], operation: dict[str, Any]) -> str:
    content = operation["responses"].get("200", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    fields = document["components"]["schemas"].get(reference, {}).get("properties", {})
    lists = [name for name, shape in fields.items() if shape.get("type") == "array"]
    return lists[0] if "total_entries" in fields and lists else ""


def make_rows(listing: Listing, count: int) -> Rows:
    """So many rows, each with a name of its own; some with an id, as in Airflow."""
    key = "id" if listing.items in ("jobs", "assets", "task_instances") else "name"
    return [{key: f"{listing.items}-{number}", "number": number} for number in range(count)]


class Server:
    """Lists `rows`: honours offset, limit and cursor where the operation has them, and passes over them
    where it has not. `lie` changes each answer. `most` is the longest page."""

    def __init__(self, listing: Listing, rows: Rows, lie: Lie | None = None, most: int = MOST) -> None:
        self.listing, self.rows, self.most = listing, rows, most
        self.queries: list[dict[str, str]] = []
        self.notes: list[str] = []
        self._lie = lie or (lambda answer, offset, asked: answer)
        transport = httpx.MockTransport(self._answer)
        client = Client("http://server", transport=transport)
        self.client = client.with_options(note=self.notes.append)

    def read(self, limit: int | None = None) -> tuple[Rows, str]:
        """The rows that came, and the error after them, if there was one."""
        from airflowctl.core.errors import CliError

        found: Rows = []
        listing = self.listing
        chunks = self.client.chunks(listing.op, listing.items, listing.path, limit, None)
        try:
            for chunk in chunks:
                found += chunk.rows
        except CliError as error:
            assert error.exit_code == 1
            return found, error.message
        return found, ""

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/version"):
            return httpx.Response(200, json={"version": "3.3.2"})
        query = dict(request.url.params)
        self.queries.append(query)
        assert len(self.queries) < 2_000, "asked for ever"
        offset = int(query.get("offset") or query.get("cursor") or 0) if self.listing.is_paged else 0
        rows = self.rows
        if self.listing.is_paged:
            rows = rows[offset : offset + min(int(query["limit"]), self.most)]
        answer: Answer = {self.listing.items: rows, "total_entries": len(self.rows)}
        if "cursor" in query:
            end = offset + len(rows)
            answer["next_cursor"] = str(end) if end < len(self.rows) else None
        body = json.dumps(self._lie(answer, offset, len(self.queries)))
        return httpx.Response(200, content=body, headers={"content-type": "application/json"})
