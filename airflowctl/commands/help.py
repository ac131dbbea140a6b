"""Help for commands and topics."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.command import Command
    from airflowctl.session.session import Session


@command(
    "help",
    "Show how to use airflowctl, a group of commands, one command, or a topic; other words are searched for.",
    arg(
        "words",
        "The command, or words to search for.",
        repeatable=True,
        complete="command",
        metavar="COMMAND",
    ),
    flag("--all", help="Print the page of every command."),
    flag("--man", help="Print the manual page of the program, or of a group of commands, as man reads it."),
    about="`help topics` lists the topics: pages of the documentation.",
    examples=(
        "airflowctl help",
        "airflowctl help dags",
        "airflowctl help dags trigger",
        "airflowctl help failed",
        "airflowctl help topics",
        "airflowctl help exit-codes",
        "airflowctl help dags --man | man -l -",
    ),
)
def show_help(session: Session, words: tuple[str, ...], all: bool, man: bool) -> Text | Rows:
    from airflowctl.core.parse import parse_tokens
    from airflowctl.domain.help_topics import TOPICS
    from airflowctl.execution.dispatch import help_page

    if man:
        return _manual(words, session)
    if all:
        return _every_page(session, words)
    if words == ("topics",):
        rows = [{"topic": name, "about": topic.summary} for name, topic in TOPICS.items()]
        return Rows(rows, ("topic", "about"), "topic")
    if len(words) == 1 and words[0] in TOPICS:
        return _topic(words[0], session)
    state = parse_tokens(words, session.lookup)
    result = session.registry.about(words) if state.problem and not state.words else []
    return _search(session, words, result) if result else help_page(state.words, state.problem, session)


def _topic(name: str, session: Session) -> Text:
    from airflowctl.domain.help_topics import read_topic
    from airflowctl.output.markdown_page import render_page

    markdown = read_topic(name)
    return Text(render_page(markdown, session.streams.columns), markdown)


def _manual(words: tuple[str, ...], session: Session) -> Text:
    from airflowctl.domain.manual import noun_manual, program_manual

    if not words:
        return Text(program_manual())
    _require_noun(words[0], session)
    return Text(noun_manual(words[0]))


def _require_noun(word: str, session: Session) -> None:
    nouns = session.registry.nouns()
    if word not in nouns:
        raise UsageError(f"there is no command '{word}'", did_you_mean(word, nouns))


def _every_page(session: Session, words: tuple[str, ...]) -> Text:
    """Return the program's page and those of all commands, or of the noun that is named."""
    from airflowctl.execution.dispatch import help_page
    from airflowctl.output.help import command_page

    registry, width = session.registry, session.streams.columns
    nouns = words[:1] or registry.nouns()
    pages = [] if words else [help_page((), None, session).text]
    for noun in nouns:
        _require_noun(noun, session)
        pages += (command_page(command, width) for command in registry.commands(noun).values())
    line = "-" * min(width, 80)
    return Text(f"\n{line}\n\n".join(pages))


def _search(session: Session, words: tuple[str, ...], commands: list[Command]) -> Text:
    from airflowctl.core.options import SHELL
    from airflowctl.output.help import search_page, write_for_prompt

    rows = [(command.line, command.summary) for command in commands]
    page = search_page(" ".join(words), rows, session.streams.columns)
    is_at_prompt = session.mode == SHELL and session.streams.stdout_is_terminal
    page = write_for_prompt(page) if is_at_prompt else page
    return Text(page, [{"command": line, "summary": summary} for line, summary in rows])
