"""Keyrings: a real one, private and thrown away (D-Bus, gnome-keyring), the kernel's, and a dictionary."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from airflowctl.storage.secrets.kernel_keyring import KernelKeyring
from airflowctl.storage.secrets.store import Key, key_of
from tests.support.waiting import until

NO_COST = 16  # of scrypt, for files that no thief will try to open; those of users cost 2**17
PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
_SERVICE = "org.freedesktop.secrets"
_GET_KEYRING_ID, _USER_KEYRING = 0, -4  # keyctl(2)
# Without any folder of services: nothing is started on demand.
_CONFIG = """<busconfig>
 <type>session</type>
 <listen>unix:path={socket}</listen>
 <policy context="default">
  <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
 </policy>
</busconfig>"""


class Kept(KeyringBackend):
    """A keyring as it should be, in a dictionary."""

    priority = 0  # never chosen by itself

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.values: dict[tuple[str, str], str] = {}
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked += 1
        self.values[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.asked += 1
        if self.values.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class Keyring:
    """An unlocked Secret Service. `environ` is what a program needs to find it, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:path={folder / 'bus'}"
        self.environ = {
            "DBUS_SESSION_BUS_ADDRESS": self.address,
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
        }

    def lock(self) -> None:
        """Lock it, as a screen lock or a new login session would."""
        import secretstorage
        from jeepney.io.blocking import open_dbus_connection

        with open_dbus_connection(bus=self.address) as bus:
            secretstorage.get_default_collection(bus).lock()


def key_in(home: Path, name: str = "default") -> Key:
    """Under which key the login of an environment is kept, by its file in this AIRFLOWCTL_HOME."""
    return key_of(tomllib.loads((home / "environments" / f"{name}.toml").read_text())["login"])


def earlier(home: Path, name: str = "default") -> str:
    """Its file as earlier versions wrote it, without the id of the login."""
    text = (home / "environments" / f"{name}.toml").read_text()
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("login"))


@contextmanager
def keyring(folder: Path) -> Iterator[Keyring]:
    """Start one in this folder; skips the test where its programs are not installed."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian: dbus-daemon, gnome-keyring)")
    for name in ("data/keyrings", "run"):
        (folder / name).mkdir(parents=True, mode=0o700)
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(socket=folder / "bus"))
    made = Keyring(folder)
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **made.environ}
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork"], env=environ))
        until((folder / "bus").exists, "a message bus")
        started.append(_daemon(environ))
        until(lambda: _is_served(made.address), "a keyring on the bus")
        yield made
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(20)


def _daemon(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    process.stdin.write(b"the password of this keyring")
    process.stdin.close()
    return process


def _is_served(address: str) -> bool:
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    try:
        with open_dbus_connection(bus=address) as bus:
            return bool(Proxy(message_bus, bus).NameHasOwner(_SERVICE)[0])
    except ConnectionRefusedError:  # the socket's file is there before the daemon listens
        return False


def kernel_keyring() -> KernelKeyring:
    """This machine's. Skips the test where the kernel itself refuses, which is asked without our own code:
    a fault in that must fail."""
    number = {"x86_64": 250, "aarch64": 219}.get(platform.machine())  # of keyctl(2)
    if sys.platform != "linux" or number is None:
        pytest.skip("the kernel's keyring is one of Linux on x86_64 and aarch64")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, _GET_KEYRING_ID, _USER_KEYRING, 1) < 0:
        why = os.strerror(ctypes.get_errno())
        pytest.skip(f"this machine forbids the kernel's keyring, as many containers do (keyctl: {why})")
    return KernelKeyring()
