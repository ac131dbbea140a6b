"""Consent: which lines ask before something is lost, whom they ask, and what counts as a yes.

The shell asks before whatever deletes, clears, overwrites or marks; a single command on a terminal where its
declaration says so. In production both ask before every change, and the name of the environment is the
answer. Where no person can be asked (scripts, files of commands), `--yes` has to stand on the line: for the
commands that ask everywhere, and in production for what deletes or overwrites.
"""

from __future__ import annotations

from airflowctl.core.effect import HARMLESS, LOSSY, NEEDS_YES, NOTHING, Effect
from airflowctl.core.errors import Declined, UsageError
from airflowctl.core.options import BATCH, ONE_SHOT, SHELL
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from airflowctl.core.command import Command
    from airflowctl.session.session import Session

_LONGEST_ANSWER = 100  # letters
_MOST_ADMITTED = 1000  # kinds of lines


def require(command: Command, values: Mapping[str, Any], session: Session) -> None:
    """Raise UsageError where a line needs a yes that it does not have and that cannot be asked for, ReadOnly
    where it would change something in a read-only session. Nothing is sent. A command that asks by itself
    needs the yes when it has looked: there may be nothing to ask about."""
    kind = command.effect.kind_of(values) if command.effect else ""
    if session.mode != BATCH:
        _require(command, kind, values, session)
        return
    # A file has thousands of lines that are alike, and each answer takes a look at several files.
    line = (command.words, kind, command.may_ask(values), session.options, session.environments.stamp)
    admitted = session.parts.admitted
    if line not in admitted:
        _require(command, kind, values, session)
        if len(admitted) >= _MOST_ADMITTED:
            admitted.clear()
        admitted.add(line)


def _require(command: Command, kind: str, values: Mapping[str, Any], session: Session) -> None:
    if command.op or kind:
        require_same_environment(session)
    # Here too, though the client would refuse it: not after a question in vain.
    if kind not in ("", NOTHING) and (rule := session.read_only):
        raise rule.refusal(command.line)
    if not command.may_ask(values):
        require_yes(session, kind, command.line)


def require_at_check(command: Command, values: Mapping[str, Any], session: Session) -> None:
    """Like `require`, for a line of a file that is checked before the first is run: one that may ask counts
    as one that asks. Raises UsageError."""
    if session.options.print_as:
        return  # nothing is sent
    require(command, values, session)
    if command.may_ask(values):
        require_person(session, command.line)


def require_same_environment(session: Session) -> None:
    """Raise UsageError where `--yes=NAME` names another environment than the line goes to."""
    name = session.options.yes
    if isinstance(name, str) and name != session.place:
        raise UsageError(
            f"--yes={name} is for another environment: this line goes to {session.place}",
            f"name the environment with --env {name}, or leave --yes out to be asked",
        )


def require_person(session: Session, line: str) -> None:
    """Raise UsageError where no user can be asked, and no yes was given."""
    if not is_sure(session) and not has_person(session) and not is_answered_by_pipe(session):
        raise UsageError(f"{line} asks before it acts, and there is no terminal to ask at", "give --yes")


def require_yes(session: Session, kind: str, line: str) -> None:
    """Raise UsageError where a script deletes or overwrites in production without a yes."""
    # Scripts of the classic command ask nothing, and go on to work elsewhere (decision 0004).
    if kind not in NEEDS_YES or session.options.yes or has_person(session) or not session.is_production:
        return
    location = session.place
    raise UsageError(
        f"{line} changes what is on {location} (PRODUCTION): it needs --yes", f"give --yes={location}"
    )


def ask_before(command: Command, values: Mapping[str, Any], session: Session) -> None:
    """Ask the person what the declaration of a command says, before its handler runs; no answer but yes
    lets it go on. Raises UsageError."""
    if command.danger:
        confirm(session, _danger(command, values, session), command.line)
        return
    change = command.effect
    if change is None or change.in_handler or command.may_ask(values):
        return
    if is_due(session, change.kind_of(values)):
        confirm(session, sentence(change, values, session), command.line)


def is_due(session: Session, kind: str) -> bool:
    """Return whether a change of this kind has to be asked about, beyond what its declaration always asks."""
    if kind in HARMLESS or is_sure(session) or not has_person(session):
        return False
    return (session.mode == SHELL and kind in LOSSY) or session.is_production


