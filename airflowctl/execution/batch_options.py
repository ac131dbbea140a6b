"""How a batch is run: the options of `airflowctl -f`, and of `source`."""

from __future__ import annotations

from airflowctl.core.typed import NamedTuple
from airflowctl.execution.batch_values import Values


class BatchOptions(NamedTuple):
    """`start` is the line to begin at, `LINE` or `FILE:LINE`; "" is the first."""

    keep_going: bool = False
    echo: bool = False
    check: bool = False
    start: str = ""
    no_programs: bool = False
    values: Values = Values()
