"""What a login that was killed has left: the next login or logout drops it, and nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.auth.test_login_order import KILLED, LOGIN, run
from tests.support.program import Program
from tests.support.revocable_logins import STORES, Users, log_in, who
from tests.support.stub import Stub
from tests.support.waiting import until

STEPS = [
    (step, when) for step in ("set", "file", "replace", "revoke", "delete") for when in ("before", "after")
]


def secrets(home: Path) -> int:
    return len(list((home / "secrets").glob("*.enc")))


def records(home: Path) -> list[str]:
    return [file.name for file in (home / "locks").glob("login-*")]


@pytest.mark.parametrize("end", ["login", "logout", "another"])
@pytest.mark.parametrize(("step", "when"), STEPS, ids=[" ".join(row) for row in STEPS])
@pytest.mark.usefixtures("free")
def test_the_next_login_or_logout_drops_what_is_left(
    own: Program, revoking: Stub, users: Users, home: Path, step: str, when: str, end: str
) -> None:
    store = ("--store", "encrypted-file")
    assert log_in(own, revoking.url, "ann", *store).code == 0
    done = run(own, KILLED, step, when, *LOGIN, "--url", revoking.url, *store)
    assert done.code == -signal.SIGKILL, done
    if (step, when) == ("set", "before"):  # no store has the token, which ends by itself
        users.good = {token: user for token, user in users.good.items() if user == "ann"}
    before = who(own)
    assert before in ("ann", "bob")
    if end == "logout":
        assert own("auth", "logout").code == 0
        assert (secrets(home), users.good) == (0, {})
    elif end == "login":
        assert log_in(own, revoking.url, "eve", *store).code == 0
        assert (secrets(home), set(users.good.values())) == (1, {"eve"})
        assert who(own) == "eve"
    else:  # of another environment: the login that is named stays
        assert log_in(own, revoking.url, "eve", *store, "-e", "other").code == 0
        assert who(own) == before
        assert (secrets(home), set(users.good.values())) == (2, {before, "eve"})
    assert records(home) == []


@pytest.mark.parametrize("store", STORES)
def test_no_record_stays_after_a_login(own: Program, revoking: Stub, home: Path, store: str) -> None:
    for user in ("ann", "bob"):
        assert log_in(own, revoking.url, user, "--store", store).code == 0
        assert records(home) == []
    assert own("auth", "logout").code == 0
    assert records(home) == []


@pytest.mark.parametrize("content", [b"", b"name = ", b"\xff", b'name = "../x"\nurl = 1', b"a" * 5000])
def test_a_record_that_is_not_whole_is_no_matter(
    own: Program, revoking: Stub, home: Path, content: bytes
) -> None:
    assert log_in(own, revoking.url, "ann", "--store", "kernel").code == 0
    (home / "locks" / f"login-{'a' * 32}.toml").write_bytes(content)
    (home / "locks" / f"login-{'a' * 32}.toml").chmod(0o600)
    assert log_in(own, revoking.url, "bob", "--store", "kernel").code == 0
    assert who(own) == "bob"
    assert records(home) == []
    own("auth", "logout")


WAITS = """
import sys
from airflowctl.main import main
from airflowctl.storage.environments import EnvironmentStore
save = EnvironmentStore.save
def wait(*arguments):
    print("kept", flush=True)
    sys.stdin.readline()
    save(*arguments)
EnvironmentStore.save = wait
sys.exit(main(sys.argv[1:]))
"""


def test_a_login_that_another_process_works_on_stays(own: Program, revoking: Stub, users: Users) -> None:
    environ = own.with_environ(AIRFLOWCTL_STORE="kernel").process_environ
    slow = subprocess.Popen(
        [sys.executable, "-c", WAITS, *LOGIN, "--url", revoking.url, "-e", "slow"],
        env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert slow.stdin and slow.stdout
    slow.stdin.write("hunter22\n")
    slow.stdin.flush()
    assert slow.stdout.readline() == "kept\n"
    assert log_in(own, revoking.url, "ann", "--store", "kernel", "-e", "quick").code == 0
    assert set(users.good.values()) == {"ann", "bob"}
    slow.stdin.write("\n")
    slow.stdin.close()
    until(lambda: slow.poll() is not None, "an end of the login")
    assert slow.returncode == 0
    assert (who(own, "-e", "slow"), who(own, "-e", "quick")) == ("bob", "ann")
    for name in ("slow", "quick"):
        own("auth", "logout", "-e", name)
