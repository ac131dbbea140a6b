"""scripts/demo: an Airflow with four days behind it, and airflowctl's shell or a story in front of it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from .. import install, places
from ..processes import SetupError, clean_environment, run
from ..progress import Say, on_stderr, quiet, timed
from ..server import LocalAirflow
from .history import DAGS, forget_history, postpone_runs, restore_history
from .seeds import add_seeds
from .story import STORY, Troubles, describe_troubles, propose_lines

HOME = places.LOCAL / "demo"
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
_AIRFLOWCTL = str(places.PROJECT_VENV / "bin" / "airflowctl")
_LEAVE_SECONDS = 3
_SETTINGS = {
    "api_auth.jwt_cli_expiration_time": 86400,
    "core.parallelism": 4,
    "workers.execution_api_timeout": 60,  # on a busy machine tasks would fail before they start
}


class DemoAirflow(LocalAirflow):
    """The demo's Airflow: when it starts, a run has failed at midnight, and one waits for a person."""

    def __init__(self, home: Path = HOME) -> None:
        super().__init__(home, components=COMPONENTS, settings=_SETTINGS, dags=DAGS)

    def _prepare(self, say: Say) -> None:
        forget_history(self.home)
        super()._prepare(say)
        try:
            restore_history(self.home, places.installation(self.version))
            postpone_runs(self.home)
        except (OSError, ValueError, sqlite3.Error) as error:
            raise SetupError(f"The recorded runs cannot be put into the database: {error}") from error


def main(argv: Sequence[str]) -> int:
    """Run the demo; returns the exit code of the shell or of the story."""
    options = _options(argv)
    airflow = DemoAirflow()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        if options.stop:
            on_stderr("Airflow is stopped." if airflow.stop() else "No demo server is running.")
            return 0
        return _demo(airflow, keep=options.keep)
    except SetupError as failure:
        on_stderr(f"demo: {failure}")
        return 1
    except KeyboardInterrupt:
        on_stderr("Interrupted.")
        return 130
    finally:
        on_stderr.end_line()


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Start a local Airflow with four days of runs, and open airflowctl's shell on it; "
        "without a terminal, run the lines of a story instead. "
        "Everything stays below .local and .venv in this checkout, and ends with the demo.",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--keep", action="store_true", help="leave the server running; the next demo reuses it"
    )
    choice.add_argument(
        "--stop", action="store_true", help="stop a server that was kept, and do nothing else"
    )
    return parser.parse_args(argv)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _demo(airflow: DemoAirflow, *, keep: bool) -> int:
    _install(airflow.version)
    kept = not airflow.start(on_stderr)
    try:
        environment = _environment(airflow)
        add_seeds(airflow.url, environment["AIRFLOW_CLI_TOKEN"])
        code = _shell(airflow, environment) if _has_terminal() else _run_story(environment)
        kept = kept or keep
    finally:
        if kept:
            airflow.keep()
            on_stderr(f"Airflow stays at {airflow.url}; scripts/demo --stop ends it. To use it:")
            on_stderr(f"  .venv/bin/airflowctl auth login --url {airflow.url} --username admin")
            on_stderr(f"  (password {airflow.password('admin')})")
        else:
            with timed(on_stderr, "Stopping Airflow"):
                airflow.stop()
    return code


def _install(version: str) -> None:
    if not install.is_first_time(version):
        install.project_venv(dev=False, say=on_stderr)
        return
    on_stderr(
        "The first run installs Airflow and airflowctl here, in a minute or two; the next ones take seconds."
    )
    # At once: pip waits for the network and then uses one core.
    with timed(on_stderr, f"Installing Airflow {version} and airflowctl"), ThreadPoolExecutor() as threads:
        both = (
            threads.submit(install.airflow_venv, version, quiet),
            threads.submit(install.project_venv, dev=False, say=quiet),
        )
    for installing in both:
        installing.result()


def _environment(airflow: LocalAirflow) -> dict[str, str]:
    """What airflowctl needs to be logged in here, with its own files inside the checkout as well."""
    variables = clean_environment() | {
        "AIRFLOWCTL_HOME": str(HOME / "airflowctl"),
        "AIRFLOWCTL_URL": airflow.url,
        "AIRFLOW_CLI_ENVIRONMENT": "demo",
    }
    login = [_AIRFLOWCTL, "auth", "token", "--url", airflow.url, "--username", "admin", "--password-stdin"]
    token = run(login, "Logging in", environment=variables, stdin=airflow.password("admin"))
    return variables | {"AIRFLOW_CLI_TOKEN": token.strip()}


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _shell(airflow: LocalAirflow, environment: dict[str, str]) -> int:
    # Within 80 cells: what wraps would push the top of the first screen out of a small terminal.
    on_stderr(f"web pages: {airflow.url} (admin, password {airflow.password('admin')})")
    lines = ("", *describe_troubles(find_troubles(environment)), "", *propose_lines(), "")
    print("\n".join(lines), flush=True)
    with _terminal_restored():
        return _in_front([_AIRFLOWCTL], environment)


def find_troubles(environment: dict[str, str]) -> Troubles:
    """What is wrong on the server, which may be one that was kept and fixed."""
    failed = _answer(environment, "status", "-o", "json")["failed"] or {}
    questions = _answer(environment, "hitl", "list", "--pending", "-o", "json")
    asked = [(question["task_instance"]["dag_id"], question["subject"]) for question in questions]
    return Troubles(sorted(failed.get("dags", ())), asked)


def _answer(environment: dict[str, str], *words: str) -> Any:
    done = subprocess.run(
        [_AIRFLOWCTL, *words], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
    )
    if not done.stdout:  # the error is on stderr
        raise SetupError(f"airflowctl {' '.join(words)} ended with {done.returncode}.")
    return json.loads(done.stdout)


def _run_story(environment: dict[str, str]) -> int:
    """Run the lines of the story, each shown before its output; one with an unexpected exit code ends it."""
    # A reader of the story is no script that has moved from `airflow`, for which the notes are.
    variables = environment | _on_path(environment) | {"AIRFLOWCTL_CLASSIC": "0"}
    for chapter in STORY:
        print(f"# {chapter.purpose}\n$ {chapter.line}", flush=True)
        done = subprocess.run(
            ["sh", "-c", chapter.line], env=variables, stdin=subprocess.DEVNULL, check=False
        )
        print(flush=True)
        if done.returncode != chapter.code:
            return done.returncode or 1
    return 0


def _on_path(environment: dict[str, str]) -> dict[str, str]:
    return {"PATH": f"{places.PROJECT_VENV / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"}


def _in_front(argv: list[str], environment: dict[str, str]) -> int:
    """Run a program that owns the terminal: Ctrl-C is its business, while it is there."""
    # A handler, not SIG_IGN, which the program would inherit.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    child = subprocess.Popen(argv, env=environment)
    try:
        return child.wait()
    finally:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_LEAVE_SECONDS)
        child.kill()
        signal.signal(signal.SIGINT, before)


@contextmanager
def _terminal_restored() -> Iterator[None]:
    """Leave the terminal as it was, also after a shell that was ended from outside."""
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
