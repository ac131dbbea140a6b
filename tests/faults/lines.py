"""The lines of the matrix: each command that asks a server, and lines whose options do more."""

from __future__ import annotations

from airflowctl.core.command import Command
from airflowctl.session import registry
from tests.support.command_lines import AT_A_TERMINAL, line
from tests.support.paths import SAMPLES

# They ask a server by an API that is no operation of Airflow's own documents.
_BY_OTHER_WAYS = ("users", "roles", "permissions")
_LOCAL = ("undo",)  # what this machine keeps
# What a line needs so that its good run does what the command is for.
_MORE: dict[str, tuple[str, ...]] = {
    "users get": ("--username", "ann"),
    "users delete": ("--username", "ann"),
    "users create": ("--password", "pw", "--email", "a@b.c", "--role", "Op"),
    "users add-role": ("--username", "ann", "--role", "Admin"),
    "users remove-role": ("--username", "ann", "--role", "Viewer"),
    "users reset-password": ("--username", "ann", "--password", "pw"),
}
_INSTEAD = {"hitl respond": ("some_id", "some_id", "some_id", "Approve")}
EXTRA = (
    "dags trigger some_id --wait",
    "dags trigger some_id --follow",
    "dags trigger some_id --conf {}",
    "logs some_id some_id some_id -f",
    "dagrun logs some_id some_id -f",
    "tasks clear some_id --run-id some_id --yes --follow",
    "status",
    "why some_id some_id",
    "dagrun list",
    "events list",
    "jobs list",
    "api GET /api/v2/pools",
    "api get_pools",
    "api get_dag dag_id=some_id",
    "api post_pool name=some_id slots:=1 --yes",
    "api get_pools --paginate",
    # Of what a Dag of this name has, all is in that state.
    "why is_failed some_id",
    "why is_running some_id",
    "why is_queued some_id",
    "why is_scheduled some_id",
    "why is_deferred some_id",
    "tasks debug is_failed some_id some_id",
    "dagrun logs is_failed some_id --failed",
    "logs some_id some_id some_id --unfold -o plain",
    "pools list --sort -slots",
    "pools list --columns name,slots",
    "dags list --query [].dag_id",
    "connections list --show-values",
)


def lines() -> list[tuple[str, ...]]:
    """Every line, each once."""
    asking = [command for command in registry.all_commands() if _asks_a_server(command)]
    made = [_line(command) for command in asking if command.line not in AT_A_TERMINAL]
    return list(dict.fromkeys([*made, *(tuple(text.split()) for text in EXTRA)]))


def _asks_a_server(command: Command) -> bool:
    return bool(command.op) or (command.words[0] in _BY_OTHER_WAYS and command.words[0] not in _LOCAL)


def _line(command: Command) -> tuple[str, ...]:
    words = line(command) if command.line not in _INSTEAD else [*command.words, *_INSTEAD[command.line]]
    if command.words[0] in ("users", "roles") and command.words[-1] == "import":
        words = [*command.words, str(SAMPLES / f"{command.words[0]}.json")]
    words += _MORE.get(command.line, ())
    if command.confirms_after_plan and "--yes" not in words:
        words.append("--yes")
    return tuple(words)
