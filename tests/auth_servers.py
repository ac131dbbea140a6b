"""The servers with other ways in, each started when the first test asks for it and ended with the session."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from local_airflow import LocalAirflow, places

from tests.servers import fab, trust
from tests.servers.browser import Browser
from tests.servers.oidc import REALM, OidcServer

# The version with the providers that bring other auth managers.
WITH_MANAGERS = f"{places.DEFAULT_VERSION}-auth"
KEYCLOAK = "airflow.providers.keycloak.auth_manager.keycloak_auth_manager.KeycloakAuthManager"


@contextmanager
def started(
    name: str,
    settings: Mapping[str, object],
    *,
    version: str = places.DEFAULT_VERSION,
    users: dict[str, str] | None = None,
) -> Iterator[LocalAirflow]:
    """An Airflow with only its API server, in a home below `.local` that is thrown away."""
    (places.LOCAL / "tests").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=places.LOCAL / "tests", prefix=f"{name}-") as home:
        airflow = LocalAirflow(
            Path(home), version=version, components=("api-server",), users=users, settings=settings
        )
        try:
            airflow.start(lambda text: print(text, file=sys.__stderr__))
            yield airflow
        finally:
            airflow.stop()


@pytest.fixture(scope="session")
def short_tokens_airflow() -> Iterator[LocalAirflow]:
    """The simple auth manager with admin, op, user and viewer; a token for programs lives 3 seconds."""
    settings = {"api_auth.jwt_cli_expiration_time": 3, "api_auth.jwt_leeway": 0}
    with started("short-tokens", settings) as airflow:
        yield airflow


@pytest.fixture(scope="session")
def all_admins_airflow() -> Iterator[LocalAirflow]:
    """The simple auth manager that lets everybody in as an administrator."""
    with started("all-admins", {"core.simple_auth_manager_all_admins": True}) as airflow:
        yield airflow


@pytest.fixture(scope="session")
def fab_airflow() -> Iterator[LocalAirflow]:
    """Users, roles and passwords are in the database: admin and viewer. It shows its configuration and
    tests connections."""
    users = {"admin": "Admin", "viewer": "Viewer"}
    settings = {
        "core.auth_manager": fab.MANAGER,
        "core.test_connection": "Enabled",
        "api.expose_config": "non-sensitive-only",
    }
    with started("fab", settings, version=WITH_MANAGERS, users=users) as airflow:
        fab.add_users(airflow)
        yield airflow


@pytest.fixture(scope="session")
def oidc() -> Iterator[OidcServer]:
    """An OpenID Connect issuer. What a test changes, it changes back: `with oidc.changed(...)`."""
    with OidcServer() as server:
        yield server


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Somebody with a browser who logs in as admin."""
    with Browser() as person:
        yield person


@pytest.fixture(scope="session")
def oidc_airflow(oidc: OidcServer) -> Iterator[LocalAirflow]:
    """The simple auth manager, which takes the issuer's access tokens and its own."""
    (places.LOCAL / "tests").mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=places.LOCAL / "tests", prefix="trust-") as keys,
        started("oidc", trust.settings(oidc, Path(keys))) as airflow,
    ):
        yield airflow


@pytest.fixture(scope="session")
def keycloak_airflow(oidc: OidcServer) -> Iterator[LocalAirflow]:
    """The real Keycloak auth manager, with the issuer as its Keycloak; `oidc.password` has the passwords."""
    settings = {
        "core.auth_manager": KEYCLOAK,
        "keycloak_auth_manager.server_url": oidc.url,
        "keycloak_auth_manager.realm": REALM,
        "keycloak_auth_manager.client_id": oidc.airflow_client,
        "keycloak_auth_manager.client_secret": oidc.airflow_secret,
        "keycloak_auth_manager.jwt_federated_client_ids": f"{oidc.public_client},{oidc.service_client}",
    }
    with started("keycloak", settings, version=WITH_MANAGERS, users={}) as airflow:
        yield airflow
