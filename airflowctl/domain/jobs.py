"""Jobs: those that live, and the name by which this machine is in their list."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def host_name() -> str:
    """Return this machine's name as Airflow's own components tell it, which is not always that of
    getfqdn()."""
    import socket
    from contextlib import suppress

    name = socket.gethostname()
    with suppress(OSError):
        result = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM, flags=socket.AI_CANONNAME)
        return next((canonical for *_, canonical, _ in result if canonical), name)
    return name


def fetch_living(session: Session, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all pages: the server takes those that are dead out of a page after it has cut it.

    So a page of living jobs says nothing of the pages after it: the list of all jobs does.
    """
    from airflowctl.api.list_pager import identify

    api = session.api
    first, total = api.page("get_jobs", "jobs", {}, query=query)
    if len(first) == total:
        return first
    record = {identify(job, "jobs"): job for job in first}
    for chunk in api.chunks("get_jobs", "jobs", {}, None, {**query, "is_alive": None}):
        if chunk.offset and (size := len(chunk.page.rows)):
            rows, _ = api.page("get_jobs", "jobs", {}, limit=size, offset=chunk.offset, query=query)
            record.update((identify(job, "jobs"), job) for job in rows)
    return list(record.values())
