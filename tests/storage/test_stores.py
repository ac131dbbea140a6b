"""The real stores: the kernel's keyring, a gnome-keyring, the encrypted file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from airflowctl.core.errors import StoreUnavailable
from airflowctl.storage.secrets.kernel_keyring import KernelKeyring
from airflowctl.storage.secrets.store import Key
from tests.support.keyrings import Kept, kernel_keyring, key_in
from tests.support.private_files import write_private
from tests.support.program import Done, Program
from tests.support.screen import Screen
from tests.support.stub import TOKEN, Stub, wants_login
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("cheap")


URL = "http://localhost:8080"
PASSPHRASE = "correct horse battery staple"


def python(code: str, *arguments: str, **environ: str) -> str:
    """What a program of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# The kernel's keyring.


@pytest.fixture
def key() -> Key:
    """One that nobody else has."""
    return Key(URL, f"test-{uuid4().hex[:10]}")


@pytest.fixture
def kernel(key: Key) -> Iterator[KernelKeyring]:
    store = kernel_keyring()
    yield store
    store.delete(key)


@pytest.mark.parametrize(
    "text", ["x", "pässwörd 日本 \n\0 end", "y" * 32_767], ids=["short", "any", "longest"]
)
def test_the_kernel_gives_back_what_it_got(kernel: KernelKeyring, key: Key, text: str) -> None:
    kernel.set(key, text, None)
    assert kernel.get(key) == text
    kernel.set(key, "another", 60)
    assert kernel.get(key) == "another"


def test_the_kernel_forgets_in_time(kernel: KernelKeyring, key: Key) -> None:
    began = time.monotonic()
    kernel.set(key, "text", 1)
    assert kernel.get(key) == "text"
    until(lambda: kernel.get(key) is None, "an end", within=10)
    assert time.monotonic() - began >= 1
    kernel.set(key, "again", 60)
    assert kernel.get(key) == "again"


def test_a_time_can_be_made_longer(kernel: KernelKeyring, key: Key) -> None:
    kernel.set(key, "text", 1)
    kernel.set(key, "text", 60)
    end = time.monotonic() + 2.5
    until(lambda: time.monotonic() > end, "a later moment")
    assert kernel.get(key) == "text"


def test_what_is_too_long_for_the_kernel(kernel: KernelKeyring, key: Key) -> None:
    kernel.set(key, "before", None)
    with pytest.raises(StoreUnavailable, match="too long"):
        kernel.set(key, "z" * 32_768, None)
    assert kernel.get(key) == "before"


def test_what_the_kernel_has_not(kernel: KernelKeyring, key: Key) -> None:
    assert kernel.get(key) is None
    assert kernel.delete(key) is False


def test_what_is_deleted_is_gone(kernel: KernelKeyring, key: Key) -> None:
    kernel.set(key, "text", None)
    assert kernel.delete(key) is True
    assert kernel.get(key) is None
    assert kernel.delete(key) is False


def test_each_server_and_environment_has_its_own(kernel: KernelKeyring, key: Key) -> None:
    other = key._replace(realm=f"{URL}/team-a")
    kernel.set(key, "one", None)
    assert kernel.get(other) is None
    assert kernel.get(key._replace(name="x" + key.name)) is None


READS = """
import ctypes, os, platform, sys
from airflowctl.storage.secrets.kernel_keyring import KernelKeyring
from airflowctl.storage.secrets.store import Key
os.setsid()
print(KernelKeyring().get(Key(*sys.argv[1:])))
"""


def test_another_session_of_this_person_reads_it(kernel: KernelKeyring, key: Key) -> None:
    kernel.set(key, "text", 60)
    assert python(READS, *key) == "text\n"


def test_somebody_else_does_not(kernel: KernelKeyring, key: Key) -> None:
    if os.getuid() != 0:
        pytest.skip("needs root, which alone can become another user")
    kernel.set(key, "text", 60)
    assert python(READS.replace("os.setsid()", "os.setuid(65534)"), *key) == "None\n"
    assert key.name not in python("import os; os.setuid(65534); print(open('/proc/keys').read())")


# By `auth login`.


@pytest.fixture
def person(program: Program, locked: Stub, tmp_path: Path) -> Iterator[Program]:
    """Somebody who says nothing of a store, with a passphrase in a file."""
    file = tmp_path / "passphrase"
    write_private(file, PASSPHRASE + "\nanother line\n")
    own = program.with_environ(AIRFLOWCTL_STORE="", AIRFLOWCTL_PASSPHRASE_FILE=str(file))
    yield own
    if (tmp_path / "airflowctl" / "environments" / "default.toml").exists():
        own("env", "remove", "default")


