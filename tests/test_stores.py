"""The real stores: the kernel's keyring, a gnome-keyring, the encrypted file."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from airflowctl.core.errors import CliError, ConfigError, StoreUnavailable
from airflowctl.secrets import encrypted as encrypted_file
from airflowctl.secrets.encrypted import EncryptedFile
from airflowctl.secrets.kernel import KernelKeyring
from airflowctl.secrets.store import Key
from tests.keyrings import Kept, Keyring, keyring
from tests.program import Done, Program
from tests.screen import Screen
from tests.stub import Reply, Request, Stub, reply
from tests.waiting import until

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
    store = KernelKeyring()
    try:
        store.get(key)
    except StoreUnavailable as error:
        pytest.skip(f"needs the keyring of a Linux kernel: {error.message}")
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
    other = key._replace(origin=f"{URL}/team-a")
    kernel.set(key, "one", None)
    assert kernel.get(other) is None
    assert kernel.get(key._replace(environment="x" + key.environment)) is None


READS = """
import ctypes, os, platform, sys
from airflowctl.secrets.kernel import KernelKeyring
from airflowctl.secrets.store import Key
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
    assert key.environment not in python("import os; os.setuid(65534); print(open('/proc/keys').read())")


# The encrypted file.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def encrypted(folder: Path, passphrase: str = PASSPHRASE) -> EncryptedFile:
    return EncryptedFile(str(folder), lambda: passphrase)


