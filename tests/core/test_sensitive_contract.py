"""Our list of sensitive fields against that of each supported server, from its own source."""

from __future__ import annotations

import ast

import pytest
from local_airflow import install, places

from airflowctl.core.sensitive import SERVER_FIELDS, is_sensitive_name, is_server_field

VERSIONS = places.versions()


@pytest.fixture
def fields(older: str) -> frozenset[str]:
    """Of a version that the fixture installs where it has to: that takes longer than a test may."""
    return fields_of(older)


def fields_of(version: str) -> frozenset[str]:
    """DEFAULT_SENSITIVE_FIELDS, as the installed server has it."""
    packages = next((install.airflow_venv(version) / "lib").glob("python3*")) / "site-packages" / "airflow"
    for path in sorted(packages.rglob("secrets_masker.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DEFAULT_SENSITIVE_FIELDS":
                assert isinstance(node.value, ast.Call)
                return frozenset(ast.literal_eval(node.value.args[0]))
    raise AssertionError(f"Airflow {version} has no such list")


@pytest.mark.versions
@pytest.mark.parametrize("older", VERSIONS)
def test_each_field_that_a_server_hides_is_sensitive_here(fields: frozenset[str]) -> None:
    assert len(fields) >= 12
    assert fields - set(SERVER_FIELDS) == set()
    for field in fields:
        spellings = (field, field.upper(), f"my_{field}_2", field.replace("_", "-"), f"x.{field}")
        assert [name for name in spellings if not (is_server_field(name) and is_sensitive_name(name))] == []


@pytest.mark.versions
@pytest.mark.parametrize("older", [places.DEFAULT_VERSION])
def test_our_list_is_that_of_the_newest_server(fields: frozenset[str]) -> None:
    assert set(SERVER_FIELDS) == fields
