"""What `auth import` takes over from files that other programs and other users could have written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.keyrings import Kept
from tests.support.other_user import UID, needs_root
from tests.support.program import Done, Program
from tests.support.stub import Stub

TOKEN = "offic.ial.token"


@pytest.fixture
def official(tmp_path: Path, kept: Kept, stub: Stub) -> Path:
    """The folder of the official program, logged in to `stub` as production."""
    folder = tmp_path / "official"
    folder.mkdir()
    (folder / "production.json").write_text(json.dumps({"api_url": stub.url}))
    kept.values["airflowctl", "api_token_production"] = TOKEN
    return folder


@pytest.fixture
def own(program: Program, official: Path) -> Program:
    return program.with_environ(AIRFLOW_HOME=str(official))


def was_sent(stub: Stub) -> bool:
    return any(TOKEN in str(request.headers) for request in stub.requests)


def test_it_shows_which_token_goes_where_and_asks(own: Program, stub: Stub, home: Path) -> None:
    done = own("auth", "import", answers="n\n")
    assert (done.out, done.code) == ("", 2)
    assert f"token of production in the keyring would be sent to {stub.url}" in done.err
    assert not home.exists()
    done = own("auth", "import", answers="y\n")
    assert (done.code, "address and login" in done.out) == (0, True)
    assert own("pools", "get", "p", "-e", "production").code == 0
    assert was_sent(stub)


def test_without_a_terminal_it_wants_yes(own: Program, stub: Stub, home: Path) -> None:
    done = own("auth", "import")
    assert (done.out, done.code) == ("", 2)
    assert "--yes" in done.err
    assert not home.exists()
    assert own("auth", "import", "--yes").code == 0
    assert own("pools", "get", "p", "-e", "production").code == 0


def is_left_out(done: Done, own: Program, stub: Stub, said: str) -> bool:
    assert said in done.out + done.err, done
    assert (done.code, was_sent(stub)) == (1, False)
    return own("pools", "get", "p", "-e", "production").code == 2


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o602])
@pytest.mark.parametrize("name", ["production.json", ""], ids=["file", "folder"])
def test_what_others_can_write_is_left_out(
    own: Program, official: Path, stub: Stub, name: str, mode: int
) -> None:
    (official / name).chmod(mode | (0 if name else 0o111))
    done = own("auth", "import", "--yes", "-o", "json")
    assert is_left_out(done, own, stub, f"others can write to {official / name}")


@needs_root
@pytest.mark.parametrize("name", ["production.json", ""], ids=["file", "folder"])
def test_what_belongs_to_another_user_is_left_out(
    own: Program, official: Path, stub: Stub, name: str
) -> None:
    os.chown(official / name, UID, UID)
    done = own("auth", "import", "--yes", "-o", "json")
    assert is_left_out(done, own, stub, f"{official / name} belongs to")


def test_a_link_is_left_out_and_the_others_are_taken(
    own: Program, official: Path, stub: Stub, tmp_path: Path
) -> None:
    (official / "production.json").rename(tmp_path / "elsewhere.json")
    (official / "production.json").symlink_to(tmp_path / "elsewhere.json")
    (official / "staging.json").write_text(json.dumps({"api_url": "https://staging.example.org"}))
    done = own("auth", "import", "--yes", "-o", "json")
    assert is_left_out(done, own, stub, "is a link")
    assert {row["environment"]: row["result"] for row in done.json}["staging"].startswith("address only")


def test_a_pipe_does_not_hang(own: Program, official: Path, stub: Stub) -> None:
    (official / "production.json").unlink()
    os.mkfifo(official / "production.json", 0o600)
    assert is_left_out(own("auth", "import", "--yes", "-o", "json"), own, stub, "not a regular file")


def test_a_relative_home_of_the_official_program_is_an_error(own: Program, official: Path) -> None:
    done = own.with_environ(AIRFLOW_HOME="official")("auth", "import", "--yes")
    assert (done.out, done.code) == ("", 2)
    assert "AIRFLOW_HOME is 'official'" in done.err


def test_what_is_known_of_the_environment_is_kept(own: Program, stub: Stub) -> None:
    for line in ("auth import --yes", "env set production --read-only", "auth logout -e production"):
        assert own(*line.split()).code == 0
    assert own("auth", "import", "--yes").code == 0
    assert was_sent(stub)
    known = own("env", "show", "production", "-o", "json").json
    assert (known["read_only"], known["method"]) == (True, "password")
