"""Root by sudo in the home of the user who ran it: the owner is named, and no file of root is left there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environment_files import write
from tests.support.other_user import UID, folder_for, needs_root, run_as
from tests.support.stub import Stub

pytestmark = needs_root
WRITES = ("alias", "y", "=", "pools", "list")


@pytest.fixture
def user_home() -> Iterator[Path]:
    with folder_for(UID) as folder:
        yield folder


def all_files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*")]


@pytest.mark.parametrize("variable", ["SUDO_UID", "PKEXEC_UID"])
@pytest.mark.parametrize("where", [{}, {"AIRFLOWCTL_HOME": "{}/own"}, {"XDG_CONFIG_HOME": "{}/xdg"}])
def test_root_makes_nothing_in_the_home_of_the_user(
    user_home: Path, variable: str, where: dict[str, str]
) -> None:
    named = {name: value.format(user_home) for name, value in where.items()}
    done = run_as(0, *WRITES, HOME=str(user_home), **{variable: str(UID)}, **named)
    assert (done.out, done.code) == ("", 1)
    assert f"is in a folder of the user id {UID}" in done.err and "without sudo" in done.err
    assert all_files(user_home) == []


def test_a_login_leaves_nothing_of_root_s(user_home: Path, locked: Stub) -> None:
    line = ("auth", "login", "--url", locked.url, "-u", "ann", "-p", "hunter22", "--store", "kernel")
    done = run_as(0, *line, HOME=str(user_home), SUDO_UID=str(UID))
    assert done.code != 0
    assert f"user id {UID}" in done.err
    assert all_files(user_home) == []


def test_what_the_user_has_is_not_used_as_root(user_home: Path, stub: Stub) -> None:
    assert run_as(UID, *WRITES, HOME=str(user_home)).code == 0
    done = run_as(0, "alias", HOME=str(user_home), SUDO_UID=str(UID))
    assert (done.out, done.code) == ("", 1)
    assert f"belongs to the user id {UID}" in done.err and "without sudo" in done.err


def test_what_root_left_there_is_explained_to_the_user(user_home: Path, stub: Stub) -> None:
    """Of an older version: 0700 and root's."""
    folder = user_home / ".config" / "airflowctl"
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    write(folder, "x", f'url = "{stub.url}"\n')
    done = run_as(UID, "pools", "get", "p", "-e", "x", HOME=str(user_home))
    assert (done.out, done.code, stub.requests) == ("", 1, [])
    assert "Permission denied" in done.err and f"{folder} belongs to root" in done.err
    assert f"sudo chown -R {UID} {folder}" in done.err


def test_root_in_a_home_of_its_own_is_left_alone(user_home: Path) -> None:
    with folder_for(0) as own:
        assert run_as(0, *WRITES, HOME=str(own), SUDO_UID=str(UID)).code == 0
    # A container may run as root in a mounted folder of another user: nobody became root by sudo there.
    assert run_as(0, *WRITES, AIRFLOWCTL_HOME=str(user_home / "state")).code == 0