def has_to_ask(command: Command, values: Mapping[str, Any], session: Session) -> bool:
    """Return whether a line asks a person before it acts: by its declaration, or for where it goes."""
    kind = command.effect.kind_of(values) if command.effect else NOTHING
    return is_due(session, kind) or (command.may_ask(values) and not is_sure(session))


def confirm(session: Session, warning: str, line: str) -> None:
    """Ask, naming the environment. Only `y` is a yes; in production only the environment's name is. Raises
    UsageError on any other answer, and where no user can be asked."""
    require_same_environment(session)
    require_person(session, line)
    if is_sure(session):
        return
    names = ", ".join(f"{kind} {name}" for kind, name in session.parts.filled.items())
    used = f" ({names}, in use)" if names else ""
    where = f"{line}{used} on {session.place}{session.mark}"
    session.output.note(warning)
    # Said before the question: what undo cannot bring back is a part of the decision.
    if session.recorder and (loss := session.recorder.losses()):
        session.output.note(loss)
    if session.is_production:
        # A habit types `y`; the name has to be read first (decision 0018).
        agreed = session.console.ask_consent(f"{where}: type {session.place} to confirm: ") == session.place
    elif has_person(session):
        agreed = session.console.ask_consent(f"{where}? [y/N] ").lower() in ("y", "yes")
    else:
        answer = session.console.read_line(_LONGEST_ANSWER)
        if not answer:
            raise UsageError(f"{line} asks before it acts, and standard input has no answer", "give --yes")
        agreed = answer.strip().lower() in ("y", "yes")
    if not agreed:
        raise Declined(f"not done: {line}")  # the line first would read like a secret: "password: ..."


def confirm_environments(session: Session, sessions: Sequence[Session], line: str) -> None:
    """Ask once about a line in several places. `y` is a yes, with production among them only the names of
    those. Raises Declined on any other answer."""
    names = ", ".join(f"{target.place}{target.mark}" for target in sessions)
    question, wanted = f"{line} in {names}", [target.place for target in sessions if target.is_production]
    if wanted:
        answer = session.console.ask_consent(f"{question}: type {','.join(wanted)} to confirm: ")
        agreed = [name.strip() for name in answer.split(",")] == wanted
    else:
        agreed = session.console.ask_consent(f"{question}? [y/N] ").lower() in ("y", "yes")
    if not agreed:
        raise Declined(f"not done: {line}")


def has_person(session: Session) -> bool:
    """Return whether a person can be asked: never from a file of commands, which is not asked line by
    line."""
    # A file of commands is checked before its first line, never asked line by line (decision 0018).
    return session.mode != BATCH and session.streams.can_ask


def is_answered_by_pipe(session: Session) -> bool:
    """Return whether standard input may hold the answer to a question: as that of the classic command."""
    return session.options.classic and session.mode == ONE_SHOT


def is_sure(session: Session) -> bool:
    """Return whether yes was said: with the line, or for the session, which is not for production."""
    base = session.parts.base.options
    # A `--yes` that the shell was started with was meant for no particular line.
    for_session = session.mode == SHELL and session.options.yes is True and base.yes is True
    if session.options.yes and not for_session:
        return True
    asks = session.parts.settings.is_on("confirm") and not for_session
    # `set confirm off` answers beforehand, but never for production (decision 0018).
    return not asks and not session.is_production


def sentence(effect: Effect, values: Mapping[str, Any], session: Session) -> str:
    """`variable etl_limit would be deleted.`: what would be touched, by count and by up to five names."""
    from airflowctl.core.wording import format_count, format_list

    chosen = [values[name] for name in effect.names if values[name] not in (None, "", ())]
    # Asks the server, so it runs only where a user reads the question (decision 0018).
    texts = effect.look(session, values) if effect.look else chosen.pop(0) if chosen else ()
    names = [str(name) for name in (texts if isinstance(texts, (tuple, list)) else (texts,))]
    inside = [", ".join(value) if isinstance(value, tuple) else str(value) for value in chosen]
    of = f" of {', '.join(inside)}" if inside else ""
    if len(names) == 1:
        return f"{effect.noun} {names[0]}{of} would be {effect.participle}."
    change = f"{format_count(len(names), effect.noun)}{of} would be {effect.participle}"
    return f"{change}: {format_list(names)}." if names else f"{change}."


def _danger(command: Command, values: Mapping[str, Any], session: Session) -> str:
    """Return the declared warning, with what it touches where a person reads it."""
    if command.effect is None or is_sure(session):
        return command.danger
    return f"{sentence(command.effect, values, session)} {command.danger}"
