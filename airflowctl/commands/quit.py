"""Leave the shell. For sessions."""

from __future__ import annotations

from airflowctl.commands import exit
from airflowctl.core.command import command

leave = command(
    "quit",
    "The same as exit.",
    examples=("airflowctl quit",),
)(exit.leave.handler)