KEY = Key(URL, "work")


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files made in this process cost a moment less: the least that may be read."""
    monkeypatch.setattr(encrypted_file, "_COST", encrypted_file._COSTS[0])


@pytest.fixture
def file(folder: Path) -> Path:
    """An encrypted file with a text in it."""
    encrypted(folder).set(KEY, "the text", None)
    return folder / "work.enc"


def test_an_encrypted_file_gives_back_what_it_got(folder: Path, file: Path) -> None:
    assert encrypted(folder).get(KEY) == "the text"
    encrypted(folder).set(KEY, "pässwörd 日本" * 9999, None)
    assert encrypted(folder).get(KEY) == "pässwörd 日本" * 9999
    assert os.listdir(folder) == ["work.enc"]
    assert encrypted(folder).delete(KEY) is True
    assert encrypted(folder).get(KEY) is None
    assert encrypted(folder).delete(KEY) is False


def test_no_two_files_are_alike(folder: Path, file: Path) -> None:
    first = json.loads(file.read_text())
    encrypted(folder).set(KEY, "the text", None)
    second = json.loads(file.read_text())
    assert all(first[name] != second[name] for name in ("salt", "nonce", "data"))


def test_the_encrypted_file_is_for_this_user_only(folder: Path, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("wrong", ["", "correct horse battery stapl", PASSPHRASE + " "])
def test_a_wrong_passphrase(folder: Path, file: Path, wrong: str) -> None:
    with pytest.raises(StoreUnavailable, match="passphrase") as caught:
        encrypted(folder, wrong).get(KEY)
    assert not wrong or wrong not in caught.value.message


def changed(file: Path, **fields: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '"x"', "null", "{}", '{"data": 1}', '{"data": "zz"}', "\xff", "[" * 5000],
    ids=["empty", "cut", "list", "text", "null", "nothing", "number", "no hex", "latin-1", "deep"],
)
def test_a_damaged_file_is_named(folder: Path, file: Path, content: str) -> None:
    file.write_text(content, encoding="latin-1")
    with pytest.raises(StoreUnavailable, match="damaged") as caught:
        encrypted(folder).get(KEY)
    assert str(file) in caught.value.message


@pytest.mark.parametrize("name", ["salt", "nonce", "data"])
def test_a_changed_file_does_not_open(folder: Path, file: Path, name: str) -> None:
    text = json.loads(file.read_text())[name]
    changed(file, **{name: ("0" if text[0] != "0" else "1") + text[1:]})
    with pytest.raises(StoreUnavailable, match="changed"):
        encrypted(folder).get(KEY)


@pytest.mark.parametrize(
    "cost", [1, 2, 1024, 2**13, 2**19, 2**40, -1, 0, 65535, 65537, 65536.0, "65536", True, None]
)
def test_a_cost_that_was_changed_is_refused(folder: Path, file: Path, cost: object) -> None:
    changed(file, n=cost)
    with pytest.raises(StoreUnavailable, match=r"damaged|changed"):
        encrypted(folder).get(KEY)


@pytest.mark.parametrize("cost", [2**15, 2**16, 2**17])
def test_another_cost_does_not_open_it_either(folder: Path, file: Path, cost: int) -> None:
    changed(file, n=cost)
    with pytest.raises(StoreUnavailable, match="changed"):
        encrypted(folder).get(KEY)


@pytest.mark.parametrize(
    "other", [KEY._replace(environment="other"), KEY._replace(origin="https://evil.example.org")]
)
def test_a_file_that_was_moved_does_not_open(folder: Path, file: Path, other: Key) -> None:
    if other.environment != KEY.environment:
        file.rename(folder / f"{other.environment}.enc")
    with pytest.raises(StoreUnavailable, match="changed"):
        encrypted(folder).get(other)


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_a_file_that_others_can_write_to_is_refused(folder: Path, file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(ConfigError, match="others can write"):
        encrypted(folder).get(KEY)


def test_a_folder_that_cannot_be_written() -> None:
    with pytest.raises(StoreUnavailable, match="cannot write"):
        encrypted(Path("/proc/nowhere")).set(KEY, "text", None)


def test_without_the_package_it_says_which(folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(StoreUnavailable, match="cryptography") as caught:
        encrypted(folder).get(KEY)
    assert "pip install cryptography" in caught.value.hint


# By `auth login`.

TOKEN = "head.secret-token.tail"


def airflow(request: Request) -> Reply:
    if request.path.endswith("/auth/token/cli"):
        return reply({"access_token": TOKEN}, 201)
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return reply({"detail": "Not authenticated"}, 401)
    return reply({"name": "p", "username": "ann"})


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(airflow) as server:
        yield server


@pytest.fixture
def person(program: Program, stub: Stub, tmp_path: Path) -> Iterator[Program]:
    """Somebody who says nothing of a store, with a passphrase in a file."""
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\nanother line\n")
    own = program.with_environ(AIRFLOWCTL_STORE="", AIRFLOWCTL_PASSPHRASE_FILE=str(file))
    yield own
    KernelKeyring().delete(Key(stub.url, "default"))


def log_in(person: Program, stub: Stub, *more: str, **how: Any) -> Done:
    line = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin", *more)
    return person(*line, stdin="hunter22\n", **how)


PLACES = {
    "keyring": "the system keyring",
    "kernel": "the kernel's keyring",
    "encrypted-file": "an encrypted file",
}


@pytest.mark.parametrize("store", PLACES)
def test_a_login_is_kept_where_somebody_wants_it(
    person: Program, stub: Stub, kernel: KernelKeyring, kept: Kept, store: str, tmp_path: Path
) -> None:
    done = log_in(person, stub, "--store", store)
    assert (done.err, done.code) == ("", 0)
    assert f"kept in {PLACES[store]}" in done.out
    assert person("pools", "get", "p").code == 0
    assert person("auth", "status", "-o", "json").json["token_from"] == store
    assert bool(kept.values) is (store == "keyring")
    assert bool(kernel.get(Key(stub.url, "default"))) is (store == "kernel")
    assert bool(list(tmp_path.rglob("*.enc"))) is (store == "encrypted-file")
    assert person("auth", "logout").code == 0
    assert (kept.values, kernel.get(Key(stub.url, "default")), list(tmp_path.rglob("*.enc"))) == (
        {},
        None,
        [],
    )
    assert person("pools", "get", "p").code == 4


@pytest.mark.parametrize("option", [(), ("--store", "auto")])
def test_without_a_system_keyring_it_is_the_kernels(
    person: Program, stub: Stub, kernel: KernelKeyring, option: tuple[str, ...]
) -> None:
    done = log_in(person, stub, *option)
    assert done.code == 0
    assert "kept in the kernel's keyring" in done.out
    assert "no system keyring works here" in done.out


@pytest.mark.parametrize("option", [(), ("--store", "auto")])
def test_with_one_it_is_the_systems(
    person: Program, stub: Stub, kernel: KernelKeyring, kept: Kept, option: tuple[str, ...]
) -> None:
    assert "kept in the system keyring" in log_in(person, stub, *option).out
    assert kernel.get(Key(stub.url, "default")) is None


def test_memory_is_for_sessions_only(person: Program, stub: Stub) -> None:
    done = log_in(person, stub, "--store", "memory")
    assert (done.out, done.code) == ("", 4)
    assert "memory ends with this command" in done.err
    lines = f"auth login --url {stub.url} -u ann -p hunter22 --store memory\npools get p -o name\n"
    done = person(stdin=lines)
    assert (done.err, done.code) == ("", 0)
    assert "kept in memory until this ends" in done.out
    assert person("pools", "get", "p").code == 4


def test_there_is_no_other_store(person: Program, stub: Stub) -> None:
    for done in (
        log_in(person, stub, "--store", "plaintext"),
        log_in(person.with_environ(AIRFLOWCTL_STORE="plaintext"), stub),
    ):
        assert (done.out, done.code) == ("", 2)
        assert "'plaintext'" in done.err
        assert "encrypted-file" in done.err


def test_what_is_wanted_and_fails_is_not_replaced_in_silence(
    person: Program, stub: Stub, kernel: KernelKeyring, tmp_path: Path
) -> None:
    done = log_in(person, stub, "--store", "keyring")
    assert (done.out, done.code) == ("", 4)
    assert "no system keyring works here" in done.err
    assert kernel.get(Key(stub.url, "default")) is None
    assert not list(tmp_path.rglob("*.toml"))


def test_an_encrypted_file_is_asked_for_once(person: Program, stub: Stub, kernel: KernelKeyring) -> None:
    log_in(person, stub, "--store", "encrypted-file")
    assert "kept in an encrypted file" in log_in(person, stub).out
    assert "kept in the kernel's keyring" in log_in(person, stub, "--store", "kernel").out


ORDER = [("kernel", "encrypted-file"), ("keyring", "kernel"), ("encrypted-file", "keyring")]


@pytest.mark.parametrize(("first", "second"), ORDER)
def test_a_login_is_in_one_store_at_a_time(
    person: Program, stub: Stub, kernel: KernelKeyring, kept: Kept, first: str, second: str, tmp_path: Path
) -> None:
    for store in (first, second):
        assert log_in(person, stub, "--store", store).code == 0
    found = {
        "keyring": bool(kept.values),
        "kernel": bool(kernel.get(Key(stub.url, "default"))),
        "encrypted-file": bool(list(tmp_path.rglob("*.enc"))),
    }
    assert [name for name, is_there in found.items() if is_there] == [second]
    assert person("pools", "get", "p").code == 0


@pytest.mark.parametrize("store", ["kernel", "keyring", "encrypted-file"])
def test_an_environment_that_moves_leaves_no_login_behind(
    person: Program, stub: Stub, kernel: KernelKeyring, kept: Kept, store: str
) -> None:
    log_in(person, stub, "--store", store)
    with Stub(airflow) as other:
        done = log_in(person, other, "--store", store)
        assert done.code == 0
        assert f"was {stub.url} before" in done.err
        assert person("pools", "get", "p").code == 0
        assert len(kept.values) == (store == "keyring")
        assert kernel.get(Key(stub.url, "default")) is None
        person("auth", "logout")


def test_a_login_of_another_kind_leaves_none_behind(
    person: Program, stub: Stub, kernel: KernelKeyring
) -> None:
    log_in(person, stub, "--store", "kernel")
    line = ("auth", "login", "--url", stub.url, "--method", "command", "--", "echo", TOKEN)
    assert person(*line).code == 0
    assert kernel.get(Key(stub.url, "default")) is None


# The passphrase.


def test_a_passphrase_is_asked_for_at_a_terminal(person: Program, stub: Stub, tmp_path: Path) -> None:
    own = person.with_environ(AIRFLOWCTL_PASSPHRASE_FILE="", AIRFLOWCTL_STORE="encrypted-file")
    with Screen(own, "auth", "login", "--url", stub.url, "-u", "ann", "-p") as screen:
        screen.until("Password of ann:")
        screen.type("hunter22\n")
        screen.until("Passphrase of the encrypted file:")
        screen.type("typed-passphrase\n")
        screen.until("kept in an encrypted file")
        assert screen.end() == 0
        assert "typed-passphrase" not in screen.raw


def test_the_shell_asks_for_the_passphrase_once(person: Program, stub: Stub, tmp_path: Path) -> None:
    """Where a command needs it: what looks for the login behind the prompt can't ask."""
    log_in(person, stub, "--store", "encrypted-file")
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
        screen.type(f"auth login --url {stub.url} -u ann -p\n")
        screen.until("Password of ann:")
        screen.type("hunter22\n")
        screen.until("kept in an encrypted file")
        screen.prompt()
        screen.type("auth status\n")
        screen.until("status +logged in")
        assert screen.raw.count("Passphrase") == 1
        assert PASSPHRASE not in screen.raw


