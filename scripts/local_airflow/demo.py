"""scripts/demo: a local Airflow with something in it, and airflowctl's shell or a tour in front of it."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import termios
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http import HTTPStatus
from types import FrameType

from . import install, places
from .processes import SetupError, clean_environment, run
from .progress import on_stderr, timed
from .server import LocalAirflow, direct

HOME = places.LOCAL / "demo"
_AIRFLOWCTL = str(places.PROJECT_VENV / "bin" / "airflowctl")
_LEAVE_SECONDS = 3
_SETTINGS = {"api_auth.jwt_cli_expiration_time": 86400, "core.parallelism": 4}
_SEEDS: tuple[tuple[str, dict[str, object]], ...] = (
    ("variables", {"key": "region", "value": "eu", "description": "Whose orders are loaded"}),
    ("variables", {"key": "report_to", "value": "data-team@example.com"}),
    (
        "pools",
        {"name": "reports", "slots": 2, "description": "Two reports at a time", "include_deferred": False},
    ),
    (
        "connections",
        {
            "connection_id": "shop_db",
            "conn_type": "postgres",
            "host": "db.example.com",
            "schema": "shop",
            "port": 5432,
        },
    ),
    (
        "connections",
        {"connection_id": "rates_api", "conn_type": "http", "host": "rates.example.com", "port": 443},
    ),
)


def main(argv: Sequence[str]) -> int:
    """Run the demo; returns the exit code of the shell or of the tour."""
    options = _options(argv)
    airflow = LocalAirflow(HOME, settings=_SETTINGS)
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
        description="Start a local Airflow with a few Dags in it and open airflowctl's shell on it; "
        "without a terminal, run a short tour of commands instead. "
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


def _demo(airflow: LocalAirflow, *, keep: bool) -> int:
    if install.is_first_time(airflow.version):
        on_stderr("The first run installs Airflow and airflowctl here: about a minute.")
    install.project_venv(dev=False, say=on_stderr)
    kept = not airflow.start(on_stderr)
    try:
        environment = _environment(airflow)
        _seed(airflow.url, environment["AIRFLOW_CLI_TOKEN"])
        code = _shell(airflow, environment) if _has_terminal() else _tour(environment)
        kept = kept or keep
    finally:
        if kept:
            airflow.keep()
            on_stderr(f"Airflow runs on at {airflow.url}; scripts/demo --stop ends it. To use it:")
            on_stderr(f"  .venv/bin/airflowctl auth login --url {airflow.url} --username admin")
            on_stderr(f"  (password {airflow.password('admin')})")
        else:
            with timed(on_stderr, "Stopping Airflow"):
                airflow.stop()
    return code


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


def _seed(url: str, token: str) -> None:
    """Put in something to look at; what is there already stays as it is."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for path, row in _SEEDS:
        body = json.dumps(row).encode()
        request = urllib.request.Request(f"{url}/api/v2/{path}", body, headers, method="POST")
        try:
            direct.open(request, timeout=30).close()
        except urllib.error.HTTPError as answer:
            if answer.code != HTTPStatus.CONFLICT:
                raise SetupError(f"Adding to {path} was refused: {answer.code} {answer.reason}") from None


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _shell(airflow: LocalAirflow, environment: dict[str, str]) -> int:
    on_stderr(f"Airflow's web pages: {airflow.url}")
    on_stderr(f"  user admin, password {airflow.password('admin')}")
    on_stderr("Try: dags list, dags trigger demo_etl --wait, dagrun list demo_etl")
    with _terminal_restored():
        return _in_front([_AIRFLOWCTL], environment)


def _tour(environment: dict[str, str]) -> int:
    on_stderr("No terminal, so here is a tour instead of the shell:")
    return _in_front([_AIRFLOWCTL, "-f", str(places.TOUR), "--echo"], environment)


def _in_front(argv: list[str], environment: dict[str, str]) -> int:
    """Run a program that owns the terminal: Ctrl-C is its business, while it is there."""
    # A handler, not SIG_IGN, which the program would inherit.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    child = subprocess.Popen(argv, env=environment, stdin=None if _has_terminal() else subprocess.DEVNULL)
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
