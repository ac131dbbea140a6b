"""`dags list-import-errors`: the Dag files that cannot be read."""

from __future__ import annotations

from airflowctl.commands.dags import LOCAL, OF_BUNDLE, ONLY_LOCAL
from airflowctl.core.command import command, opt
from airflowctl.core.converters import some_text
from airflowctl.core.errors import DONE, REFUSED, UsageError
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT_NEWEST

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags list-import-errors",
    "List the import errors of Dag files, newest first; exit 1 if there are any.",
    OF_BUNDLE,
    opt("--pattern", help="Only files whose name contains this.", convert=some_text, metavar="TEXT"),
    LIMIT_NEWEST,
    LOCAL,
    op="get_import_errors",
    aliases=("dags import-errors", "dags import-errors list"),
    classic="classic_dags:show_import_errors",
    examples=("airflowctl dags list-import-errors",),
)
def import_errors(
    session: Session, bundle_name: str | None, pattern: str | None, limit: int | None, local: bool
) -> Rows:
    if local:
        raise UsageError("--local is not for the API", ONLY_LOCAL.format("list-import-errors"))
    query = {"bundle_name": bundle_name, "filename_pattern": pattern, "order_by": "-timestamp"}
    pages = session.api.pages("get_import_errors", "import_errors", limit=limit, query=query)
    items = list(pages)
    columns = ("import_error_id", "bundle_name", "filename", "stack_trace")
    code = REFUSED if items else DONE
    return Rows(items, columns, "import_error_id", empty="every file can be read", code=code)