def test_without_anybody_to_ask_the_variable_is_named(person: Program, stub: Stub) -> None:
    own = person.with_environ(AIRFLOWCTL_PASSPHRASE_FILE="")
    done = log_in(own, stub, "--store", "encrypted-file")
    assert (done.out, done.code) == ("", 4)
    assert "no passphrase, and nobody to ask" in done.err
    log_in(person, stub, "--store", "encrypted-file")
    done = own("pools", "get", "p")
    assert (done.out, done.code) == ("", 4)
    assert "no passphrase, and nobody to ask" in done.err


@pytest.mark.parametrize("content", [None, "", "\n", b"\xff\xfe"])
def test_a_file_without_a_passphrase(
    person: Program, stub: Stub, tmp_path: Path, content: str | bytes | None
) -> None:
    file = tmp_path / "passphrase"
    file.unlink()
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = log_in(person, stub, "--store", "encrypted-file")
    assert (done.out, done.code) == ("", 4)
    assert "passphrase" in done.err
    assert "unexpected" not in done.err


def test_another_passphrase_is_said(person: Program, stub: Stub, tmp_path: Path) -> None:
    log_in(person, stub, "--store", "encrypted-file")
    (tmp_path / "passphrase").write_text("another-passphrase\n")
    done = person("pools", "get", "p")
    assert (done.out, done.code) == ("", 4)
    assert "the passphrase does not open" in done.err
    assert "another-passphrase" not in done.err
    assert person("auth", "logout").code == 0  # which needs none


