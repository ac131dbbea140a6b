"""A login is one user's in one home: kept under an id of its own, compared on every use, and revoked by
whatever ends it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from local_airflow import LocalAirflow

from airflowctl.core.credential import Credential, read_credential
from airflowctl.core.errors import StoreUnavailable
from airflowctl.storage.secrets.kernel_keyring import KernelKeyring
from tests.support.environment_files import write
from tests.support.keyrings import kernel_keyring, key_in, keyring
from tests.support.program import Program
from tests.support.revocable_logins import STORES, Users, at, log_in, who
from tests.support.shell_driver import Desk
from tests.support.stub import Stub

pytestmark = pytest.mark.usefixtures("free")


def move(home: Path, old: str, new: str, name: str = "default") -> None:
    """Edit the address in an environment's file."""
    file = home / "environments" / f"{name}.toml"
    file.write_text(file.read_text().replace(f'\nurl = "{old}"', f'\nurl = "{new}"'))
    if file.read_text().startswith(f'url = "{old}"'):
        file.write_text(file.read_text().replace(f'url = "{old}"', f'url = "{new}"', 1))


# They never meet.


@pytest.mark.parametrize("store", STORES)
def test_two_homes_two_users(own: Program, revoking: Stub, users: Users, tmp_path: Path, store: str) -> None:
    one, two = at(own, tmp_path / "one"), at(own, tmp_path / "two")
    assert log_in(one, revoking.url, "viewer", "--store", store).code == 0
    assert log_in(two, revoking.url, "admin", "--store", store).code == 0
    assert (who(one), who(two)) == ("viewer", "admin")
    assert two("auth", "logout").code == 0
    assert who(one) == "viewer"
    assert "not logged in" in who(two)
    assert set(users.good.values()) == {"viewer"}
    assert one("env", "remove", "default").code == 0
    assert users.good == {}


@pytest.mark.parametrize("store", STORES)
def test_two_environments_of_one_name_and_address(
    own: Program, revoking: Stub, tmp_path: Path, store: str
) -> None:
    """Of one user, in two homes: a logout in one is none in the other."""
    one, two = at(own, tmp_path / "one"), at(own, tmp_path / "two")
    for person in (one, two):
        assert log_in(person, revoking.url, "ann", "--store", store).code == 0
    assert one("auth", "logout").code == 0
    assert who(two) == "ann"
    two("auth", "logout")


def test_in_memory_too(own: Program, revoking: Stub) -> None:
    lines = [
        f"auth login -e {name} --url {revoking.url} -u {user} -p hunter22 --store memory"
        for name, user in (("a", "ann"), ("b", "bob"))
    ]
    lines += [
        "pools get p -o name -e a",
        "pools get p -o name -e b",
        "auth logout -e b",
        "pools get p -o name -e a",
    ]
    done = own("-f", "-", stdin="\n".join(lines) + "\n")
    assert done.code == 0, done
    assert re.findall(r"^(ann|bob)$", done.out, re.M) == ["ann", "bob", "ann"]


@pytest.mark.parametrize("store", ["kernel", "keyring"])
def test_two_homes_on_a_real_server_in_real_keyrings(
    program: Program, airflow: LocalAirflow, tmp_path: Path, store: str
) -> None:
    kernel_keyring()
    with tempfile.TemporaryDirectory(prefix="kr") as folder, keyring(Path(folder)) as unlocked:
        base = program.with_environ(**unlocked.environ, AIRFLOWCTL_STORE=store)
        homes = {user: at(base, tmp_path / user) for user in ("viewer", "admin")}
        for person in homes.values():
            del person.environ["PYTHON_KEYRING_BACKEND"]
        for user, person in homes.items():
            login = ("auth", "login", "-e", "x", "--url", airflow.url, "-u", user, "--password-stdin")
            assert person.process(*login, stdin=airflow.password(user) + "\n").code == 0
        for user, person in homes.items():
            status = person.process("auth", "status", "-e", "x", "-o", "json").json
            assert (status["username"], status["token_from"]) == (user, store)
        line = ("variables", "set", "-e", "x", "of_two_homes", "1")
        assert homes["viewer"].process(*line).code == 4
        assert homes["admin"].process(*line).code == 0
        assert homes["admin"].process("variables", "delete", "-e", "x", "of_two_homes", "--yes").code == 0
        assert homes["admin"].process("auth", "logout", "-e", "x").code == 0
        assert homes["viewer"].process("pools", "list", "-e", "x").code == 0
        assert homes["viewer"].process("env", "remove", "x").code == 0


