"""Refuses and reports each socket that leads off this machine. Python imports it in the child processes of
the offline tests, and tests/support/offline.py in the test process; it imports nothing that is not
loaded anyway."""

from __future__ import annotations

import os
import sys

VARIABLE = "LOOPBACK_ONLY_REPORT"  # the file that names what was refused
_ADDRESSED = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}
_RESOLVED = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
# RFC 2606 and 6761: no name server knows such a name, so that the answer is given here.
_UNKNOWN = (".invalid", ".test", ".example")


def refuse_other_hosts(report: str) -> None:
    """Refuse in this process, from now on, what is not loopback: EPERM, as from a firewall; each refusal
    adds a line to the file `report`."""

    def check(event: str, arguments: tuple[object, ...]) -> None:
        if event in _ADDRESSED:
            address = arguments[1]
            if isinstance(address, tuple) and isinstance(address[0], str | bytes):  # AF_INET, AF_INET6
                host = _text(address[0])
                if not is_loopback(host):
                    refuse(event, f"{host or '0.0.0.0'}:{address[1]}")
        elif event in _RESOLVED and arguments[0] is not None:
            host = _text(arguments[0])
            if host.rstrip(".").endswith(_UNKNOWN):
                raise sys.modules["_socket"].gaierror(-2, "Name or service not known")
            if host and not is_loopback(host) and not _is_number(host):
                refuse(event, host)

    def refuse(event: str, address: str) -> None:
        program = " ".join(sys.orig_argv[-3:])[-120:]
        with open(report, "a", encoding="utf-8") as file:
            file.write(f"{event.partition('.')[2]} {address} (in: {program})\n".replace("\n", " ") + "\n")
        raise PermissionError(1, f"an offline test may not reach {address}")

    sys.addaudithook(check)


def is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or (host.startswith("127.") and _is_number(host))


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _text(host: object) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)


if os.environ.get(VARIABLE):
    refuse_other_hosts(os.environ[VARIABLE])
