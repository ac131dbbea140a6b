"""An AIRFLOW_HOME: its airflow.cfg, secrets, users' passwords and the environment to use it with."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from configparser import RawConfigParser
from pathlib import Path
from typing import TextIO

from .processes import clean_environment

Settings = Mapping[str, object]  # "section.option": value

DATABASE = "airflow.db"
PASSWORDS = "passwords.json"
_SECRETS = "secrets.json"


def write(home: Path, *, port: int, users: Mapping[str, str], settings: Settings) -> None:
    """Make or refresh the home: the secrets and passwords stay, airflow.cfg is written anew."""
    _kept(home / PASSWORDS, {user: secrets.token_urlsafe(12) for user in users})
    options = _lean(home, port) | _kept(home / _SECRETS, _fresh_secrets())
    options["core.simple_auth_manager_users"] = ",".join(f"{user}:{role}" for user, role in users.items())
    options |= {name: str(value) for name, value in settings.items()}
    _write_config(home / "airflow.cfg", options)


def passwords(home: Path) -> dict[str, str]:
    """The password of every user."""
    known: dict[str, str] = json.loads((home / PASSWORDS).read_text())
    return known


def environment(home: Path, venv: Path) -> dict[str, str]:
    """What Airflow's own `airflow` command needs to work on this home."""
    variables = clean_environment()
    variables["AIRFLOW_HOME"] = str(home)
    variables["PATH"] = f"{venv / 'bin'}{os.pathsep}{variables.get('PATH', os.defpath)}"
    # A task reports to the API server on the loopback address, which no proxy can reach.
    for name in ("NO_PROXY", "no_proxy"):
        variables[name] = ",".join(filter(None, (variables.get(name), "127.0.0.1", "localhost")))
    return variables


def _lean(home: Path, port: int) -> dict[str, str]:
    url = f"http://127.0.0.1:{port}"
    return {
        "core.load_examples": "False",
        "core.parallelism": "2",
        "core.execution_api_server_url": f"{url}/execution/",
        "core.simple_auth_manager_passwords_file": str(home / PASSWORDS),
        # Scheduler, server and tasks write to one file; after the usual 5 seconds a writer would give up.
        "database.sql_alchemy_conn": f"sqlite:///{home / DATABASE}?timeout=15",
        "logging.base_log_folder": str(home / "logs"),
        "api.host": "127.0.0.1",
        "api.port": str(port),
        "api.base_url": url,
        "api.workers": "1",
        "scheduler.scheduler_idle_sleep_time": "0.2",
        "usage_data_collection.enabled": "False",
    }


def _fresh_secrets() -> dict[str, str]:
    return {
        "api_auth.jwt_secret": secrets.token_urlsafe(64),
        "api.secret_key": secrets.token_urlsafe(32),
        "core.fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def _kept(path: Path, fresh: dict[str, str]) -> dict[str, str]:
    """The values in the file, with those it lacks added to it; only the owner can read it."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if not fresh.keys() <= known.keys():
        known = fresh | known
        with _private(path) as file:
            json.dump(known, file, indent=1)
    return known


def _write_config(path: Path, options: Mapping[str, str]) -> None:
    parser = RawConfigParser()
    for name, value in options.items():
        section, option = name.split(".", 1)
        if not parser.has_section(section):
            parser.add_section(section)
        parser.set(section, option, value.replace("%", "%%"))
    with _private(path) as file:
        parser.write(file)


def _private(path: Path) -> TextIO:
    return open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600))
