"""A token from a program of the user's own, as kubectl's exec plug-ins give theirs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import Credential, may_be_sent, moment
from airflowctl.core.errors import NotLoggedIn, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.programs import find_program, search_path

INFO_VARIABLE = "AIRFLOWCTL_EXEC_INFO"
LIMIT = 60.0  # seconds
_MOST = 200_000  # bytes: no answer with a token in it is longer


class Command(Provider):
    """Runs a program without a shell, again whenever its token ends. It writes the token alone, or JSON:
    kubectl's ExecCredential, or OAuth's answer. What it writes is never shown; its stderr goes to the
    terminal."""

    name = "command"
    summary = "a program that prints a token"
    is_kept = False

    def log_in(self, login: Login) -> Credential:
        argv = login.environment.command
        if not argv:
            raise UsageError("no command is given", "auth login --method command -- PROGRAM ARGUMENT...")
        token, end = _read(argv[0], _run(argv, login))
        credential = login.credential(token, self.name)
        return credential._replace(expires_at=credential.expires_at or end)

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        return self.log_in(login)

    def log_out(self, credential: Credential, login: Login) -> bool:
        return False


def _run(argv: tuple[str, ...], login: Login) -> str:
    interactive = login.prompter.can_ask
    spec = {"server": login.environment.url, "interactive": interactive}
    info = json.dumps({"apiVersion": "airflowctl/v1", "kind": "ExecInfo", "spec": spec})
    try:
        program = subprocess.Popen(
            [_whole_path(argv[0], login.environ), *argv[1:]],
            stdin=None if interactive else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**login.environ, "PATH": search_path(login.environ), INFO_VARIABLE: info},
            # Nothing of the current folder is run or read unless the line names it
            # (docs/explanation/security.md).
            cwd=_home(login.environ),
            start_new_session=not interactive,  # so that what it started ends with it
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be run"
        raise NotLoggedIn(
            f"the token command {argv[0]}: {reason}", f"see: {suggest('env', 'show', login.environment.name)}"
        ) from None
    try:
        out = _read_output(program)
    except subprocess.TimeoutExpired:
        raise NotLoggedIn(f"the token command {argv[0]} gave no answer in {LIMIT:g} s") from None
    finally:
        _end(program, interactive)
    if len(out) > _MOST:
        raise NotLoggedIn(f"the token command {argv[0]} wrote no token")
    if program.returncode:
        raise NotLoggedIn(f"the token command {argv[0]} failed with exit status {program.returncode}")
    return out.decode("utf-8", "replace").strip()


def _whole_path(name: str, environ: Mapping[str, str]) -> str:
    """Return the whole path of a program, which files of older versions keep as it was typed. Raises
    NotLoggedIn for a path that the current folder would decide, and for a missing program."""
    again = "log in again, with its whole path"
    if os.path.dirname(name) and not os.path.isabs(name):
        raise NotLoggedIn(f"the token command {name} is another one in each folder", again)
    path = name if os.path.isabs(name) else find_program(name, environ)
    if not path:
        raise NotLoggedIn(f"the token command {name}: No such file or directory", again)
    return path


def _home(environ: Mapping[str, str]) -> str:
    # The current folder may be one that another user wrote: programs read settings from where they start.
    home = environ.get("HOME", "")
    return home if os.path.isabs(home) and os.path.isdir(home) else os.sep


def _read_output(program: subprocess.Popen[bytes]) -> bytes:
    """Return the output of the program when it has ended; where that is too much to be a token, its
    beginning. Raises subprocess.TimeoutExpired."""
    outputs: list[bytes] = []
    stdout = program.stdout
    assert stdout is not None

    def read() -> None:
        with stdout:
            outputs.append(stdout.read(_MOST + 1))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    # A program that it started may keep the pipe open after it has ended.
    reader.join(LIMIT)
    if reader.is_alive():
        raise subprocess.TimeoutExpired(program.args, LIMIT)
    if len(outputs[0]) <= _MOST:
        program.wait(LIMIT)
    return outputs[0]


def _end(program: subprocess.Popen[bytes], interactive: bool) -> None:
    if program.poll() is not None:
        return
    if interactive or os.name == "nt":
        program.kill()
    else:
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def _read(name: str, text: str) -> tuple[str, float | None]:
    """Return the token and its end, in epoch seconds; raises NotLoggedIn without a part of the output."""
    token, end = text, None
    if text.startswith("{"):
        try:
            token, end = _from_json(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            raise NotLoggedIn(f"the token command {name} wrote JSON that holds no token") from None
    if not may_be_sent(token):
        raise NotLoggedIn(f"the token command {name} wrote no token")
    if end is not None and end <= time.time():
        raise NotLoggedIn(f"the token command {name} gave a token that has expired")
    return token, end


def _from_json(document: dict[str, Any]) -> tuple[str, float | None]:
    if "status" in document:
        status = document["status"]
        end = status.get("expirationTimestamp")
        return status["token"], moment(datetime.fromisoformat(end).timestamp()) if end else None
    lasts = document.get("expires_in")
    return document["access_token"], None if lasts is None else moment(time.time() + float(lasts))
