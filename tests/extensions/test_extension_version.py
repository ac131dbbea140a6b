"""A plug-in may ask which Airflow the line goes to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from airflowctl.session.extension_session import ExtensionApi


def test_the_version_is_that_of_the_server() -> None:
    client: Any = SimpleNamespace(version=lambda: "3.3.2")
    assert ExtensionApi(client, "notes list", may_change=False).version() == "3.3.2"
