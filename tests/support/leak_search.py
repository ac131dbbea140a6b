"""The search for secrets in all that a program leaves behind: what it wrote, where it wrote, how it ran."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.support.program import Done, Program

# Whosever it is; Airflow's own references to files ("file_token") begin with other letters.
_JWT = re.compile(rb"eyJ(?:hbGci|0eXAi|raWQi)[\w-]*\.[\w-]{8,}")
_OFTEN = 0.02  # seconds between two looks at the running processes


class Scan:
    """Collects places, then looks for every secret in each of them: a secret may be known only later."""

    def __init__(self) -> None:
        self._places: dict[str, bytes] = {}
        self._secrets: set[str] = set()

    def learn(self, *secrets: str) -> None:
        self._secrets.update(secret for secret in secrets if secret)

    @property
    def places(self) -> int:
        return len(self._places)

    @property
    def hits(self) -> list[str]:
        """The places with a secret in them, in one form or another."""
        assert self._secrets, "nothing to look for"
        forms = [form for secret in self._secrets for form in _forms(secret)]
        return [
            place
            for place, found in self._places.items()
            if _JWT.search(found) or any(form in found for form in forms)
        ]

    def add(self, place: str, found: str | bytes) -> None:
        self._places[f"{len(self._places)}: {place}"] = found.encode() if isinstance(found, str) else found

    def add_done(self, line: str, done: Done, *, out: bool = True) -> None:
        """What a command wrote. Without `out` its result is left out: it is a secret by right."""
        if out:
            self.add(f"stdout of {line}", done.out)
        self.add(f"stderr of {line}", done.err)

    def add_folder(self, folder: Path) -> None:
        """Every file below it, its name included."""
        for path in sorted(folder.rglob("*")):
            if not path.is_socket():
                self.add(str(path), f"{path}\n".encode() + (path.read_bytes() if path.is_file() else b""))

    def process(self, program: Program, *argv: str, stdin: str = "", out: bool = True) -> Done:
        """Run it as a process, and look at what others can see of it and of what it starts."""
        running = subprocess.Popen(
            [sys.executable, "-m", "airflowctl", *argv],
            env=program.process_environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with self.watched(running.pid, program):
            written = running.communicate(stdin.encode(), timeout=60)
        done = Done(written[0].decode(), written[1].decode(), running.returncode)
        self.add_done(" ".join(argv), done, out=out)
        return done

    @contextmanager
    def watched(self, pid: int, program: Program) -> Iterator[None]:
        """As `ps` shows it, again and again until the end; what was in its variables before is no leak."""
        seen: set[tuple[str, bytes]] = set()
        ended = threading.Event()
        given = "\0".join(program.process_environ.values())
        known = {form for secret in self._secrets if secret in given for form in _forms(secret)}

        def watch() -> None:
            listed = False
            while not ended.wait(_OFTEN):
                for name, found in _shown(pid):
                    if not (name.endswith("environ") and any(form in found for form in known)):
                        seen.add((name, found))
                if not listed and any(b"airflowctl" in found for _, found in seen):
                    seen.add(("ps", _list_processes()))
                    listed = True

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            for name, found in sorted(seen):
                self.add(name, found)


def _list_processes() -> bytes:
    """What `ps` prints of the processes below this one: others on the machine may test with secrets too."""
    own = ",".join(map(str, _family(os.getpid())))
    return subprocess.run(["ps", "-ww", "-o", "args", "-p", own], capture_output=True).stdout


def _shown(pid: int) -> Iterator[tuple[str, bytes]]:
    """What the system tells of a process and of those below it."""
    for one in _family(pid):
        for name in ("cmdline", "environ"):
            try:
                yield f"/proc/{one}/{name}", Path(f"/proc/{one}/{name}").read_bytes()
            except OSError:
                continue  # it has ended


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
        children = [Path(f"/proc/{pid}/task/{task}/children").read_text() for task in tasks]
    except OSError:
        return
    for child in " ".join(children).split():
        yield from _family(int(child))


def _forms(secret: str) -> set[bytes]:
    """A secret as it may be written: as it is, in a URL, in hex, and in base64 wherever it begins there."""
    raw = secret.encode()
    found = {raw, quote(secret, safe="").encode(), raw.hex().encode()}
    for before in range(3):
        coded = base64.b64encode(b"x" * before + raw).rstrip(b"=")
        found.add(coded[4 if before else 0 : -2])
    return found
