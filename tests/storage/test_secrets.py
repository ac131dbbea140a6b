"""Where tokens live: the variable, the memory of a session, a keyring that keeps them; nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordSetError

from airflowctl.core.credential import Credential, from_text
from airflowctl.core.errors import StoreUnavailable
from airflowctl.storage.secrets.store import Key
from airflowctl.storage.secrets.stores import Stores
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.stub import TOKEN, Stub, wants_login

URL = "http://localhost:8080"


class Forgetful(Kept):
    """Says yes and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked += 1


class Cutting(Kept):
    """Keeps only what is short, as one of the systems does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:20])


class Broken(Kept):
    """Raises whatever it was given."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    def get_password(self, service: str, username: str) -> str | None:
        raise self.fault

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.fault

    def delete_password(self, service: str, username: str) -> None:
        raise self.fault


class Chain(Kept):
    """Several in a row, as keyring's own chainer."""

    def __init__(self, *backends: KeyringBackend) -> None:
        super().__init__()
        self.backends = backends


def pretending(module: str) -> Kept:
    """A keyring whose class says it is of that module."""
    made = type("Keyring", (Kept,), {"__module__": module})()
    assert isinstance(made, Kept)
    return made


class Chosen:
    """Puts a keyring in the place of this machine's."""

    def __call__(self, backend: KeyringBackend) -> Any:
        keyring.set_keyring(backend)
        return backend


@pytest.fixture(autouse=True)
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chosen]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.support.keyrings.Kept")  # chosen by the person
    before = keyring.get_keyring()
    keyring.set_keyring(Broken(AssertionError("no test may reach a real keyring")))
    yield Chosen()
    keyring.set_keyring(before)


def login(program: Program, locked: Stub, *argv: str) -> Done:
    return program(
        "auth", "login", "--url", locked.url, "-u", "ann", "--password-stdin", *argv, stdin="hunter2\n"
    )


def shown(locked: Stub) -> str | None:
    """The token that came with the last request."""
    return locked.requests[-1].headers.get("authorization", "").removeprefix("Bearer ") or None


# A keyring that works.


def test_a_login_is_kept_and_used(program: Program, locked: Stub, use: Chosen) -> None:
    kept = use(Kept())
    done = login(program, locked)
    assert (done.err, done.code) == ("", 0)
    assert f"logged in to {locked.url} as ann" in done.out
    assert TOKEN not in done.out
    assert len(kept.values) == 1
    assert program("pools", "get", "p").code == 0
    assert shown(locked) == TOKEN


def test_environments_have_a_token_each(program: Program, locked: Stub, use: Chosen) -> None:
    kept = use(Kept())
    login(program, locked, "-e", "one")
    login(program, locked, "-e", "two")
    assert len(kept.values) == 2
    program("auth", "logout", "-e", "one")
    assert program("pools", "get", "p", "-e", "one").code == 4
    assert program("pools", "get", "p", "-e", "two").code == 0


def test_after_a_logout_nothing_is_kept(program: Program, locked: Stub, use: Chosen) -> None:
    kept = use(Kept())
    login(program, locked)
    done = program("auth", "logout")
    assert (done.code, kept.values) == (0, {})
    assert "logged out" in done.out
    assert program("pools", "get", "p").code == 4
    assert shown(locked) is None
    again = program("auth", "logout")
    assert again.code == 0
    assert "there was no login" in again.out


def test_a_login_to_one_address_is_not_used_for_another(program: Program, locked: Stub, use: Chosen) -> None:
    use(Kept())
    login(program, locked)
    with Stub(wants_login) as other:
        assert program("pools", "get", "p", "--url", other.url).code == 4
        assert shown(other) is None
    assert program("pools", "get", "p", "--url", f"{locked.url}/team-b").code == 4
    assert shown(locked) is None


STORED = {
    "another origin": json.dumps({"origin": "http://evil:8080", "token": TOKEN}),
    "no origin": json.dumps({"token": TOKEN}),
    "no token": json.dumps({"origin": "{url}"}),
    "empty token": json.dumps({"origin": "{url}", "token": ""}),
    "bare token": TOKEN,
    "list": json.dumps([TOKEN]),
    "cut": '{"origin": "http://',
    "empty": "",
}


