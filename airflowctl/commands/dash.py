"""`dash`, another word for top."""

from __future__ import annotations

from airflowctl.commands import top as screen
from airflowctl.core.command import same_as

dash = same_as(screen.top, "dash", "The same as top.", examples=("airflowctl dash",))
