"""Each line of README and docs in a plain ```sh block runs in the demo, and ends as its page says."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from local_airflow import LocalAirflow

from tests.support.documented_lines import documented_lines, pages, run_line
from tests.support.paths import ROOT
from tests.support.program import Program
from tests.support.waiting import until

_FAULT = "this is a fault in airflowctl"
_PROGRAMS = str(ROOT / ".venv" / "bin")


@pytest.mark.time_limit(240)
@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_the_lines_of_a_page_run_in_the_demo(
    page: Path, demo: Program, demo_airflow: LocalAirflow, tmp_path: Path
) -> None:
    break_etl(demo)
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    passphrase = home / "passphrase"
    passphrase.write_text("a passphrase of the tests\n")
    passphrase.chmod(0o600)
    environ = {
        "HOME": str(home),
        "PATH": f"{_PROGRAMS}:{os.environ['PATH']}",
        "TERM": "dumb",
        "PAGER": "cat",
        "LANG": "C.UTF-8",
        "AIRFLOWCTL_URL": demo_airflow.url,
        "AIRFLOW_CLI_TOKEN": demo.environ["AIRFLOW_CLI_TOKEN"],
        "AIRFLOWCTL_STORE": "encrypted-file",
        "AIRFLOWCTL_PASSPHRASE_FILE": str(passphrase),
        "SHELL": "/bin/bash",
    }
    exports, wrong, seen = "", [], set()
    for line in documented_lines(page):
        if line.text in seen:
            continue
        seen.add(line.text)
        text = line.text.replace("http://localhost:8080", demo_airflow.url)
        done = run_line(exports + text, environ, tmp_path, demo_airflow.password("admin"))
        if done.code not in {0, *line.codes} or _FAULT in done.shown:
            wrong.append(f"{page.name}:{line.number}: {text}\nexit code {done.code}\n{done.shown}")
        if re.match(r"export \w+=", text):
            exports += f"{text}\n"
    assert not wrong, "\n\n".join(wrong)


def break_etl(demo: Program) -> None:
    """Let the newest run of etl be one that failed, as the demo opens."""
    newest = demo("dagrun", "get", "etl", "latest", "-o", "json").json
    if newest["state"] != "failed":
        # SQLite may refuse a change while Airflow writes.
        until(lambda: demo("variables", "set", "exchange_rate", "n/a").code == 0, "the variable changed")
        until(lambda: demo("dags", "trigger", "etl", "--wait").code == 5, "a run that failed")
