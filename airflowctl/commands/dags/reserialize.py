"""`dags reserialize`: the server reads the files of Dags again."""

from __future__ import annotations

from airflowctl.commands.dags import OF_BUNDLE
from airflowctl.core.command import arg, command
from airflowctl.core.converters import identifier
from airflowctl.core.effect import READS
from airflowctl.core.errors import Conflict, UsageError
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.session.session import Session


@command(
    "dags reserialize",
    "Have the Dag processor parse the files of Dags again; of all Dags if none is named.",
    arg("dag_id", "The Dags.", repeatable=True, complete="dag", convert=identifier, aliases=("--dag-id",)),
    OF_BUNDLE,
    effect=READS,
    op="reparse_dag_file",
    uses=("get_dags", "get_dag"),
    invalidates=("dag",),
    aliases=("dags reparse",),
    about="The server's Dag processor does so soon, not at once. Files that it has never parsed cannot"
    " be named.",
    classic="classic_dags:reserialize",
    examples=("airflowctl dags reserialize etl",),
)
def reserialize(session: Session, dag_id: tuple[str, ...], bundle_name: str | None) -> Rows:
    files: dict[str, list[dict[str, Any]]] = {}
    for dag in _dags(session, dag_id, bundle_name):
        # A file with many Dags is read once for all of them, and a second request for it would be a conflict.
        files.setdefault(str(dag["file_token"]), []).append(dag)
    rows = [
        {
            "file": dags[0].get("relative_fileloc") or dags[0].get("fileloc"),
            "bundle_name": dags[0].get("bundle_name"),
            "dags": [dag["dag_id"] for dag in dags],
            "result": _request(session, token),
        }
        for token, dags in files.items()
    ]
    return Rows(rows, ("file", "dags", "result"), "file")


def _dags(session: Session, dag_id: tuple[str, ...], bundle_name: str | None) -> Iterator[dict[str, Any]]:
    if dag_id and bundle_name:
        raise UsageError("DAG_ID and --bundle-name do not go together", "give one of them")
    if not dag_id:
        # A Dag is stale also while its file cannot be read: just that one is to be read again.
        query = {"bundle_name": bundle_name, "exclude_stale": False, "order_by": "dag_id"}
        yield from session.api.pages("get_dags", "dags", query=query)
    for name in dag_id:
        yield session.api.record("get_dag", "file_token", dag_id=name)


def _request(session: Session, token: str) -> str:
    try:
        session.api.call("reparse_dag_file", file_token=token)
    # 409 while an earlier request waits for the Dag processor: what is wanted will happen.
    except Conflict:
        return "asked for already"
    return "asked for"
