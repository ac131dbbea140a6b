"""Leave the shell, by its other word."""

from __future__ import annotations

from airflowctl.commands import exit
from airflowctl.core.command import same_as

leave = same_as(exit.leave, "quit", "The same as exit.", examples=("airflowctl quit", "airflowctl quit 3"))
