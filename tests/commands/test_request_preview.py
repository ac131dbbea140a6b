"""`--print-as`: each command prints its requests or is refused with 2, and nothing reaches the server."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from airflowctl.core.command import Command
from airflowctl.session import registry
from tests.support.command_lines import COMMANDS, line
from tests.support.program import Done, Program
from tests.support.rows import every_row
from tests.support.skips import require_program
from tests.support.stub import Stub

OTHERS = [command for command in registry.all_commands() if command not in COMMANDS]
ODD = 'it\'s "a" $(touch x) `y` %41 ü\\(z) {a} [b] & ?'


@pytest.fixture
def unasked(program: Program, stub: Stub) -> Program:
    """The program without any login, at a server that would answer."""
    return program.with_environ(AIRFLOWCTL_URL=stub.url)


def is_refusal(done: Done) -> bool:
    return done.code == 2 and done.out == "" and done.err.startswith("error: ")


@pytest.mark.usefixtures("in_a_folder")
@every_row("command", COMMANDS, ids=lambda command: command.line)
def test_each_command_prints_or_refuses(command: Command, unasked: Program, stub: Stub) -> None:
    done = unasked(*line(command), "--print-as", "curl")
    other = unasked(*line(command), "--print-as", "python")
    assert stub.requests == []
    if done.code:
        assert is_refusal(done) and is_refusal(other)
        return
    assert done.out.isascii() and f"'{stub.url}/" in done.out
    subprocess.run(["sh", "-n"], input=done.out, text=True, check=True)
    compile(other.out, command.line, "exec")


@pytest.mark.parametrize("command", OTHERS, ids=lambda command: command.line)
def test_a_command_without_a_request_of_its_own_is_refused(
    command: Command, unasked: Program, stub: Stub
) -> None:
    done = unasked("--print-as", "curl", *line(command))
    assert done.code == 2 or command.line == "api", done
    assert stub.requests == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["time", "pools", "list", "--print-as", "curl"], "no request"),
        (["watch", "pools", "list", "--print-as", "curl"], "no request"),
        (["dags", "trigger", "etl", "--wait", "--print-as", "curl"], "depend on the answer to POST"),
        (["dags", "trigger", "etl", "--unpause", "--print-as", "curl"], "depend on the answer to GET"),
        (["variables", "set", "x", "y", "--print-as", "curl"], "depend on the answer to PATCH"),
        (["pools", "update", "x", "--slots", "1", "--print-as", "curl"], "depend on the answer to GET"),
        (["dags", "pause", "--pattern", "%", "-y", "--print-as", "curl"], "depend on the answer to GET"),
        (["api", "no_such_operation", "--print-as", "curl"], "is not known without the server"),
        (["--classic", "pools", "list", "--print-as", "curl"], "leave out --classic"),
        (["pools", "create", "x", "0x2", "--print-as", "curl"], "'0x2'"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else None,
)
def test_what_depends_on_an_answer_is_refused(
    words: list[str], reason: str, unasked: Program, stub: Stub
) -> None:
    done = unasked(*words)
    assert is_refusal(done) and reason in done.err, done
    assert stub.requests == []


def test_a_read_only_line_prints_no_change(unasked: Program, stub: Stub) -> None:
    done = unasked("pools", "create", "x", "1", "--read-only", "--print-as", "curl")
    assert (done.code, done.out) == (4, "") and "read-only" in done.err
    assert unasked("pools", "get", "x", "--read-only", "--print-as", "curl").code == 0
    assert stub.requests == []


def test_a_dry_run_prints_what_a_dry_run_sends(unasked: Program) -> None:
    assert " -X DELETE" in unasked("pools", "delete", "x", "--print-as", "curl").out
    dry = unasked("pools", "delete", "x", "--dry-run", "--print-as", "curl").out
    assert " -X " not in dry and "/pools/x'" in dry


def test_a_list_says_that_there_are_more_pages(unasked: Program) -> None:
    assert "# the first page" in unasked("pools", "list", "--print-as", "curl").out
    assert "# the first page" not in unasked("pools", "list", "--limit", "5", "--print-as", "curl").out
    assert is_refusal(unasked("api", "get_pools", "--paginate", "--print-as", "curl"))


def test_a_batch_prints_each_line_and_stops_at_a_refusal(
    unasked: Program, stub: Stub, tmp_path: Path
) -> None:
    done = unasked("--print-as", "curl", "-f", "-", stdin="pools get a\ndags pause b\n")
    assert done.code == 0 and done.out.count("curl -sS") == 2
    done = unasked("-f", "-", stdin="pools get a --print-as curl\nwhy b --print-as curl\npools delete c -y\n")
    assert done.code == 2 and done.out.count("curl -sS") == 1 and "cannot be printed" in done.err
    done = unasked("--print-as", "curl", "-f", "-", "--journal", str(tmp_path / "j"), stdin="pools get a\n")
    assert is_refusal(done) and not (tmp_path / "j").exists()
    assert stub.requests == []


@pytest.mark.parametrize("language", ["curl", "python"])
@pytest.mark.parametrize(
    "words",
    [
        ["variables", "create", "x", "hunter2-canary"],
        ["connections", "add", "x", "--conn-type", "http", "--conn-password", "hunter2-canary"],
        ["connections", "add", "x", "--conn-uri", "http://u:hunter2-canary@h"],
        [
            "connections",
            "add",
            "x",
            "--conn-json",
            '{"conn_type": "http", "extra": {"api_key": "hunter2-canary"}}',
        ],
        ["api", "post_connection", "connection_id=x", "conn_type=http", "password=hunter2-canary"],
        ["api", "post_variable", "key=x", "value=hunter2-canary"],
        ["dags", "trigger", "etl", "--conf", '{"db": {"password": "hunter2-canary"}}'],
    ],
    ids=lambda words: " ".join(words[:3]) if isinstance(words, list) else None,
)
def test_no_secret_is_printed(words: list[str], language: str, unasked: Program) -> None:
    done = unasked(*words, "--print-as", language)
    assert done.code == 0 and "SECRET_" in done.out, done
    assert "hunter2" not in done.out + done.err


def test_certificates_are_options(unasked: Program) -> None:
    done = unasked("pools", "get", "x", "--insecure", "--print-as", "curl")
    assert "--insecure" in done.out
    done = unasked("pools", "get", "x", "--insecure", "--print-as", "python")
    assert "CERT_NONE" in done.out and "context=context" in done.out


# On a real Airflow: what is printed does what the line does.


def run(language: str, text: str, folder: Path, **environ: str) -> str:
    """Run what was printed, in an empty folder; its standard output."""
    command = ["sh", "-c", text] if language == "curl" else [sys.executable, "-c", text]
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **environ},
        cwd=folder,
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr, list(folder.iterdir())) == (0, "", []), done
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


@pytest.mark.parametrize("language", ["curl", "python"])
def test_a_printed_line_does_what_the_line_does(
    language: str, ctl: Program, token: str, folder: Path
) -> None:
    require_program("curl", language)
    name = f"{uuid4().hex[:8]} {ODD}"
    for words in (
        ["pools", "create", name, "3", "--description", ODD],
        ["pools", "get", name],
        ["dags", "list", "-n", "2"],
    ):
        done = ctl(*words, "--print-as", language)
        assert done.code == 0, done
        answer = json.loads(run(language, done.out, folder, AIRFLOW_CLI_TOKEN=token))
        if words[1] == "list":
            assert answer["dags"] == ctl(*words, "-o", "json").json
        else:
            assert answer == ctl("pools", "get", name, "-o", "json").json
            assert answer["description"] == ODD
    run(language, ctl("pools", "delete", name, "--print-as", language).out, folder, AIRFLOW_CLI_TOKEN=token)
    assert ctl("pools", "get", name).code == 1


@pytest.mark.parametrize("language", ["curl", "python"])
def test_a_secret_comes_from_a_variable(
    language: str, ctl: Program, token: str, folder: Path, api: httpx.Client, forget: list[str]
) -> None:
    require_program("curl", language)
    require_program("jq", language)
    forget.append(key := f"printed_{uuid4().hex[:8]}")
    value = f"{ODD}\n\ttwo 'lines' \\n 12345678901234567890"
    printed = ctl("variables", "create", key, value, "--print-as", language).out
    assert value not in printed
    run(language, printed, folder, AIRFLOW_CLI_TOKEN=token, SECRET_VALUE=value)
    assert api.get(f"/variables/{key}").json()["value"] == value


def test_a_missing_variable_sends_no_empty_secret(ctl: Program, token: str, tmp_path: Path) -> None:
    require_program("jq", "curl")
    printed = ctl("variables", "create", key := f"missing_{uuid4().hex[:8]}", "x y", "--print-as", "curl").out
    environ = {"PATH": os.environ["PATH"], "AIRFLOW_CLI_TOKEN": token}
    done = subprocess.run(["sh", "-c", printed], env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode and "SECRET_VALUE is not set" in done.stderr
    assert ctl("variables", "get", key).code == 1


def test_words_of_a_shell_stay_words(unasked: Program) -> None:
    printed = unasked("dags", "pause", ODD.replace("/", ""), "--print-as", "curl").out
    words = shlex.split(printed, comments=True)
    assert words[:2] == ["curl", "-sS"] and '{"is_paused": true}' in words
