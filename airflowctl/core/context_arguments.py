"""What the names in use (`use dag etl`) give a line that does not name them itself."""

from __future__ import annotations

from collections.abc import Container, Mapping

from airflowctl.core.command import Command

USED_KINDS = ("dag", "run", "task")  # from the outermost to the innermost


def filled(command: Command, typed: int, given: Container[str], context: Mapping[str, str]) -> dict[str, str]:
    """Which arguments of a command the context gives, by name, where so many were typed and those in
    `given` came as options.

    As many of the required ones as are missing, from the left; runs or tasks that may be many count as one,
    so that `dagrun delete r1` names a run. What may be left out is filled where nothing typed can be meant
    for it, and never for a command that changes something.
    """
    arguments = [it for it in command.arguments if it.name not in given]
    found = {}
    missing = sum(it.required or (it.many and it.complete in USED_KINDS[1:]) for it in arguments) - typed
    for it in arguments:
        if it.required and it.complete in context and missing > 0:
            found[it.name] = context[it.complete]
            missing -= 1
    left = sum(it.required and it.name not in found for it in arguments)
    if typed <= left and not command.changes and not command.danger:
        found |= {
            it.name: context[it.complete] for it in arguments if not it.required and it.complete in context
        }
    return found
