"""Show the last result again."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


@command(
    "last",
    "Show the last result again, for example in another format, without a new request.",
    session_only=True,
    about="Takes the options that every command has, such as -o, --columns, --sort and --query.",
    examples=("airflowctl last -o json", "airflowctl last --query '[].dag_id'"),
)
def last(session: Session) -> Result:
    memory = session.parts.memory
    if memory.last is None:
        raise UsageError("there is no result yet", "run a command first: dags list")
    # A result that was too long to keep is cut, and must not be taken for the whole.
    if memory.missing:
        session.output.note(f"{memory.missing}: run the line again for all")
    result = memory.last
    if memory.shown_list is not None and isinstance(result, Rows):
        memory.shown_list.session = session  # $1 is the first row as it stands on the screen now
    # Showing a result again has done nothing that could fail.
    return result._replace(code=0)
