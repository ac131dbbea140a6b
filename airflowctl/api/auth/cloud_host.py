"""To which servers a token of a cloud may go: such a token opens more than one Airflow."""

from __future__ import annotations

from airflowctl.core.environment import Environment
from airflowctl.core.errors import UsageError
from airflowctl.core.url import parse_address

TRUSTED_HOST = "trusted_host"  # a setting: one more host that the user names


def require_host(environment: Environment, domains: tuple[str, ...], service: str) -> None:
    """Raise UsageError unless the server is this machine's, of the service's domains, or named by the
    user."""
    address = parse_address(environment.url)
    host = address.host.lower()
    if address.is_loopback or host == environment.setting(TRUSTED_HOST).lower():
        return
    if not any(host.endswith(f".{domain}") for domain in domains):
        raise UsageError(
            f"{host} is no host of {service}: its token was not sent there",
            f"if it is one: --setting {TRUSTED_HOST}={host}",
        )