@pytest.mark.parametrize("stored", STORED.values(), ids=STORED)
def test_what_is_not_a_token_for_this_address_is_not_used(
    program: Program, locked: Stub, use: Chosen, stored: str
) -> None:
    kept = use(Kept())
    login(program, locked)
    [address] = kept.values
    kept.values[address] = stored.replace("{url}", locked.url)
    done = program("pools", "get", "p")
    assert (done.out, done.code, shown(locked)) == ("", 4, None)
    assert TOKEN not in done.err


@pytest.mark.parametrize("token", [17, ["x"], {"a": 1}, "a\nb", "\u202e"])
def test_a_stored_token_that_cannot_be_sent_is_no_traceback(
    program: Program, locked: Stub, use: Chosen, token: object
) -> None:
    kept = use(Kept())
    login(program, locked)
    [address] = kept.values
    kept.values[address] = json.dumps({"origin": locked.url, "token": token})
    done = program("pools", "get", "p")
    assert (done.out, done.code in (2, 4)) == ("", True)
    assert "unexpected" not in done.err


@pytest.mark.parametrize("line", ["version", "help", "version --remote", "health", "dags lst", "dags -h"])
def test_what_needs_no_login_touches_no_keyring(
    program: Program, locked: Stub, use: Chosen, line: str
) -> None:
    kept = use(Kept())
    done = program.with_environ(AIRFLOWCTL_URL=locked.url)(*line.split())
    assert (done.code, kept.asked) == (2 if line == "dags lst" else 0, 0)


def test_where_a_variable_has_a_token_no_keyring_is_touched(
    program: Program, locked: Stub, use: Chosen
) -> None:
    kept = use(Kept())
    done = program.with_environ(AIRFLOWCTL_URL=locked.url, AIRFLOW_CLI_TOKEN="from.the.variable")(
        "pools", "get", "p"
    )
    assert (done.code, shown(locked), kept.asked) == (0, "from.the.variable", 0)


def test_the_variable_goes_before_the_keyring(program: Program, locked: Stub, use: Chosen) -> None:
    use(Kept())
    login(program, locked)
    program.with_environ(AIRFLOW_CLI_TOKEN="from.the.variable")("pools", "get", "p")
    assert shown(locked) == "from.the.variable"


def test_the_status_says_where_the_token_is_from_and_never_shows_it(
    program: Program, locked: Stub, use: Chosen
) -> None:
    use(Kept())
    login(program, locked)
    done = program("auth", "status", "-o", "json")
    assert (done.json["token_from"], done.json["username"], done.code) == ("keyring", "ann", 0)
    assert "secret-token" not in done.out + done.err


# Keyrings that do not keep a secret.

UNFIT = {
    "forgets": Forgetful,
    "cuts": Cutting,
    "fails": lambda: pretending("keyring.backends.fail"),
    "null": lambda: pretending("keyring.backends.null"),
    "plain text": lambda: pretending("keyrings.alt.file"),
    "old encryption": lambda: pretending("keyrings.alt.file_base"),
    "chain of none": lambda: Chain(pretending("keyring.backends.null"), pretending("keyring.backends.fail")),
    "chain of plain text": lambda: Chain(pretending("keyrings.alt.file")),
    "chain with plain text": lambda: Chain(Kept(), pretending("keyrings.alt.file")),
    "locked": lambda: Broken(KeyringLocked("it is locked")),
    "refuses": lambda: Broken(PasswordSetError("no")),
    "raises": lambda: Broken(RuntimeError("D-Bus has gone\nfor good")),
    "raises nothing to say": lambda: Broken(ValueError()),
}


@pytest.mark.parametrize("make", UNFIT.values(), ids=UNFIT)
def test_a_login_that_cannot_be_kept_says_so_and_leaves_nothing(
    program: Program, locked: Stub, use: Chosen, tmp_path: Path, make: Any
) -> None:
    unfit = use(make())
    done = login(program, locked)
    assert (done.out, done.code) == ("", 4)
    assert "secret-token" not in str(unfit.values)
    assert "cannot be kept" in done.err
    assert "export AIRFLOW_CLI_TOKEN=$(airflowctl auth token " in done.err
    assert "secret-token" not in done.err
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) == 2
    for path in tmp_path.rglob("*.*"):
        assert not path.is_file() or "secret-token" not in path.read_text()


@pytest.mark.parametrize("make", UNFIT.values(), ids=UNFIT)
def test_without_a_keyring_a_batch_keeps_its_login_in_memory(
    program: Program, locked: Stub, use: Chosen, make: Any
) -> None:
    use(make())
    lines = f"auth login --url {locked.url} -u ann -p hunter2\npools get p\n"
    done = program(stdin=lines)
    assert (done.err, done.code, shown(locked)) == ("", 0, TOKEN)
    assert "kept in memory" in done.out
    assert program("pools", "get", "p").code == 4


