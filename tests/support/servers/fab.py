"""The users of an Airflow that keeps them in its database, as FAB does."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from contextlib import closing
from http import HTTPStatus

import httpx
from local_airflow import LocalAirflow

MANAGER = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
_ROUNDS = 1000  # few, for a password that lives as long as a test run


def add_users(airflow: LocalAirflow) -> None:
    """Make its users known to a server that has started and therefore has its roles."""
    # The first administrator can't come over the API, and Airflow's own command takes as long as a server.
    first, *others = sorted(airflow.users, key=lambda user: airflow.users[user] != "Admin")
    _insert(airflow, first)
    with httpx.Client(base_url=airflow.url, timeout=60, trust_env=False) as client:
        login = {"username": first, "password": airflow.password(first)}
        token = client.post("/auth/token/cli", json=login).raise_for_status().json()["access_token"]
        for user in others:
            answer = client.post(
                "/auth/fab/v1/users",
                headers={"Authorization": f"Bearer {token}"},
                json={
                    **_person(user),
                    "password": airflow.password(user),
                    "roles": [{"name": airflow.users[user]}],
                },
            )
            assert answer.status_code == HTTPStatus.OK, answer.text


def _person(username: str) -> dict[str, str]:
    return {
        "username": username,
        "first_name": username,
        "last_name": "Test",
        "email": f"{username}@example.com",
    }


def _insert(airflow: LocalAirflow, username: str) -> None:
    row = {**_person(username), "password": _hashed(airflow.password(username)), "active": 1}
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    with closing(sqlite3.connect(airflow.home / "airflow.db", timeout=30)) as database, database:
        user = database.execute(f"insert into ab_user ({columns}) values ({values})", row).lastrowid
        database.execute(
            "insert into ab_user_role (user_id, role_id) select ?, id from ab_role where name = ?",
            (user, airflow.users[username]),
        )


def _hashed(password: str) -> str:
    """A password hash in the format of werkzeug, which FAB checks it with."""
    salt = secrets.token_hex(8)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS)
    return f"pbkdf2:sha256:{_ROUNDS}${salt}${digest.hex()}"
