"""A real keyring of this system, private and thrown away: D-Bus with a gnome-keyring on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import until

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
_SERVICE = "org.freedesktop.secrets"
# Without any folder of services: nothing is started on demand.
_CONFIG = """<busconfig>
 <type>session</type>
 <listen>unix:path={socket}</listen>
 <policy context="default">
  <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
 </policy>
</busconfig>"""


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

    with open_dbus_connection(bus=address) as bus:
        return bool(Proxy(message_bus, bus).NameHasOwner(_SERVICE)[0])