# Compared on every use.


@pytest.mark.parametrize("store", STORES)
def test_a_login_of_another_user_is_refused(own: Program, revoking: Stub, home: Path, store: str) -> None:
    log_in(own, revoking.url, "ann", "--store", store)
    file = home / "environments" / "default.toml"
    file.write_text(file.read_text().replace('username = "ann"', 'username = "bob"'))
    revoking.requests.clear()
    for line in ("pools list", "auth status", "auth token", "variables set a 1"):
        done = own(*line.split())
        assert (done.out, done.code) == ("", 4), line
        assert "the login kept for default is of ann, and its environment is bob's" in done.err
        assert f"auth login -e default --url {revoking.url} --username bob" in done.err
    assert revoking.requests == []
    assert own("auth", "logout").code == 0  # it can be given up all the same
    assert f"not logged in to {revoking.url}" in who(own)


def test_an_id_that_leads_out_of_the_folder_is_damage(own: Program, revoking: Stub, home: Path) -> None:
    for text in ("../../x", "A" * 32, "", "g" * 32, "a" * 31):
        write(home, "default", f'url = "{revoking.url}"\nstore = "encrypted-file"\nlogin = "{text}"\n')
        done = own("pools", "list")
        assert done.code == (1 if text else 4), text
        assert not text or "login is not the id of a login" in done.err


# What ends it revokes it.


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("end", ["auth logout", "env remove default"])
@pytest.mark.parametrize("moved", [False, True])
def test_an_end_finds_the_login_that_was_made(
    own: Program, revoking: Stub, users: Users, stub: Stub, home: Path, store: str, end: str, moved: bool
) -> None:
    log_in(own, revoking.url, "ann", "--store", store)
    assert who(own) == "ann"
    key = key_in(home)
    if moved:
        move(home, revoking.url, stub.url)
        own("pools", "list")
        assert not [one for one in stub.requests if "authorization" in one.headers]
    done = own(*end.split())
    assert (done.err, done.code) == ("", 0)
    assert users.good == {}
    assert KernelKeyring().get(key) is None
    assert not list(home.rglob("*.enc"))
    assert not [one for one in stub.requests if "authorization" in one.headers]


def test_a_logout_names_the_address_that_the_login_was_for(
    own: Program, revoking: Stub, stub: Stub, home: Path
) -> None:
    log_in(own, revoking.url, "ann", "--store", "kernel")
    move(home, revoking.url, stub.url)
    assert f"the login kept for default was made for {revoking.url}" in own("auth", "status").out
    assert own("auth", "logout").out == f"logged out of {revoking.url}\n"


@pytest.mark.parametrize("store", STORES)
def test_an_address_that_comes_back_has_its_login(
    own: Program, revoking: Stub, stub: Stub, home: Path, store: str
) -> None:
    log_in(own, revoking.url, "ann", "--store", store)
    move(home, revoking.url, stub.url)
    own("pools", "list")
    move(home, stub.url, revoking.url)
    assert who(own) == "ann"
    own("auth", "logout")


@pytest.mark.parametrize("first", STORES)
@pytest.mark.parametrize("second", STORES)
def test_a_second_login_ends_the_first(
    own: Program, revoking: Stub, users: Users, home: Path, first: str, second: str
) -> None:
    log_in(own, revoking.url, "ann", "--store", first)
    key, [token] = key_in(home), users.good
    done = log_in(own, revoking.url, "bob", "--store", second)
    assert (done.err, done.code) == ("", 0)
    assert token not in users.good
    assert (KernelKeyring().get(key), who(own)) == (None, "bob")
    own("auth", "logout")
    assert users.good == {}


def test_a_login_at_another_address_ends_that_at_the_first(
    own: Program, revoking: Stub, users: Users
) -> None:
    log_in(own, revoking.url, "ann", "--store", "kernel")
    with Stub(Users()) as other:
        assert log_in(own, other.url, "ann", "--store", "kernel").code == 0
        assert users.good == {}
        own("auth", "logout")


def test_the_same_token_again_stays_good(own: Program, revoking: Stub, users: Users) -> None:
    users.good["made.else.where"] = "ann"
    line = ("auth", "login", "--url", revoking.url, "--token-stdin", "--store", "kernel")
    for _ in range(2):
        assert own(*line, stdin="made.else.where\n").code == 0
        assert who(own) == "ann"
    own("auth", "logout")
    assert users.good == {}


