"""What a login writes of its settings, how long it is kept, and when it is renewed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.auth import credentials
from airflowctl.core.credential import Credential
from airflowctl.storage.secrets.store import Key, key_of
from tests.support.keyrings import kernel_keyring
from tests.support.program import Program
from tests.support.stub import Stub
from tests.support.waiting import until

SECRET = "s3cret-canary"
NAMES = ("client_secret", "CLIENT_SECRET", "client-secret", "password", "token", "api_key", "refresh_token")


def all_texts(home: Path) -> str:
    return "\n".join(path.read_text() for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_no_setting(program: Program, stub: Stub, home: Path, name: str) -> None:
    line = ("auth", "login", "--url", stub.url, "-u", "ann", "-p", "hunter22")
    done = program(*line, "--setting", f"{name}={SECRET}")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert f"a secret is not kept in a file: --setting {name}\n" in done.err
    assert SECRET not in done.err + all_texts(home)


@pytest.mark.parametrize("value", ["eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "ghp_" + "a1B2" * 9])
def test_what_has_the_shape_of_a_secret_is_no_setting(
    program: Program, stub: Stub, home: Path, value: str
) -> None:
    done = program("auth", "login", "--url", stub.url, "--setting", f"audience={value}")
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert "a secret is not kept in a file" in done.err
    assert value not in done.err + all_texts(home)


@pytest.mark.parametrize("pair", ["audience", "", "audience:x"])
def test_a_setting_has_a_name_and_a_value(program: Program, stub: Stub, pair: str) -> None:
    done = program("auth", "login", "--url", stub.url, "--setting", pair)
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert f"--setting {pair}: it has no '='" in done.err


# When it is renewed, in seconds before its end.
@pytest.mark.parametrize(
    ("issued_at", "early"),
    [
        (10_000.0 - 36_000, 3600),  # a tenth of its life
        (10_000.0 - 3600, 360),
        (None, 360),  # without its beginning it is taken for one of an hour
        (10_000.0 - 300, 60),  # a minute
        (10_000.0 - 60, 30),  # half of a short life
    ],
)
def test_a_token_is_renewed_before_its_end(issued_at: float | None, early: float) -> None:
    held = Credential("t.o.k", "http://127.0.0.1:1", expires_at=10_000.0, issued_at=issued_at)
    assert credentials._due_at(held) == 10_000.0 - early


@pytest.fixture
def key() -> Iterator[Key]:
    own = key_of(f"test{time.monotonic_ns():x}")
    yield own
    kernel_keyring().delete(own)


def test_the_kernel_keeps_a_login_without_an_end(key: Key) -> None:
    """For its keyring an end after 0 seconds is none."""
    kernel = kernel_keyring()
    kernel.set(key, "no end", None)
    end = time.monotonic() + 2.1
    until(lambda: time.monotonic() > end, "a later moment")
    assert kernel.get(key) == "no end"
