"""What the names in use (`use dag etl`) give a line that does not name them itself."""

from __future__ import annotations

from collections.abc import Container, Mapping

from airflowctl.core.command import Command

USED_KINDS = ("dag", "run", "task")  # from the outermost to the innermost


def fill_arguments(
    command: Command, typed: int, named_options: Container[str], context: Mapping[str, str]
) -> dict[str, str]:
    """Return which arguments of a command the context gives, by name, where so many were typed and those
    in `named_options` came as options.

    As many of the required ones as are missing, from the left; runs or tasks that may be many count as one,
    so that `dagrun delete r1` names a run. What may be left out is filled where nothing typed can be meant
    for it, and never for a command that changes something.
    """
    arguments = [param for param in command.arguments if param.name not in named_options]
    values = {}
    missing = (
        sum(param.required or (param.repeatable and param.complete in USED_KINDS[1:]) for param in arguments)
        - typed
    )
    for param in arguments:
        if param.required and param.complete in context and missing > 0:
            values[param.name] = context[param.complete]
            missing -= 1
    left = sum(param.required and param.name not in values for param in arguments)
    # A name in use must not narrow what a change or a dangerous command acts on.
    if typed <= left and not command.invalidates and not command.danger:
        values |= {
            param.name: context[param.complete]
            for param in arguments
            if not param.required and param.complete in context
        }
    return values
