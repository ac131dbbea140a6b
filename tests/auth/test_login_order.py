"""A second login that fails or is killed at any step: one good login works afterwards."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.processes import LoadedProcess
from tests.support.program import Done, Program
from tests.support.revocable_logins import Users, log_in, who
from tests.support.stub import Stub

# The program, killed before or after the nth call of one of these.
KILLED = """
import os, signal, sys
from airflowctl.api.auth import provider
from airflowctl.core.credential import Credential
from airflowctl.main import main
from airflowctl.storage.secrets import encrypted_file as encrypted
from airflowctl.storage.secrets.encrypted_file import EncryptedFile
from airflowctl.storage.secrets.kernel_keyring import KernelKeyring

step, when = sys.argv[1:3]
encrypted._COST, encrypted._COSTS = 16, (16,)


def end():
    os.kill(os.getpid(), signal.SIGKILL)


def killed(inner):
    def outer(*arguments, **more):
        if when == "before":
            end()
        inner(*arguments, **more)
        end()
    return outer


if step == "set":
    for store in (KernelKeyring, EncryptedFile):
        store.set = killed(store.set)
elif step == "delete":
    for store in (KernelKeyring, EncryptedFile):
        store.delete = killed(store.delete)
elif step == "revoke":
    provider._revoke = killed(provider._revoke)
elif step == "file":
    from airflowctl.storage.environments import EnvironmentStore
    EnvironmentStore.save = killed(EnvironmentStore.save)
elif step == "replace":
    inner = os.replace
    def replace(source, target, **more):
        if str(target).endswith(".toml"):
            killed(inner)(source, target, **more)
        return inner(source, target, **more)
    os.replace = replace
sys.exit(main(sys.argv[3:]))
"""


def run(own: Program, code: str, *arguments: str) -> Done:
    """Code with the program's variables; a password is on its standard input."""
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with LoadedProcess(arguments, code=code, env=own.process_environ, **streams) as running:
        out, err = running.communicate(b"hunter22\n", timeout=60)
    return Done(out.decode(), err.decode(), running.returncode)


LOGIN = ("auth", "login", "-u", "bob", "--password-stdin")


@pytest.mark.parametrize("store", ["kernel", "encrypted-file"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["set", "file", "replace", "revoke", "delete"])
@pytest.mark.usefixtures("free")
def test_a_login_that_is_killed(
    own: Program, revoking: Stub, users: Users, step: str, when: str, store: str
) -> None:
    assert log_in(own, revoking.url, "ann", "--store", store).code == 0
    done = run(own, KILLED, step, when, *LOGIN, "--url", revoking.url, "--store", store)
    assert done.code == -signal.SIGKILL, done
    is_new = step in ("revoke", "delete") or (step in ("file", "replace") and when == "after")
    assert who(own) == ("bob" if is_new else "ann")
    assert log_in(own, revoking.url, "ann", "--store", store).code == 0  # and the next one is like any other
    assert who(own) == "ann"
    own("auth", "logout")


# The kernel refuses the file, but not the login.
FULL_DISK = """
import resource, signal, sys
from airflowctl.main import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True  # it would keep the part of a module that the limit lets through
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
sys.exit(main(sys.argv[1:]))
"""


def test_a_disk_that_is_full(own: Program, revoking: Stub, users: Users) -> None:
    assert log_in(own, revoking.url, "ann", "--store", "kernel").code == 0
    done = run(own, FULL_DISK, *LOGIN, "--url", revoking.url, "--store", "kernel")
    assert done.code == 1
    assert "cannot write" in done.err
    assert "File too large" in done.err
    assert who(own) == "ann"
    assert set(users.good.values()) == {"ann"}  # the login that could not be kept was taken back
    own("auth", "logout")


READ_ONLY = """
import ctypes, ctypes.util, sys
libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 1, 32, 4096, 16384, 1 << 18
folder = sys.argv[1].encode()
if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
    sys.exit(77)
if libc.mount(folder, folder, None, MS_BIND, None):
    sys.exit(77)
if libc.mount(b"none", folder, None, MS_REMOUNT | MS_BIND | MS_RDONLY, None):
    sys.exit(77)
from airflowctl.main import main
sys.exit(main(sys.argv[2:]))
"""


def test_a_disk_that_is_read_only(own: Program, revoking: Stub, users: Users, home: Path) -> None:
    assert log_in(own, revoking.url, "ann", "--store", "kernel").code == 0
    done = run(own, READ_ONLY, str(home), *LOGIN, "--url", revoking.url, "--store", "kernel")
    if done.code == 77:
        pytest.skip("this machine lets no process mount a folder read-only")
    assert done.code == 1
    assert "Read-only file system" in done.err
    assert who(own) == "ann"
    assert set(users.good.values()) == {"ann"}
    used = run(own, READ_ONLY, str(home), "pools", "get", "p", "-o", "name")
    assert (used.out, used.code) == ("ann\n", 0)
    own("auth", "logout")


def test_in_a_session_the_new_login_lasts_as_long_as_it(own: Program, revoking: Stub, tmp_path: Path) -> None:
    """Where its file cannot be written nothing would find it later: it is in memory."""
    assert log_in(own, revoking.url, "ann", "--store", "kernel").code == 0
    lines = (
        f"auth login --url {revoking.url} -u bob -p hunter22 --store kernel\n"
        "pools get p -o name\nauth status -o json\n"
    )
    (tmp_path / "lines").write_text(lines)
    done = run(own, FULL_DISK, "-f", str(tmp_path / "lines"))
    assert done.code == 0, done
    assert "the address is known until this ends" in done.err
    assert "\nbob\n" in done.out
    assert '"token_from": "memory"' in done.out
    assert who(own) == "ann"
    own("auth", "logout")
