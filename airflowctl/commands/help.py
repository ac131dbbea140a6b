"""Help about commands."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.result import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session import Session


@command(
    "help",
    "Show how to use airflowctl, a group of commands, or one command.",
    arg("words", "The command.", many=True, complete="command", metavar="COMMAND"),
    examples=("airflowctl help", "airflowctl help dags", "airflowctl help dags trigger"),
)
def show_help(session: Session, words: tuple[str, ...]) -> Text:
    from airflowctl.core.parse import walk
    from airflowctl.dispatch import help_page

    state = walk(words, session.registry)
    return help_page(state.words, state.problem, session)