@pytest.mark.parametrize("make", [UNFIT["locked"], UNFIT["raises"], UNFIT["fails"]])
def test_a_keyring_that_fails_is_the_reason_given(
    program: Program, locked: Stub, use: Chosen, make: Any
) -> None:
    use(Kept())
    login(program, locked)
    use(make())
    for argv in (("auth", "status"), ("auth", "token"), ("pools", "get", "p")):
        done = program(*argv)
        assert done.code == 4
        assert "keyring" in done.out + done.err
        assert "Traceback" not in done.err


def test_a_chain_that_holds_a_good_keyring_is_one(program: Program, locked: Stub, use: Chosen) -> None:
    use(Chain(Kept(), pretending("keyring.backends.fail")))
    assert login(program, locked).code == 0


# By itself.

KEY = Key(URL, "default")


def stores(is_lasting: bool = False) -> Stores:
    return Stores(
        {"AIRFLOWCTL_STORE": "keyring"},
        passphrase=lambda: "",
        notify_locked=lambda: False,
        is_lasting=is_lasting,
    )


def test_what_is_stored_comes_back_as_it_was(use: Chosen) -> None:
    use(Kept())
    made = Credential(TOKEN, URL, "ann", 1.0, 1793664000.0, 2.0, "password", {"refresh_token": "r"})
    store, problem = stores().save(KEY, made.to_text(), None)
    assert (store.name, problem) == ("keyring", "")
    assert from_text(store.get(KEY) or "", URL, "keyring") == made._replace(source="keyring")
    assert store.delete(KEY) is True
    assert store.get(KEY) is None
    assert store.delete(KEY) is False


def test_what_is_kept_for_good_is_no_longer_in_memory(use: Chosen) -> None:
    use(Kept())
    there = stores(is_lasting=True)
    there.memory.set(KEY, "old", None)
    there.save(KEY, "new", None)
    assert there.memory.get(KEY) is None


def test_a_keyring_that_fails_says_why(use: Chosen) -> None:
    use(Broken(KeyringLocked("it is locked")))
    with pytest.raises(StoreUnavailable, match="it is locked"):
        stores().open_store("keyring").get(KEY)
    with pytest.raises(StoreUnavailable, match="it is locked"):
        stores().save(KEY, "text", None)
    store, problem = stores(is_lasting=True).save(KEY, "text", None)
    assert (store.name, "it is locked" in problem) == ("memory", True)


def test_a_long_fault_is_cut_to_one_line(use: Chosen) -> None:
    use(Broken(RuntimeError("x" * 5000 + "\nmore")))
    with pytest.raises(StoreUnavailable) as caught:
        stores().open_store("keyring").get(KEY)
    assert len(caught.value.message) < 300
    assert "\n" not in caught.value.message


def test_a_keyring_nobody_knows_has_to_be_chosen(use: Chosen, monkeypatch: pytest.MonkeyPatch) -> None:
    use(Kept())
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    with pytest.raises(StoreUnavailable, match="not known to be safe"):
        stores().save(KEY, "text", None)


class Short(Kept):
    """Refuses what is long, as Windows does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError(1783, "The stub received bad data")
        super().set_password(service, username, password)


Short.__module__ = "keyring.backends.Windows"


@pytest.mark.parametrize("length", [10, 1000, 1001, 5000])
def test_a_long_login_is_kept_in_pieces_where_it_has_to(use: Chosen, length: int) -> None:
    kept = use(Short())
    text = "".join(str(number % 10) for number in range(length))
    store, _ = stores().save(KEY, text, None)
    assert store.get(KEY) == text
    assert store.delete(KEY) is True
    assert kept.values == {}


def test_a_shorter_login_leaves_no_piece_of_the_longer_one(use: Chosen) -> None:
    kept = use(Short())
    for length in (5000, 1500, 10):
        store, _ = stores().save(KEY, str(length) * (length // len(str(length))), None)
        assert not [text for text in kept.values.values() if "5000" in text] or length == 5000
    assert store.delete(KEY) is True
    assert kept.values == {}


def test_a_piece_that_is_missing_is_no_login(use: Chosen) -> None:
    kept = use(Short())
    store, _ = stores().save(KEY, "x" * 2500, None)
    kept.values[next(address for address in kept.values if "#1" in address[0])] = "other"
    assert store.get(KEY) is None