# A real Secret Service.


@pytest.fixture
def real() -> Iterator[Keyring]:
    # Short, as the path of a socket must be.
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="kr") as folder, keyring(Path(folder)) as unlocked:
        yield unlocked


WRITES = """
import sys, keyring
for user, text in zip(sys.argv[2::2], sys.argv[3::2]):
    keyring.set_password(sys.argv[1], user, text)
    assert keyring.get_password(sys.argv[1], user) == text
"""
READS_FAST = """
import sys, json
from airflowctl.secrets.secret_service import read
print(json.dumps([read(sys.argv[1], user, lambda: False) for user in sys.argv[2:]]))
assert "keyring" not in sys.modules
"""


def test_the_quick_look_finds_what_keyring_wrote(real: Keyring) -> None:
    texts = {"plain": "text", "letters": "pässwörd 日本 👩‍💻", "lines": "a\nb\t", "long": "x" * 60_000}
    pairs = [part for pair in texts.items() for part in pair]
    python(WRITES, "airflowctl:http://h", *pairs, **real.environ)
    found = python(READS_FAST, "airflowctl:http://h", *texts, "nobody", **real.environ)
    assert json.loads(found) == [*texts.values(), None]


def test_a_login_is_read_without_importing_keyring(program: Program, stub: Stub, real: Keyring) -> None:
    own = program.with_environ(**real.environ)
    del own.environ["PYTHON_KEYRING_BACKEND"]
    login = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    assert own.process(*login, stdin="hunter22\n").code == 0
    code = (
        "import sys; from airflowctl.main import main; code = main(['pools', 'get', 'p', '-o', 'name']);"
        "print('keyring' in sys.modules, code)"
    )
    environ = {name: value for name, value in own.process_environ.items() if name != "PATH"}
    assert python(code, **environ) == "p\nFalse 0\n"


