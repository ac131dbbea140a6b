"""What a line prints, and what would be read wrong of it."""

from __future__ import annotations

from airflowctl.core.typed import NamedTuple

_PLAIN, STRUCTURED = ("plain",), ("json", "yaml")


class Output(NamedTuple):
    """What a line prints: its command of today, its `-o`, and whether the command lists."""

    line: str
    format: str = ""

    @property
    def is_list(self) -> bool:
        verb = self.line.split()[-1]
        return verb.startswith("list") or verb in ("report", "render", "states-for-dag-run")

    @property
    def header(self) -> int:
        """How many lines of the classic output come before the first row."""
        return 1 if self.format in _PLAIN else 2


class Reading(NamedTuple):
    """`why` says what would be read wrong; empty where nothing is. `better` is a way without --classic."""

    why: str = ""
    better: str = ""
    is_lost: bool = False  # in Airflow 3 altogether: --classic does not have it either


SAME = Reading()