@pytest.mark.parametrize("end", ["auth logout", "env remove default", "login"])
def test_a_server_that_is_away_is_said(own: Program, users: Users, revoking: Stub, end: str) -> None:
    with Stub(Users()) as gone:
        log_in(own, gone.url, "ann", "--store", "kernel")
    until = "the server still accepts that token until"
    if end == "login":
        done = log_in(own, revoking.url, "ann", "--store", "kernel")
        assert f"the login before this one, to {gone.url}, was not revoked: {until}" in done.err
        assert who(own) == "ann"
    else:
        done = own(*end.split(), "--request-timeout", "2")
        assert until in done.out + done.err
    assert done.code == 0
    own("env", "remove", "default")


def test_a_variable_does_not_hide_the_login_that_a_logout_ends(
    own: Program, revoking: Stub, users: Users
) -> None:
    log_in(own, revoking.url, "ann", "--store", "kernel")
    own.with_environ(AIRFLOW_CLI_TOKEN="another.to.ken")("auth", "logout")
    assert users.good == {}


def test_another_process_that_logs_in_again_is_followed(own: Program, revoking: Stub, users: Users) -> None:
    log_in(own, revoking.url, "ann", "--store", "kernel")
    again = f"!{_login_line(revoking.url)}"
    done = own.with_environ(SHELL="/bin/sh")(
        "-f", "-", stdin=f"pools get p -o name\n{again}\npools get p -o name\n"
    )
    assert done.code == 0, done
    assert re.findall("^ann$", done.out, re.M) == ["ann", "ann"]
    assert len(users.good) == 1
    own("auth", "logout")


def _login_line(url: str) -> str:
    import sys

    login = f"auth login --url {url} -u ann --password-stdin --store kernel"
    return f"echo hunter22 | {sys.executable} -m airflowctl {login}"


# A kernel keyring that is full.

FILLS = """
import ctypes, errno, os, platform, sys
from airflowctl.core.errors import StoreUnavailable
from airflowctl.storage.secrets.kernel_keyring import KernelKeyring
from airflowctl.storage.secrets.store import key_of
os.setuid(int(sys.argv[1]))
store, kept = KernelKeyring(), []
try:
    for number in range(10_000):
        store.set(key_of(f"{number:032x}"), "x" * int(sys.argv[2]), 60)
        kept.append(number)
except StoreUnavailable as error:
    print(error.message, "|", error.hint)
for number in kept:
    store.delete(key_of(f"{number:032x}"))
"""


@pytest.mark.parametrize("size", [1, 3000], ids=["keys", "bytes"])
def test_a_full_kernel_keyring_says_so(size: int) -> None:
    import os
    import subprocess
    import sys

    kernel_keyring()
    if os.getuid() != 0:
        pytest.skip("needs root, which alone can become another user")
    line = [sys.executable, "-c", FILLS, str(54_000 + size), str(size)]
    done = subprocess.run(line, capture_output=True, text=True, check=True, timeout=60)
    keys = Path("/proc/sys/kernel/keys/maxkeys").read_text().strip()
    assert f"the kernel's keyring is full (a user may keep {keys} keys and" in done.stdout
    assert "log out of what is not used" in done.stdout
    assert "--store encrypted-file" in done.stdout


def test_a_full_kernel_keyring_at_a_login(
    own: Program, revoking: Stub, users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreUnavailable("the kernel's keyring is full (so many)", "log out of what is not used")

    monkeypatch.setattr(KernelKeyring, "set", full)
    done = log_in(own, revoking.url, "ann", "--store", "kernel")
    assert (done.out, done.code) == ("", 4)
    assert "the kernel's keyring is full (so many)" in done.err
    assert "log out of what is not used" in done.err


def test_a_kept_text_says_whose_it_is_and_where(own: Program, revoking: Stub, home: Path) -> None:
    log_in(own, revoking.url, "ann", "--store", "kernel")
    credential = read_credential(KernelKeyring().get(key_in(home)) or "", "kernel")
    assert credential is not None
    assert (credential.origin, credential.username) == (revoking.url, "ann")
    assert credential.since
    own("auth", "logout")


def test_a_credential_of_another_server_is_never_held(program: Program, stub: Stub) -> None:
    credentials = Desk(program.with_environ(AIRFLOWCTL_URL=stub.url)).session.server.credentials
    held = Credential("t.o.k", stub.url)
    credentials.hold(held)
    with pytest.raises(AssertionError, match="a credential of another server"):
        credentials.hold(held._replace(origin=f"{stub.url}/other"))
    assert credentials.cached == held
