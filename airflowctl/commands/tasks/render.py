"""`tasks render`: the template fields of a task, as they were filled in for a run."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import BUNDLE, MAP_INDEX, TASK_ID, instance, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks render",
    "Show the rendered template fields of a task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    BUNDLE,
    op="get_task_instance",
    uses=("get_mapped_task_instance", "get_dag_runs"),
    about="The server has them once the task has started, and may shorten long ones.",
    classic="classic_tasks:render_fields",
    examples=("airflowctl tasks render etl load latest",),
)
def render(
    session: Session,
    dag_id: str,
    task_id: str,
    run_id: str,
    map_index: int,
    bundle_name: tuple[str, ...],
) -> Text:
    from json import dumps

    result = (
        instance(session, where(session, dag_id, run_id, task_id), map_index).get("rendered_fields") or {}
    )
    if not result:
        session.output.note(f"{task_id} has no rendered fields: it has not started, or has no templates")
    blocks = []
    for name, value in result.items():
        text = value if isinstance(value, str) else dumps(value, ensure_ascii=False)
        rule = "# ----------------------------------------------------------"
        blocks.append(f"{rule}\n# property: {name}\n{rule}\n{text}\n")
    return Text("\n".join(blocks), result)
