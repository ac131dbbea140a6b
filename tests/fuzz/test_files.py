"""What files and servers may hold: environments, policies, imports, OpenAPI documents, results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflowctl.core.errors import CliError, ConfigError
from airflowctl.core.results import Record, Rows
from airflowctl.output.query import apply_query
from airflowctl.storage.environments import parse_environment, to_toml
from tests.support.fuzzing import fuzz, json_values, plain_texts, texts
from tests.support.private_files import write_private
from tests.support.program import Program
from tests.support.stub import Stub, reply

KEYS = (
    "url",
    "username",
    "method",
    "store",
    "login",
    "login_origin",
    "command",
    "settings",
    "network",
    "read_only",
)
tables = st.dictionaries(st.sampled_from(KEYS), json_values, max_size=6)


@fuzz(60)
@given(st.one_of(st.binary(max_size=80), st.builds(str.encode, plain_texts), tables))
def test_an_environment_is_read_or_refused(content: bytes | dict[str, object]) -> None:
    if isinstance(content, dict):
        pairs = (f"{name} = {json.dumps(value)}\n" for name, value in content.items())
        content = ('url = "http://h"\n' + "".join(pairs)).encode("utf-8", "replace")
    try:
        made = parse_environment("fuzz", "fuzz.toml", content)
    except ConfigError as error:
        assert "fuzz.toml" in error.message
    else:
        assert parse_environment("fuzz", "fuzz.toml", to_toml(made).encode()).url == made.url


@pytest.mark.parametrize("file", ["config.toml", "policy.toml", "environments/fuzz.toml", "environment"])
@fuzz(10)
@given(content=st.one_of(st.binary(max_size=60), st.builds(str.encode, plain_texts)))
def test_a_damaged_file_of_ours_is_named(tmp_path: Path, file: str, content: bytes) -> None:
    home = tmp_path / "home"
    (home / "environments").mkdir(parents=True, exist_ok=True)
    write_private(home / file, content)
    program = Program({"AIRFLOWCTL_HOME": str(home), "AIRFLOWCTL_POLICY": str(home / "policy.toml")})
    done = program("env", "list")
    assert done.code in (0, 1, 2), done
    assert "fault in airflowctl" not in done.err, done


yaml_pieces = st.sampled_from(
    [
        "a: ",
        "- ",
        "&a ",
        "*a",
        "<<: *a",
        "[",
        "]",
        "{",
        "}",
        "? ",
        "!!binary ",
        "|\n  x",
        "2021-01-01",
        "!!python/x ",
        "\n",
        "  ",
    ]
)
contents = st.one_of(
    st.builds(json.dumps, json_values),
    st.builds("".join, st.lists(st.one_of(yaml_pieces, plain_texts), max_size=15)),
    st.builds("\n".join, st.lists(st.builds("{}={}".format, plain_texts, plain_texts), max_size=4)),
)


@pytest.mark.parametrize("ending", ["json", "yaml", "env"])
@pytest.mark.parametrize("noun", ["variables", "connections", "pools", "users", "roles"])
@fuzz(8)
@given(content=contents)
def test_an_import_is_done_or_refused(
    stub: Stub, tmp_path: Path, noun: str, ending: str, content: str
) -> None:
    stub.answer = lambda _: reply({"detail": "no"}, 400)
    file = tmp_path / f"import.{ending}"
    file.write_bytes(content.encode("utf-8", "replace"))
    program = Program(
        {"AIRFLOWCTL_HOME": str(tmp_path / "home"), "AIRFLOWCTL_URL": stub.url, "AIRFLOW_CLI_TOKEN": "t.o.k"}
    )
    done = program(noun, "import", str(file), "--yes")
    assert done.code in (0, 1, 2), done
    assert "fault in airflowctl" not in done.err, done


DOCUMENT = {
    "paths": {
        "/x/{id}": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
            "get": {
                "operationId": "fuzz_get",
                "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
            },
            "post": {
                "operationId": "fuzz_post",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}
                },
            },
        }
    },
    "components": {"schemas": {"Body": {"properties": {"a": {"type": "string"}}}}},
}


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The ways to all values of a document."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(way for key, child in children for way in places(child, (*path, key)))]


def put(document: object, way: tuple[object, ...], value: object) -> object:
    if not way:
        return value
    made = json.loads(json.dumps(document))
    inner = made
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    return made


@fuzz(40)
@given(
    st.sampled_from(places(DOCUMENT)), json_values, st.sampled_from(["fuzz_get", "fuzz_post", "fuzz_none"])
)
def test_a_document_of_a_server_is_read_or_refused(
    stub: Stub, tmp_path: Path, way: tuple[object, ...], value: object, name: str
) -> None:
    document = put(DOCUMENT, way, value)
    stub.answer = lambda request: reply(document if request.path == "/openapi.json" else {})
    program = Program(
        {"AIRFLOWCTL_HOME": str(tmp_path / "home"), "AIRFLOWCTL_URL": stub.url, "AIRFLOW_CLI_TOKEN": "t.o.k"}
    )
    done = program("api", name, "id=1", "--yes")
    assert done.code in (0, 1, 2), done
    assert "fault in airflowctl" not in done.err, done


PARTS = (
    "[*] [] [0] [? ] a b.c | & @ length( ) sort_by( `1` 'x' { } : , == < ! * max( join( [::-1] [::0] keys( . "
    "to_number( reverse( map( values("
)
expressions = st.builds("".join, st.lists(st.one_of(st.sampled_from(PARTS.split()), texts), max_size=8))


@fuzz(80)
@given(expressions, st.lists(st.dictionaries(st.sampled_from("abc"), json_values, max_size=3), max_size=3))
def test_a_query_fits_or_is_refused(text: str, items: list[dict[str, object]]) -> None:
    from airflowctl.core.converters import expression

    try:
        checked = expression(text)
    except ValueError as error:
        assert str(error)
        return
    for result in (Rows(items, ("a",), "a"), Record(items[0] if items else {}, "a")):
        try:
            apply_query(result, checked)
        except CliError as error:
            assert error.message
