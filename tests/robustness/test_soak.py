"""A shell through many commands and restarts of its server; scripts/soak runs it for longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.soak import run_shell


@pytest.mark.time_limit(120)
def test_a_shell_answers_through_restarts_and_holds_no_more_files(tmp_path: Path) -> None:
    samples = list(run_shell(tmp_path, commands=20, restarts=2, samples=4))
    assert [sample.commands for sample in samples] == [5, 10, 15, 20]
    assert samples[-1].files <= samples[0].files + 4
    assert samples[-1].memory - samples[1].memory < 8192  # kB: what is loaded at first use is loaded by then
