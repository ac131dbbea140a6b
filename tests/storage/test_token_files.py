"""Token and passphrase files that the user names: which are read, and which are refused before a request."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from airflowctl.core import secret_files
from airflowctl.core.errors import ConfigError
from airflowctl.core.secret_files import read_secret
from tests.support.environment_files import write
from tests.support.other_user import UID, folder_for, needs_root, run_as
from tests.support.private_files import write_private
from tests.support.program import Done, Program
from tests.support.stub import Stub

SECRET = "s3cret-canary"
LINE = ("pools", "get", "p")


def by_variable(program: Program, stub: Stub, file: str) -> Done:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN_FILE=file)(*LINE)


def by_option(program: Program, stub: Stub, file: str) -> Done:
    done = program("auth", "login", "--url", stub.url, "--token-file", file)
    return program(*LINE) if done.code == 0 else done


def by_setting(program: Program, stub: Stub, file: str) -> Done:
    home = Path(program.environ["AIRFLOWCTL_HOME"])
    write(home, "x", f'url = "{stub.url}"\nmethod = "static"\n[settings]\ntoken_file = "{file}"\n')
    return program(*LINE, "-e", "x")


WAYS = [by_variable, by_option, by_setting]
Way = Callable[[Program, Stub, str], Done]


def sent(stub: Stub) -> set[str]:
    return {request.headers.get("authorization", "") for request in stub.requests}


def is_refused(done: Done, stub: Stub, *said: str) -> bool:
    assert (done.out, done.code) == ("", 2), done
    assert not any(SECRET in text for text in sent(stub))
    assert [each for each in said if each not in done.err] == []
    return SECRET not in done.err


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_the_user_alone(program: Program, stub: Stub, tmp_path: Path, way: Way, mode: int) -> None:
    write_private(tmp_path / "token", f"{SECRET}\n").chmod(mode)
    assert way(program, stub, str(tmp_path / "token")).code == 0
    assert f"Bearer {SECRET}" in sent(stub)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("mode", "said"),
    [
        *((mode, "others can write to it") for mode in (0o666, 0o620, 0o602)),
        *((mode, "others can read it") for mode in (0o644, 0o640, 0o604)),
    ],
)
def test_modes_that_are_refused(
    program: Program, stub: Stub, tmp_path: Path, way: Way, mode: int, said: str
) -> None:
    file = write_private(tmp_path / "token", SECRET)
    file.chmod(mode)
    assert is_refused(way(program, stub, str(file)), stub, said, f"chmod 600 {file}")


@pytest.mark.parametrize("mode", [0o666, 0o640])
def test_a_passphrase_is_read_by_the_same_rules(
    program: Program, locked: Stub, tmp_path: Path, mode: int
) -> None:
    file = write_private(tmp_path / "pass phrase", "correct horse battery\n")
    own = program.with_environ(AIRFLOWCTL_STORE="encrypted-file", AIRFLOWCTL_PASSPHRASE_FILE=str(file))
    line = ("auth", "login", "--url", locked.url, "-u", "ann", "--password-stdin")
    file.chmod(mode)
    done = own(*line, stdin="hunter22\n")
    assert (done.out, done.code) == ("", 4)
    assert "passphrase" in done.err and f"chmod 600 '{file}'" in done.err
    assert not list(tmp_path.rglob("*.enc"))
    file.chmod(0o600)
    assert own(*line, stdin="hunter22\n").code == 0


def test_links_are_followed_as_mounted_secrets_need_it(program: Program, stub: Stub, tmp_path: Path) -> None:
    write_private(tmp_path / "token", SECRET)
    (tmp_path / "..data").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to(Path("..data") / "token")
    assert by_variable(program, stub, str(tmp_path / "link")).code == 0
    (tmp_path / "token").chmod(0o644)
    stub.requests.clear()
    assert is_refused(by_variable(program, stub, str(tmp_path / "link")), stub, "others can read it")


@needs_root
def test_a_file_of_another_user_is_refused_and_one_of_root_is_not(stub: Stub) -> None:
    """A secret that root mounts for a service is root's, and often everybody may read it."""
    with folder_for(0) as folder:
        file = write_private(folder / "token", SECRET)
        file.chmod(0o644)
        named = {"AIRFLOWCTL_URL": stub.url, "AIRFLOW_CLI_TOKEN_FILE": str(file), "HOME": str(folder)}
        assert run_as(UID, *LINE, **named).code == 0
        os.chown(file, 0, UID)
        file.chmod(0o440)
        assert run_as(UID, *LINE, **named).code == 0
        stub.requests.clear()
        file.chmod(0o460)
        assert is_refused(run_as(UID, *LINE, **named), stub, "others can write to it")
        for mode in (0o444, 0o600, 0o666):
            os.chown(file, UID + 1, UID + 1)
            file.chmod(mode)
            assert is_refused(run_as(0, *LINE, **named), stub, "it belongs to")


