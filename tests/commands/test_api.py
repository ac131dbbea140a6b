"""`airflowctl api`: any operation, by id or by path, on the real server; plug-ins on a stub."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.completion.session_source import SessionNames
from airflowctl.execution.private_lines import is_private
from airflowctl.main import new_session
from airflowctl.session import registry
from completers.engine import suggest
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply


def test_an_operation_by_its_id(ctl: Program) -> None:
    done = ctl("api", "get_pool", "pool_name=default_pool")
    assert (done.err, done.code) == ("", 0)
    assert done.json["name"] == "default_pool"
    assert done.out.startswith("{\n  ")


def test_on_a_terminal_it_is_json_too(ctl: Program) -> None:
    done = ctl("api", "get_pool", "pool_name=default_pool", terminal=True)
    assert done.json["name"] == "default_pool"


def test_an_operation_by_method_and_path(ctl: Program) -> None:
    for line in (["GET", "/api/v2/pools", "limit=1"], ["get", "/api/v2/pools?limit=1"]):
        done = ctl("api", *line)
        assert (done.err, len(done.json["pools"])) == ("", 1)
    assert ctl("api", "GET", "/api/v2/pools/{pool_name}", "pool_name=default_pool").json["slots"] == 128


def test_other_formats_show_the_list(ctl: Program) -> None:
    assert ctl("api", "get_pools", "-o", "name").lines[0] == "default_pool"
    assert ctl("api", "get_pools", "--columns", "name,slots").lines[:2] == [
        "name\tslots",
        "default_pool\t128",
    ]
    assert ctl("api", "get_pools", "-o", "json").json["pools"][0]["name"] == "default_pool"
    assert ctl("api", "get_pools", "-o", "jsonl").lines[0].startswith('{"name": "default_pool"')
    assert ctl("api", "get_pool", "pool_name=default_pool", "-o", "yaml").lines[0] == "name: default_pool"


def test_an_empty_list_has_no_lines(ctl: Program) -> None:
    for output in ("tsv", "csv", "jsonl", "name"):
        done = ctl("api", "get_pools", "pool_name_pattern=no_such_pool", "-o", output)
        assert (done.out, done.err, done.code) == ("", "", 0)
    assert ctl("api", "get_pools", "pool_name_pattern=no_such_pool").json["pools"] == []


def test_a_change_with_ids_that_need_quoting(ctl: Program, api: httpx.Client, unique: str) -> None:
    key = f"{unique}/a b%ü~"
    made = ctl("api", "post_variable", f"key={key}", "value:=[1, null]", "description=a=b")
    assert (made.err, made.code) == ("", 0)
    assert made.json["description"] == "a=b"
    assert ctl("api", "get_variable", f"variable_key={key}").json["value"] == "[1, null]"
    gone = ctl("api", "delete_variable", f"variable_key={key}")
    assert (gone.out, gone.err, gone.code) == ("", "", 0)
    assert ctl("api", "get_variable", f"variable_key={key}").code == 1


def test_a_body_from_a_file_from_stdin_and_with_fields(ctl: Program, unique: str, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_text(f'{{"key": "{unique}", "value": "1"}}')
    assert ctl("api", "post_variable", "--body", f"@{file}").json["key"] == unique
    changed = ctl(
        "api", "patch_variable", f"variable_key={unique}", "update_mask=value", "value=3", "--body", "-",
        stdin=f'{{"key": "{unique}"}}',
    )  # fmt: skip
    assert (changed.err, changed.json["value"]) == ("", "3")
    assert ctl("api", "delete_variable", f"variable_key={unique}").code == 0


def test_all_pages(ctl: Program, many_variables: list[str]) -> None:
    pattern = f"variable_key_pattern={many_variables[0][:-4]}"
    one = ctl("api", "get_variables", pattern, "limit=1000").json
    assert len(one["variables"]) == 100  # the server's own limit
    whole = ctl("api", "get_variables", pattern, "order_by=key", "--paginate").json
    assert [row["key"] for row in whole["variables"]] == many_variables
    assert whole["total_entries"] == 250
    lines = ctl("api", "GET", "/api/v2/variables", pattern, "--paginate", "-o", "name").lines
    assert sorted(lines) == many_variables
    refused = ctl("api", "get_pool", "pool_name=x", "--paginate")
    assert (refused.code, "has no pages" in refused.err) == (2, True)


def test_the_status_and_headers_are_on_stderr(ctl: Program) -> None:
    done = ctl("api", "get_version", "-i")
    assert done.json["version"]
    assert done.err.startswith("HTTP/1.1 200 OK\n")
    assert "content-type: application/json" in done.err
    missing = ctl("api", "get_pool", "pool_name=nope", "-i")
    assert missing.err.startswith("HTTP/1.1 404 Not Found\n")
    assert missing.code == 1


def test_text_is_shown_as_it_is(ctl: Program) -> None:
    run = ctl("api", "trigger_dag_run", "dag_id=demo_etl", "logical_date:=null").json["dag_run_id"]
    done = ctl("api", "wait_dag_run_until_finished", "dag_id=demo_etl", f"dag_run_id={run}", "interval=1")
    assert (done.err, done.code) == ("", 0)
    assert done.lines[-1] == '{"state": "success"}'


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["get_pol"], ["there is no operation 'get_pol'", "did you mean get_pool"]),
        (["get_pool", "pool_nam=x"], ["get_pool has no field 'pool_nam'", "did you mean pool_name?"]),
        (["get_version", "x=y"], ["get_version has no field 'x'", "it takes none"]),
        (["get_pool"], ["get_pool needs pool_name", "add: pool_name=..."]),
        (["get_pool", "pool_name"], ["'pool_name' has no value", "key=text or key:=json"]),
        (["post_pool", "slots:=hunter2"], ["slots:= not JSON"]),
        (["post_pool", "--body", "{hunter2"], ["--body: not JSON"]),
        (["post_pool", "--body", "@/no/such"], ["/no/such cannot be read"]),
        (["post_pool", "--body", "[]", "name=x"], ["no JSON object"]),
        (["post_pool", "name=a", "name=b"], ["name is given twice"]),
        (["GET"], ["GET needs a path"]),
        (["GET", "api/v2/pools"], ["'api/v2/pools' is no path"]),
        (["GET", "http://other/api/v2/pools"], ["give the path alone"]),
        (["GET", "/api/v2/pools?limt=3"], ["get_pools has no field 'limt'", "did you mean limit?"]),
        (["get_pools", "offset=x", "--paginate"], ["--paginate starts at the beginning"]),
        (["get_dag", "dag_id=a/b"], ["'a/b' cannot be a dag_id"]),
        (["get_dag_reports"], ["get_dag_reports is gone since Airflow 3.0"]),
    ],
    ids=lambda value: " ".join(value),
)  # fmt: skip
def test_a_slip_is_told_and_nothing_is_sent(ctl: Program, line: list[str], words: list[str]) -> None:
    done = ctl("api", *line)
    assert (done.out, done.code) == ("", 2)
    assert all(word in done.err for word in words), done.err
    assert "hunter2" not in done.err


def test_what_the_server_refuses(ctl: Program) -> None:
    done = ctl("api", "get_pool", "pool_name=nope")
    assert (done.out, done.code) == ("", 1)
    assert "nope" in done.err
    assert ctl("api", "GET", "/api/v2/nope").code == 1
    page = ctl("api", "GET", "/nope")
    assert (page.out, page.code, "a page, no API" in page.err) == ("", 1, True)
    wrong = ctl.with_environ(AIRFLOW_CLI_TOKEN="wr.on.g")("api", "get_pools")
    assert (wrong.code, "does not accept this token" in wrong.err) == (4, True)


def test_the_list_of_operations(program: Program) -> None:
    done = program("api", "list", "--search", "POOL delete", "-o", "json")
    assert [(row["operation"], row["since"], row["fields"]) for row in done.json] == [
        ("delete_pool", "3.0", ["pool_name"])
    ]
    assert "delete_pool  DELETE" in program("api", "list", "--search", "pool", "-o", "plain").out
    assert len(program("api", "list", "-o", "name").lines) == 129 + 10  # of edge workers


def test_the_servers_own_list(ctl: Program) -> None:
    done = ctl("api", "list", "--remote", "-o", "name")
    assert (done.err, len(done.lines)) == ("", 128)


DOCUMENT = {
    "paths": {
        "/api/v9/kites/{kite}": {
            "patch": {
                "operationId": "fly_kite",
                "parameters": [{"in": "query", "name": "wind", "schema": {"type": "integer"}}],
                "requestBody": {
                    "content": {"application/json": {"schema": {"properties": {"height": {}}}}},
                },
            }
        }
    }
}


def newer_server(request: Request) -> Reply:
    if request.path == "/openapi.json":
        return reply(DOCUMENT)
    if request.path == "/edge/openapi.json":
        return reply({"paths": {"/ui/worker": {"get": {"operationId": "worker"}}}})
    if request.path == "/api/v2/plugins":
        apps = [{"url_prefix": "/edge"}, {"url_prefix": None}, {"url_prefix": "/no"}]
        return reply({"plugins": [{"fastapi_apps": apps}], "total_entries": 1})
    if request.path.startswith("/no/"):
        return reply("<html>", kind="text/html")
    return reply({"workers": [{"worker_name": "w1"}]})


def test_an_operation_of_a_newer_server_or_of_a_plugin(program: Program) -> None:
    with Stub(newer_server) as stub:
        ctl = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="a.b.c")
        done = ctl("api", "fly_kite", "kite=red kite", "wind=3", "height:=5")
        assert (done.err, done.code) == ("", 0)
        last = stub.requests[-1]
        assert (last.method, last.target, last.json) == (
            "PATCH", "/api/v9/kites/red%20kite?wind=3", {"height": 5},
        )  # fmt: skip
        assert last.headers["authorization"] == "Bearer a.b.c"
        assert ctl("api", "worker", "-o", "name").lines == ["w1"]
        assert stub.requests[-1].target == "/edge/ui/worker"
        assert "did you mean fly_kite?" in ctl("api", "fly_kit").err
        assert "fly_kite\tPATCH" in ctl("api", "list", "--remote").out
        # Paths that nobody described: fields go where they usually do.
        ctl("api", "POST", "/edge/ui/x", "a=1", "b:=2")
        assert (stub.requests[-1].target, stub.requests[-1].json) == ("/edge/ui/x", {"a": "1", "b": 2})
        ctl("api", "GET", "/edge/ui/x?c=1", "a=1", "a=2")
        assert stub.requests[-1].target == "/edge/ui/x?c=1&a=1&a=2"


def test_a_change_is_sent_once(program: Program) -> None:
    with Stub(lambda request: reply({"detail": "no"}, 503)) as stub:
        ctl = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="a.b.c")
        done = ctl("api", "post_pool", "name=x", "slots:=1")
        assert (done.code, "it may have been done" in done.err) == (3, True)
        assert stub.sent == ["POST /api/v2/pools"]


def test_an_old_server_is_told_before_anything_is_sent(program: Program) -> None:
    with Stub(lambda request: reply({"version": "3.0.6"})) as stub:
        ctl = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="a.b.c")
        for line, words in (
            (["favorite_dag", "dag_id=x"], "favorite_dag needs Airflow 3.1"),
            (
                ["POST", "/api/v2/variables", "key=a", "value=b", "team_name=c"],
                "post_variable needs Airflow 3.2",
            ),
            (["get_dag_runs", "dag_id=~", "cursor="], "get_dag_runs needs Airflow 3.2"),
        ):
            assert f"{words}, and {stub.url} has 3.0.6" in ctl("api", *line).err
        assert set(stub.sent) == {"GET /api/v2/version"}


def texts(line: str, program: Program) -> list[str]:
    from airflowctl.core.options import SHELL, Options
    from airflowctl.output.streams import Streams

    session = new_session(Streams(environ=program.environ), Options(), SHELL)
    return [item.text for item in suggest(line, Grammar(), SessionNames(session)).items]


def test_operations_and_their_fields_complete(program: Program) -> None:
    assert texts("api get_poo", program) == ["get_pool", "get_pools"]
    assert {"list", "get_pools", "GET"} <= set(texts("api ", program))
    assert texts("api get_pool ", program) == ["pool_name="]
    assert texts("api post_pool na", program)[0] == "name="
    assert texts("api GET /api/v2/poo", program)[0] == "/api/v2/pools"
    assert "limit=" in texts("api GET /api/v2/pools ", program)
    assert texts("api no_such ", program) == []


def test_a_line_with_a_secret_is_not_kept() -> None:
    assert is_private("api post_connection connection_id=x conn_type=y password=hunter2")
    assert is_private("api post_variable description=x key=db_password value=hunter2")
    assert not is_private("api get_pool pool_name=x")


def test_help_tells_of_the_list(program: Program) -> None:
    assert "api list" in program("help", "api").out
    assert registry.summary("api") == "Any operation of the API, by its id or its path"
