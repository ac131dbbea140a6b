"""An alias that a checked line would make stands for its line until the check is over."""

from __future__ import annotations

from tests.support.program import Program
from tests.support.shell_driver import Desk


def test_an_imagined_alias_is_forgotten(program: Program) -> None:
    lookup = Desk(program).session.lookup
    lookup.imagine_alias("today", ("version",))
    assert lookup.alias("today") == ("version",)
    lookup.forget_imagined()
    assert lookup.alias("today") == ()
