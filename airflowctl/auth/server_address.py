"""The address of a server that is not known yet: what answers on this machine, or what a user types."""

from __future__ import annotations

from airflowctl.core.errors import CliError, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflowctl.core.console import Console

PORTS = tuple(range(8080, 8086))  # Airflow's own, and those that are taken where that is not free
_PATIENCE = 1.0  # seconds for a server on this machine
_TRIES = 3


def find_local_server(ports: Iterable[int] = PORTS) -> str:
    """Return the address of the first Airflow that answers on this machine; "" without one. It is asked for
    its version, without a login."""
    urls = (f"http://localhost:{port}" for port in ports if _is_open(port))
    return next((url for url in urls if _is_airflow(url)), "")


def _is_open(port: int) -> bool:
    """Return whether anything listens there: to make a client takes longer than to find a closed port."""
    from socket import create_connection

    try:
        create_connection(("localhost", port), _PATIENCE).close()
    except OSError:
        return False
    return True


def _is_airflow(url: str) -> bool:
    from airflowctl.api.client import Client
    from airflowctl.api.deadline import TimeLimits

    client = Client(url)
    try:
        return bool(client.with_options(limits=TimeLimits(_PATIENCE, _PATIENCE)).version())
    except CliError:
        return False
    finally:
        client.close()


def complete_address(text: str) -> str:
    """Return the address that a user has typed, perhaps without its scheme. Raises UsageError."""
    from airflowctl.core.url import base_url, parse_address

    text = text.strip()
    if "://" not in text and text:
        try:
            is_local = parse_address(f"http://{text}").is_loopback
        except ValueError:
            is_local = False
        # A password must not go over clear http because the user saved eight letters.
        text = f"{'http' if is_local else 'https'}://{text}"
    return base_url(text)


def is_address(text: str) -> bool:
    """Return whether a line is an address and no command: `http://...`, `localhost:8080`, `a.example.org`."""
    words = text.split()
    if len(words) != 1 or not any(mark in text for mark in ("://", ":", ".")) or text.startswith("."):
        return False
    try:
        return bool(complete_address(text))
    except UsageError:
        return False


def ask_for_address(console: Console) -> str:
    """Return the address that the user types, or takes of what answers here. Raises UsageError after three
    that are none."""
    offered = find_local_server()
    question = f"Address of the Airflow server{f' [{offered}]' if offered else ''}: "
    for left in range(_TRIES - 1, -1, -1):
        text = console.ask(question).strip() or offered
        try:
            return complete_address(text)
        except UsageError as error:
            if not text or not left:
                break
            console.note(f"{error.message}: {error.hint}")
    raise UsageError("no address was given", "give it with --url, like --url http://localhost:8080")
