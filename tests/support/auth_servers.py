"""The servers with other ways in, each started when the first test asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import WITH_MANAGERS, Kind, logged_in, serves, started
from tests.support.program import Program
from tests.support.servers import trust
from tests.support.servers.browser import Browser
from tests.support.servers.fab import MANAGER, add_users
from tests.support.servers.oidc import REALM, OidcServer

KEYCLOAK = "airflow.providers.keycloak.auth_manager.keycloak_auth_manager.KeycloakAuthManager"


# The simple auth manager; a token for programs lives 3 seconds.
short_tokens_airflow = serves(
    Kind(settings={"api_auth.jwt_cli_expiration_time": 3, "api_auth.jwt_leeway": 0})
)
# The same manager lets everybody in as an administrator.
all_admins_airflow = serves(Kind(settings={"core.simple_auth_manager_all_admins": True}))


@pytest.fixture(scope="session")
def fab_airflow() -> Iterator[LocalAirflow]:
    """Users, roles and passwords are in the database: admin and viewer. It shows its configuration and
    tests connections."""
    users = {"admin": "Admin", "viewer": "Viewer"}
    settings = {
        "core.auth_manager": MANAGER,
        "core.test_connection": "Enabled",
        "api.expose_config": "non-sensitive-only",
    }
    with started(Kind(version=WITH_MANAGERS, users=users, settings=settings)) as airflow:
        add_users(airflow)
        yield airflow


@pytest.fixture(scope="session")
def fab(fab_airflow: LocalAirflow) -> Program:
    """The program, logged in to it as its administrator."""
    return logged_in(fab_airflow)


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
def oidc_airflow(oidc: OidcServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAirflow]:
    """The simple auth manager, which takes the issuer's access tokens and its own."""
    with started(Kind(settings=trust.settings(oidc, tmp_path_factory.mktemp("trust")))) as airflow:
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
    with started(Kind(version=WITH_MANAGERS, users={}, settings=settings)) as airflow:
        yield airflow