@needs_root
def test_a_secret_on_a_read_only_mount_keeps_its_mode(tmp_path: Path) -> None:
    """In a container whose user is root: nobody there could change the mode."""
    write_private(tmp_path / "token", SECRET).chmod(0o644)
    code = "import sys; from airflowctl.core.secret_files import read_secret as r; print(r(sys.argv[1], 99))"
    mount = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,bind,ro {tmp_path}"
    line = f"({mount}) 2>/dev/null || exit 77; exec {sys.executable} -c '{code}' {tmp_path}/token"
    done = subprocess.run(["unshare", "-m", "sh", "-c", line], capture_output=True, text=True, check=False)
    if done.returncode in (1, 77) and "Error" not in done.stderr:
        pytest.skip("this machine lets nobody mount")
    assert (done.stdout.strip(), done.returncode) == (repr(SECRET.encode()), 0), done


# Pipes.

bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
PROGRAM = f"{sys.executable} -m airflowctl"


def in_bash(program: Program, line: str, **environ: str) -> Done:
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**program.process_environ, **environ}, check=False,
    )  # fmt: skip
    return Done(done.stdout, done.stderr, done.returncode)


@bash
@pytest.mark.parametrize(
    "writes", [f"echo {SECRET}", f"sleep 0.3; printf {SECRET}"], ids=["at once", "later"]
)
def test_process_substitution(program: Program, stub: Stub, writes: str) -> None:
    line = f"AIRFLOW_CLI_TOKEN_FILE=<({writes}) {PROGRAM} pools get p -o name"
    assert in_bash(program, line, AIRFLOWCTL_URL=stub.url) == Done("p\n", "", 0)
    assert f"Bearer {SECRET}" in sent(stub)


@bash
@pytest.mark.parametrize(
    "line",
    [
        "auth token --token-file <(echo s3cret-canary)",
        "auth token --token-file /dev/stdin < <(echo s3cret-canary)",
        "auth token --token-file /dev/fd/7 7< <(echo s3cret-canary)",
        "auth token --token-file /dev/stdin <<< s3cret-canary",
    ],
)
def test_a_pipe_that_the_line_opens(program: Program, stub: Stub, line: str) -> None:
    done = in_bash(program, f"{PROGRAM} {line}", AIRFLOWCTL_URL=stub.url)
    assert (done.out, done.code) == (f"{SECRET}\n", 0), done


def test_a_named_pipe_with_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with subprocess.Popen(["sh", "-c", f"echo {SECRET} > {tmp_path / 'pipe'}"]):
        assert read_secret(str(tmp_path / "pipe"), 100) == f"{SECRET}\n".encode()


def test_a_named_pipe_that_others_can_write_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "pipe").chmod(0o622)
    writes = ["sh", "-c", f"echo {SECRET} > {tmp_path / 'pipe'}"]
    with subprocess.Popen(writes), pytest.raises(ConfigError, match="others can write"):
        read_secret(str(tmp_path / "pipe"), 100)


@pytest.mark.parametrize("way", WAYS)
def test_a_named_pipe_without_a_writer_ends(
    program: Program, stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    monkeypatch.setattr(secret_files, "LIMIT", 0.2)
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert is_refused(way(program, stub, str(tmp_path / "pipe")), stub, "nothing came through it")


@pytest.mark.parametrize(
    ("path", "said"),
    [("/dev/zero", "neither a file nor a pipe"), ("/dev/null", "neither"), ("/tmp", "neither")],
)
def test_what_is_neither(program: Program, stub: Stub, path: str, said: str) -> None:
    assert is_refused(by_variable(program, stub, path), stub, said)


def test_a_file_without_an_end(program: Program, stub: Stub, tmp_path: Path) -> None:
    write_private(tmp_path / "token", b"x" * 300_000)
    assert is_refused(by_variable(program, stub, str(tmp_path / "token")), stub, "larger than")
