"""Help about commands."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.command import Command
    from airflowctl.session.session import Session


@command(
    "help",
    "Show how to use airflowctl, a group of commands, or one command; other words are searched for.",
    arg(
        "words",
        "The command, or words to search for.",
        repeatable=True,
        complete="command",
        metavar="COMMAND",
    ),
    examples=(
        "airflowctl help",
        "airflowctl help dags",
        "airflowctl help dags trigger",
        "airflowctl help failed",
    ),
)
def show_help(session: Session, words: tuple[str, ...]) -> Text:
    from airflowctl.core.parse import parse_tokens
    from airflowctl.execution.dispatch import help_page

    state = parse_tokens(words, session.lookup)
    result = session.registry.about(words) if state.problem and not state.words else []
    return _search(session, words, result) if result else help_page(state.words, state.problem, session)


def _search(session: Session, words: tuple[str, ...], commands: list[Command]) -> Text:
    from airflowctl.output.help import search_page

    rows = [(command.line, command.summary) for command in commands]
    page = search_page(" ".join(words), rows, session.streams.columns)
    return Text(page, [{"command": line, "summary": summary} for line, summary in rows])
