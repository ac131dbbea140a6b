"""The lines that a session proposes: with the options that lead to its server from a new process and from its
own shell, and only what its user may run, as far as that is known."""

from __future__ import annotations

from airflowctl.core.errors import CliError
from airflowctl.core.options import SHELL
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.core.environment import Environment
    from airflowctl.session.parts import BaseSession
    from airflowctl.session.session import Session

# These ask no server, or name the environment that they are about.
_ASK_NO_SERVER = ("help", "env", "tour")
# What the roles of Airflow's simple auth manager, which stand in its tokens, may change.
_MAY_CHANGE: dict[str, tuple[str, ...]] = {"viewer": (), "user": ("dags", "dagrun", "tasks", "hitl")}


def write_line(session: Session, words: tuple[str, ...]) -> str:
    """Return the line as a system's shell and ours take it; empty where it is not to be proposed."""
    state = parse_tokens(words, session.lookup)
    if any(_cannot_be_typed(word) for word in words) or _is_out_of_reach(state, session):
        return ""
    way = () if state.words and state.words[0] in _ASK_NO_SERVER else _way(state, session)
    return " ".join(("airflowctl", *map(quote_for_both, (*way, *words))))


def quote_for_both(text: str) -> str:
    """Return the text as one word of a line of ours and of POSIX shells: within '...' nothing means
    anything."""
    if text.replace("-", "").isalnum():
        return text
    from completers.tokenizer import quote_word

    if quote_word(text) == text and text[0] not in "~=":
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def _cannot_be_typed(word: str) -> bool:
    from airflowctl.output.sanitise import line

    return line(word) != word


def _is_out_of_reach(state: LineParser, session: Session) -> bool:
    """Return whether the line changes something and the user is known to be unable to; nothing is asked
    for it."""
    command = state.command
    if command is None or not command.op or state.own_texts.get("dry_run"):
        return False
    from airflowctl.api.operations import table

    operation = table().get(command.op)
    if operation is None or operation.method == "GET" or command.op.startswith("get_"):
        return False
    if _is_read_only(session):
        return True
    if "api" not in vars(session):  # nothing was asked yet: nothing is known
        return False
    may_change = _MAY_CHANGE.get(_role(session), command.words[:1])
    return command.op in session.api.forbidden or command.words[0] not in may_change


def _is_read_only(session: Session) -> bool:
    try:
        return session.read_only is not None
    except CliError:  # of an environment that cannot be read, say: another error is being printed
        return False


def _role(session: Session) -> str:
    """Return the user's role, where the token says it."""
    from airflowctl.api.auth.token import claims

    credential = session.server.credentials.cached
    return str(claims(credential.token).get("role", "")).lower() if credential else ""


def _way(state: LineParser, session: Session) -> tuple[str, ...]:
    """Return the options without which the line would go elsewhere, or otherwise."""
    own = state.global_values()
    try:
        target = session.environment
        if target is None:
            return ()
        new = session.in_new_process()  # what a line begins with in a process of its own
        starts = (new, session.parts.base) if session.mode == SHELL else (new,)
        fitting = (
            options
            for options in _address_options(target, own)
            if all(_leads(start, options, own, target) for start in starts)
        )
        path = next(fitting, {} if "env" in own or "url" in own else _both(target))
        return (*_flags(path), *_network(new.with_options(new.options.over({**path, **own})), target, own))
    except CliError:  # what is wrong with an address is an error of its own
        return ()


def _both(target: Environment) -> dict[str, str]:
    return {"env": target.name, "url": target.url}


def _address_options(target: Environment, own: dict[str, object]) -> Iterator[dict[str, str]]:
    """Yield what may have to be said of the place, the shortest first, beside what the line says itself."""
    options = {name: value for name, value in _both(target).items() if name not in own}
    yield {}
    yield from ({name: value} for name, value in options.items())
    yield options


def _leads(start: BaseSession, path: dict[str, str], own: dict[str, object], target: Environment) -> bool:
    """Return whether a line with these options goes from there to the target, as a line of its
    environment."""
    try:
        environment = start.with_options(start.options.over({**path, **own})).environment
    except CliError:  # a damaged choice, say, leads nowhere
        return False
    return environment is not None and (environment.name, environment.url) == (target.name, target.url)


def _flags(options: dict[str, str]) -> Iterator[str]:
    for name, value in options.items():
        yield from ("-e" if name == "env" else f"--{name}", value)


def _network(start: Session, target: Environment, own: dict[str, object]) -> Iterator[str]:
    """Yield what the way to the server needs beside its address, unless the environment's file says it."""
    environment = start.environment
    if environment is None or environment.url != target.url:
        return
    for name, value in target.network._asdict().items():
        if value != getattr(environment.network, name) and name not in own:
            yield f"--{name.replace('_', '-')}"
            yield from () if value is True else (value,)