def log_in(person: Program, locked: Stub, *more: str, **how: Any) -> Done:
    line = ("auth", "login", "--url", locked.url, "-u", "ann", "--password-stdin", *more)
    return person(*line, stdin="hunter22\n", **how)


PLACES = {
    "keyring": "the system keyring",
    "kernel": "the kernel's keyring",
    "encrypted-file": "an encrypted file",
}


@pytest.mark.parametrize("store", PLACES)
def test_a_login_is_kept_where_somebody_wants_it(
    person: Program, locked: Stub, kernel: KernelKeyring, kept: Kept, store: str, tmp_path: Path, home: Path
) -> None:
    done = log_in(person, locked, "--store", store)
    assert (done.err, done.code) == ("", 0)
    assert f"kept in {PLACES[store]}" in done.out
    assert person("pools", "get", "p").code == 0
    assert person("auth", "status", "-o", "json").json["token_from"] == store
    assert bool(kept.values) is (store == "keyring")
    key = key_in(home)
    assert bool(kernel.get(key)) is (store == "kernel")
    assert bool(list(tmp_path.rglob("*.enc"))) is (store == "encrypted-file")
    assert person("auth", "logout").code == 0
    assert (kept.values, kernel.get(key), list(tmp_path.rglob("*.enc"))) == (
        {},
        None,
        [],
    )
    assert person("pools", "get", "p").code == 4


@pytest.mark.parametrize("option", [(), ("--store", "auto")])
def test_without_a_system_keyring_it_is_the_kernels(
    person: Program, locked: Stub, kernel: KernelKeyring, option: tuple[str, ...]
) -> None:
    done = log_in(person, locked, *option)
    assert done.code == 0
    assert "kept in the kernel's keyring" in done.out
    assert "no system keyring works here" in done.out


@pytest.mark.parametrize("option", [(), ("--store", "auto")])
def test_with_one_it_is_the_systems(
    person: Program, locked: Stub, kernel: KernelKeyring, kept: Kept, option: tuple[str, ...], home: Path
) -> None:
    assert "kept in the system keyring" in log_in(person, locked, *option).out
    assert kernel.get(key_in(home)) is None


def test_memory_is_for_sessions_only(person: Program, locked: Stub) -> None:
    done = log_in(person, locked, "--store", "memory")
    assert (done.out, done.code) == ("", 4)
    assert "memory ends with this command" in done.err
    lines = f"auth login --url {locked.url} -u ann -p hunter22 --store memory\npools get p -o name\n"
    done = person(stdin=lines)
    assert (done.err, done.code) == ("", 0)
    assert "kept in memory until this ends" in done.out
    assert person("pools", "get", "p").code == 4


def test_there_is_no_other_store(person: Program, locked: Stub) -> None:
    for done in (
        log_in(person, locked, "--store", "plaintext"),
        log_in(person.with_environ(AIRFLOWCTL_STORE="plaintext"), locked),
    ):
        assert (done.out, done.code) == ("", 2)
        assert "'plaintext'" in done.err
        assert "encrypted-file" in done.err


def test_what_is_wanted_and_fails_is_not_replaced_in_silence(
    person: Program, locked: Stub, kernel: KernelKeyring, tmp_path: Path
) -> None:
    done = log_in(person, locked, "--store", "keyring")
    assert (done.out, done.code) == ("", 4)
    assert "no system keyring works here" in done.err
    assert not list(tmp_path.rglob("*.toml"))


def test_an_encrypted_file_is_asked_for_once(person: Program, locked: Stub, kernel: KernelKeyring) -> None:
    log_in(person, locked, "--store", "encrypted-file")
    assert "kept in an encrypted file" in log_in(person, locked).out
    assert "kept in the kernel's keyring" in log_in(person, locked, "--store", "kernel").out


ORDER = [("kernel", "encrypted-file"), ("keyring", "kernel"), ("encrypted-file", "keyring")]


@pytest.mark.parametrize(("first", "second"), ORDER)
def test_a_login_is_in_one_store_at_a_time(
    person: Program,
    locked: Stub,
    kernel: KernelKeyring,
    kept: Kept,
    first: str,
    second: str,
    tmp_path: Path,
    home: Path,
) -> None:
    keys = []
    for store in (first, second):
        assert log_in(person, locked, "--store", store).code == 0
        keys.append(key_in(home))
    found = {
        "keyring": bool(kept.values),
        "kernel": any(map(kernel.get, keys)),
        "encrypted-file": bool(list(tmp_path.rglob("*.enc"))),
    }
    assert [name for name, is_there in found.items() if is_there] == [second]
    assert person("pools", "get", "p").code == 0


