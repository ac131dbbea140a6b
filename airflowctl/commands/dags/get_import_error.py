"""`dags get-import-error`: why one Dag file cannot be read."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import identifier
from airflowctl.core.kinds import names
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


IMPORT_ERROR = names(
    "import-error",
    op="get_import_errors",
    items="import_errors",
    key="import_error_id",
    order="-timestamp",
    note=("filename",),
)


@command(
    "dags get-import-error",
    "Show one import error of a Dag file.",
    arg("import_error_id", "The number of the import error.", complete="import-error", convert=identifier),
    op="get_import_error",
    aliases=("dags import-errors get",),
    examples=("airflowctl dags get-import-error 3",),
)
def import_error(session: Session, import_error_id: str) -> Record:
    facts = {"import_error_id": import_error_id}
    return Record(session.api.record("get_import_error", "import_error_id", **facts), "import_error_id")
