"""A server with logins that can be revoked, and a user who has every store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support.keyrings import Kept, kernel_keyring
from tests.support.private_files import write_private
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply

STORES = ("kernel", "keyring", "encrypted-file")
PASSPHRASE = "correct horse battery staple"


class Users:
    """A server on which each login has a token of its own, which a logout revokes; `good` are those that
    it takes."""

    def __init__(self) -> None:
        self.good: dict[str, str] = {}
        self._numbers = count(1)

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/auth/token/cli"):
            user = request.json["username"]
            token = f"token{next(self._numbers)}.of.{user}"
            self.good[token] = user
            return reply({"access_token": token}, 201)
        if request.path.endswith("/ui/auth/token"):
            return reply({"detail": "Not Found"}, 404)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.path.endswith("/auth/logout"):
            self.good.pop(token, None)
            return reply("", 307, Location="/auth/login")
        if not token:
            return reply({"detail": "Not authenticated"}, 401)
        if token not in self.good:
            return reply({"detail": "Invalid JWT token"}, 403)
        return reply({"name": self.good[token], "username": self.good[token], "pools": []})


@pytest.fixture
def users() -> Users:
    return Users()


@pytest.fixture
def revoking(users: Users) -> Iterator[Stub]:
    with Stub(users) as stub:
        yield stub


@pytest.fixture
def own(program: Program, tmp_path: Path, kept: Kept) -> Program:
    """A user whose system has each store."""
    kernel_keyring()
    write_private(tmp_path / "passphrase", PASSPHRASE + "\n")
    return program.with_environ(AIRFLOWCTL_PASSPHRASE_FILE=str(tmp_path / "passphrase"))


def at(own: Program, home: Path) -> Program:
    return own.with_environ(AIRFLOWCTL_HOME=str(home))


def log_in(own: Program, url: str, user: str = "ann", *more: str) -> Done:
    line = ("auth", "login", "--url", url, "-u", user, "--password-stdin", *more)
    return own(*line, stdin="hunter22\n")


def who(own: Program, *more: str) -> str:
    """As whom the server sees a line; what it is refused for, where it is."""
    done = own("pools", "get", "p", "-o", "name", *more)
    return done.out.strip() or done.err
