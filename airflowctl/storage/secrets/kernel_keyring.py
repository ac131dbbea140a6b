"""The keyring of the Linux kernel: in memory, for this user only, gone when the token ends or the machine
restarts. By raw system calls: it needs no library, no daemon and no desktop."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from airflowctl.core.errors import StoreUnavailable
from airflowctl.core.next_line import suggest
from airflowctl.storage.secrets.store import Key, Store

NAME = "kernel"
_MOST = 32_767  # bytes: the kernel's own limit for a key
_USER_KEYRING = -4
# System calls (add_key, keyctl) by machine; operations of keyctl.
_CALLS = {"x86_64": (248, 250), "aarch64": (217, 219)}
_SETPERM, _UNLINK, _SEARCH, _READ, _SET_TIMEOUT = 5, 9, 10, 11, 15
_OWNER_ONLY = 0x3F3F0000  # also from a session whose keyring is not linked to the user's
_GONE = (126, 127, 128)  # ENOKEY, EKEYEXPIRED, EKEYREVOKED


# Servers and containers have no desktop keyring, and clear text on disk is not an option (decision 0025).
class KernelKeyring(Store):
    """Works on Linux, where system calls for keys are not forbidden (as they are in some containers)."""

    name = NAME
    lasts = "until it expires or this machine restarts"

    def get(self, key: Key) -> str | None:
        import ctypes

        call = _Kernel()
        number = call.find(_description(key))
        if number is None:
            return None
        size = call.control(_READ, number, None, 0)
        buffer = ctypes.create_string_buffer(size)
        size = call.control(_READ, number, buffer, size)
        return buffer.raw[:size].decode("utf-8", "replace")

    def set(self, key: Key, text: str, lifetime: float | None) -> None:
        data = text.encode()
        if len(data) > _MOST:
            raise StoreUnavailable("the login is too long for the kernel's keyring")
        call = _Kernel()
        number = call.add(_description(key), data)
        # The kernel's default lets only a process that possesses the key read it: a later login session would
        # not.
        call.control(_SETPERM, number, _OWNER_ONLY)
        # One second more, so that the login never ends before the token; 0 clears the timeout.
        call.control(_SET_TIMEOUT, number, int(lifetime) + 1 if lifetime is not None else 0)

    def delete(self, key: Key) -> bool:
        call = _Kernel()
        number = call.find(_description(key))
        if number is None:
            return False
        call.control(_UNLINK, number, _USER_KEYRING)
        return True


class _Kernel:
    """The two system calls; raises StoreUnavailable where there are none, or they are forbidden."""

    def __init__(self) -> None:
        import ctypes
        import platform

        calls = _CALLS.get(platform.machine())
        # The numbers of the calls are those of 64-bit processes; a 32-bit one on the same machine has others.
        if sys.platform != "linux" or calls is None or ctypes.sizeof(ctypes.c_void_p) != 8:
            raise StoreUnavailable("this system has no kernel keyring")
        self._add, self._control = calls
        self._library = ctypes.CDLL(None, use_errno=True)
        # ctypes takes int for granted, which would cut a long to 32 bits.
        self._library.syscall.restype = ctypes.c_long

    def add(self, name: bytes, data: bytes) -> int:
        return self._call(self._add, b"user", name, data, len(data), _USER_KEYRING)

    def find(self, name: bytes) -> int | None:
        try:
            return self.control(_SEARCH, _USER_KEYRING, b"user", name, 0)
        except _KeyGone:
            return None

    def control(self, operation: int, *arguments: object) -> int:
        return self._call(self._control, operation, *arguments)

    def _call(self, *arguments: object) -> int:
        import ctypes
        import errno

        # A variadic C function takes words of 64 bits here; ctypes would pass an int as 32.
        c_arguments = [
            ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments
        ]
        result: int = self._library.syscall(*c_arguments)
        if result < 0:
            number = ctypes.get_errno()
            if number == errno.EDQUOT:
                raise StoreUnavailable(_quota_message(), _QUOTA_HINT)
            kind = _KeyGone if number in _GONE else StoreUnavailable
            raise kind(f"the kernel's keyring failed: {os.strerror(number)}")
        return result


_QUOTA_HINT = (
    f"log out of what is not used: {suggest('auth', 'logout', '-e', 'NAME')}; or give --store encrypted-file"
)


def _quota_message() -> str:
    """Return the error for a quota that is used up, with its limits; root has a quota of its own."""
    limits = []
    for name, unit in (("maxkeys", "keys"), ("maxbytes", "bytes")):
        with suppress(OSError), open(f"/proc/sys/kernel/keys/{name}", "rb") as file:
            limits.append(f"{file.read().decode().strip()} {unit}")
    allowed = f" (a user may keep {' and '.join(limits)})" if limits and os.getuid() else ""
    return f"the kernel's keyring is full{allowed}"


class _KeyGone(StoreUnavailable):
    """The kernel has no such key, or it expired."""


def _description(key: Key) -> bytes:
    return f"airflowctl:{key.realm} {key.name}".encode()