@pytest.mark.parametrize("store", ["kernel", "keyring", "encrypted-file"])
def test_an_environment_that_moves_leaves_no_login_behind(
    person: Program, locked: Stub, kernel: KernelKeyring, kept: Kept, store: str, home: Path
) -> None:
    log_in(person, locked, "--store", store)
    before = key_in(home)
    with Stub(wants_login) as other:
        done = log_in(person, other, "--store", store)
        assert done.code == 0
        assert f"was {locked.url} before" in done.err
        assert person("pools", "get", "p").code == 0
        assert len(kept.values) == (store == "keyring")
        assert kernel.get(before) is None
        person("auth", "logout")


def test_a_login_of_another_kind_leaves_none_behind(
    person: Program, locked: Stub, kernel: KernelKeyring, home: Path
) -> None:
    log_in(person, locked, "--store", "kernel")
    key = key_in(home)
    line = ("auth", "login", "--url", locked.url, "--method", "command", "--", "echo", TOKEN)
    assert person(*line).code == 0
    assert kernel.get(key) is None


# The passphrase.


def test_a_passphrase_is_asked_for_at_a_terminal(person: Program, locked: Stub, tmp_path: Path) -> None:
    own = person.with_environ(AIRFLOWCTL_PASSPHRASE_FILE="", AIRFLOWCTL_STORE="encrypted-file")
    with Screen(own, "auth", "login", "--url", locked.url, "-u", "ann", "-p") as screen:
        screen.until("Password of ann:")
        screen.type("hunter22\n")
        screen.until("Passphrase of the encrypted file:")
        screen.type("typed-passphrase\n")
        screen.until("The same passphrase again:")
        screen.type("typed-passphrase\n")
        screen.until("kept in an encrypted file")
        assert screen.end() == 0
        assert "typed-passphrase" not in screen.raw


def test_the_shell_asks_for_the_passphrase_once(person: Program, locked: Stub, tmp_path: Path) -> None:
    """Where a command needs it: what looks for the login behind the prompt can't ask."""
    log_in(person, locked, "--store", "encrypted-file")
    with Screen(person.with_environ(AIRFLOWCTL_PASSPHRASE_FILE="")) as screen:
        screen.until("not logged in to|not logged in: auth login")
        screen.type("pools get p -o name\n")
        screen.until("Passphrase of the encrypted file:")
        screen.type("not the right one\n")
        screen.until("the passphrase does not open")
        screen.prompt()
        screen.type("auth status\n")
        screen.until("not logged in")
    with Screen(person.with_environ(AIRFLOWCTL_PASSPHRASE_FILE="")) as screen:
        screen.until("not logged in to|not logged in: auth login")
        screen.type("pools get p -o name\n")
        screen.until("Passphrase of the encrypted file:")
        screen.type(PASSPHRASE + "\n")
        screen.until("^p$")
        screen.prompt()
        screen.type(f"auth login --url {locked.url} -u ann -p\n")
        screen.until("Password of ann:")
        screen.type("hunter22\n")
        screen.until("kept in an encrypted file")
        screen.prompt()
        screen.type("auth status\n")
        screen.until("status +logged in")
        assert screen.raw.count("Passphrase") == 1
        assert PASSPHRASE not in screen.raw


def test_without_anybody_to_ask_the_variable_is_named(person: Program, locked: Stub) -> None:
    own = person.with_environ(AIRFLOWCTL_PASSPHRASE_FILE="")
    done = log_in(own, locked, "--store", "encrypted-file")
    assert (done.out, done.code) == ("", 4)
    assert "no passphrase, and no terminal to ask at" in done.err
    log_in(person, locked, "--store", "encrypted-file")
    done = own("pools", "get", "p")
    assert (done.out, done.code) == ("", 4)
    assert "no passphrase, and no terminal to ask at" in done.err


@pytest.mark.parametrize("content", [None, "", "\n", b"\xff\xfe"])
def test_a_file_without_a_passphrase(
    person: Program, locked: Stub, tmp_path: Path, content: str | bytes | None
) -> None:
    file = tmp_path / "passphrase"
    file.unlink()
    if content is not None:
        write_private(file, content)
    done = log_in(person, locked, "--store", "encrypted-file")
    assert (done.out, done.code) == ("", 4)
    assert "passphrase" in done.err
    assert "unexpected" not in done.err


def test_another_passphrase_is_said(person: Program, locked: Stub, tmp_path: Path) -> None:
    log_in(person, locked, "--store", "encrypted-file")
    (tmp_path / "passphrase").write_text("another-passphrase\n")
    done = person("pools", "get", "p")
    assert (done.out, done.code) == ("", 4)
    assert "the passphrase does not open" in done.err
    assert "another-passphrase" not in done.err
    assert person("auth", "logout").code == 0  # which needs none