@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":97"}], ids=["no desktop", "desktop"])
def test_a_locked_keyring_does_not_hang(
    program: Program, stub: Stub, real: Keyring, display: dict[str, str]
) -> None:
    own = program.with_environ(**real.environ, **display)
    del own.environ["PYTHON_KEYRING_BACKEND"]
    login = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    assert own.process(*login, stdin="hunter22\n").code == 0
    real.lock()
    for line in (("pools", "get", "p"), ("auth", "token"), login):
        done = own.process(*line, stdin="hunter22\n", timeout=20)
        assert (done.out, done.code) == ("", 4), done
        assert "the system keyring is locked" in done.err
        assert "Traceback" not in done.err
    status = own.process("auth", "status", "-o", "json", timeout=20).json["status"]
    assert "the system keyring is locked" in status
    automatic = own.with_environ(AIRFLOWCTL_STORE="auto")
    del automatic.environ["PYTHON_KEYRING_BACKEND"]
    done = automatic.process(*login, stdin="hunter22\n", timeout=20)
    if done.code == 0:  # in the kernel's, and it says why
        assert "the system keyring is locked" in done.out
        automatic.process("auth", "logout", timeout=20)
    else:
        assert "kernel" in done.err


BACKENDS = {
    "null": ("keyring.backends.null.Keyring", "no system keyring works here"),
    "fail": ("keyring.backends.fail.Keyring", "no system keyring works here"),
    "clear text": ("keyrings.alt.file.PlaintextKeyring", "clear text"),
    "a folder of clear text": ("keyrings.alt.file.EncryptedKeyring", "clear text"),
}
ALTERNATIVE = """
from keyring.backend import KeyringBackend
class PlaintextKeyring(KeyringBackend):
    priority = 9
    def get_password(self, *_): return None
    def set_password(self, *given): open({path!r}, "w").write(str(given))
    def delete_password(self, *_): pass
EncryptedKeyring = PlaintextKeyring
"""


@pytest.mark.parametrize(("backend", "said"), BACKENDS.values(), ids=BACKENDS)
def test_a_back_end_that_keeps_nothing_or_clear_text_is_refused(
    program: Program, stub: Stub, tmp_path: Path, backend: str, said: str
) -> None:
    """Also where somebody named it."""
    package = tmp_path / "site" / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "file.py").write_text(ALTERNATIVE.format(path=str(tmp_path / "clear")))
    own = program.with_environ(PYTHON_KEYRING_BACKEND=backend, PYTHONPATH=str(tmp_path / "site"))
    login = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    done = own.process(*login, stdin="hunter22\n")
    assert (done.out, done.code) == ("", 4)
    assert said in done.err
    assert not (tmp_path / "clear").exists()


def test_every_fault_of_a_store_is_one_of_ours() -> None:
    assert issubclass(StoreUnavailable, CliError)
