"""Logins in an encrypted file and in a real Secret Service: what opens them, and what does not."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airflowctl.core.errors import CliError, ConfigError, StoreUnavailable
from airflowctl.storage.secrets.encrypted_file import EncryptedFile
from airflowctl.storage.secrets.store import Key
from tests.storage.test_stores import PASSPHRASE, URL, python
from tests.support.keyrings import Keyring, keyring
from tests.support.program import Program
from tests.support.stub import Stub

pytestmark = pytest.mark.usefixtures("cheap")

# The encrypted file.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def encrypted(folder: Path, passphrase: str = PASSPHRASE) -> EncryptedFile:
    return EncryptedFile(str(folder), lambda: passphrase)


KEY = Key(URL, "work")


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
    "other", [KEY._replace(name="other"), KEY._replace(realm="https://evil.example.org")]
)
def test_a_file_that_was_moved_does_not_open(folder: Path, file: Path, other: Key) -> None:
    if other.name != KEY.name:
        file.rename(folder / f"{other.name}.enc")
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
from airflowctl.storage.secrets.secret_service import read
print(json.dumps([read(sys.argv[1], user, lambda: False) for user in sys.argv[2:]]))
assert "keyring" not in sys.modules
"""


def test_the_quick_look_finds_what_keyring_wrote(real: Keyring) -> None:
    texts = {"plain": "text", "letters": "pässwörd 日本 👩‍💻", "lines": "a\nb\t", "long": "x" * 60_000}
    pairs = [part for pair in texts.items() for part in pair]
    python(WRITES, "airflowctl:http://h", *pairs, **real.environ)
    found = python(READS_FAST, "airflowctl:http://h", *texts, "nobody", **real.environ)
    assert json.loads(found) == [*texts.values(), None]


def test_a_login_is_read_without_importing_keyring(program: Program, locked: Stub, real: Keyring) -> None:
    own = program.with_environ(**real.environ)
    del own.environ["PYTHON_KEYRING_BACKEND"]
    login = ("auth", "login", "--url", locked.url, "-u", "ann", "--password-stdin")
    assert own.process(*login, stdin="hunter22\n").code == 0
    code = (
        "import sys; from airflowctl.main import main; code = main(['pools', 'get', 'p', '-o', 'name']);"
        "print('keyring' in sys.modules, code)"
    )
    environ = {name: value for name, value in own.process_environ.items() if name != "PATH"}
    assert python(code, **environ) == "p\nFalse 0\n"


@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":97"}], ids=["no desktop", "desktop"])
def test_a_locked_keyring_does_not_hang(
    program: Program, locked: Stub, real: Keyring, display: dict[str, str]
) -> None:
    own = program.with_environ(**real.environ, **display)
    del own.environ["PYTHON_KEYRING_BACKEND"]
    login = ("auth", "login", "--url", locked.url, "-u", "ann", "--password-stdin")
    assert own.process(*login, stdin="hunter22\n").code == 0
    real.lock()
    for line in (("pools", "get", "p"), ("auth", "token"), login):
        done = own.process(*line, stdin="hunter22\n", timeout=60)
        assert (done.out, done.code) == ("", 4), done
        assert "the system keyring is locked" in done.err
        assert "Traceback" not in done.err
    status = own.process("auth", "status", "-o", "json", timeout=60).json["status"]
    assert "the system keyring is locked" in status
    automatic = own.with_environ(AIRFLOWCTL_STORE="auto")
    del automatic.environ["PYTHON_KEYRING_BACKEND"]
    done = automatic.process(*login, stdin="hunter22\n", timeout=60)
    if done.code == 0:  # in the kernel's, and it says why
        assert "the system keyring is locked" in done.out
        automatic.process("auth", "logout", timeout=60)
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
    program: Program, locked: Stub, tmp_path: Path, backend: str, said: str
) -> None:
    """Also where somebody named it."""
    package = tmp_path / "site" / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "file.py").write_text(ALTERNATIVE.format(path=str(tmp_path / "clear")))
    own = program.with_environ(PYTHON_KEYRING_BACKEND=backend, PYTHONPATH=str(tmp_path / "site"))
    login = ("auth", "login", "--url", locked.url, "-u", "ann", "--password-stdin")
    done = own.process(*login, stdin="hunter22\n")
    assert (done.out, done.code) == ("", 4)
    assert said in done.err
    assert not (tmp_path / "clear").exists()


def test_every_fault_of_a_store_is_one_of_ours() -> None:
    assert issubclass(StoreUnavailable, CliError)
