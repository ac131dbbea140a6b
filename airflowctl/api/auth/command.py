"""A token from a program of the person's own, as kubectl's exec plug-ins give theirs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from datetime import datetime
from typing import Any

from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import Credential, may_be_sent
from airflowctl.core.errors import NotLoggedIn, UsageError

INFO_VARIABLE = "AIRFLOWCTL_EXEC_INFO"
LIMIT = 60.0  # seconds


class Command(Provider):
    """Run without a shell, again whenever its token ends. It writes the token alone, or JSON: kubectl's
    ExecCredential, or OAuth's answer. What it writes is never shown; its stderr goes to the terminal."""

    name = "command"
    summary = "a program that prints a token"
    is_kept = False

    def log_in(self, login: Login) -> Credential:
        argv = login.environment.command
        if not argv:
            raise UsageError("no command is given", "auth login --method command -- PROGRAM ARGUMENT...")
        token, end = _read(argv[0], _run(argv, login))
        made = login.credential(token, self.name)
        return made._replace(expires_at=made.expires_at or end)

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        return self.log_in(login)

    def log_out(self, credential: Credential, login: Login) -> bool:
        return False


def _run(argv: tuple[str, ...], login: Login) -> str:
    interactive = login.person.can_ask
    spec = {"server": login.environment.url, "interactive": interactive}
    info = json.dumps({"apiVersion": "airflowctl/v1", "kind": "ExecInfo", "spec": spec})
    try:
        program = subprocess.Popen(
            argv,
            stdin=None if interactive else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**login.environ, INFO_VARIABLE: info},
            start_new_session=not interactive,  # so that what it started ends with it
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be run"
        raise NotLoggedIn(f"the token command {argv[0]}: {reason}", "see: airflowctl env show") from None
    try:
        out, _ = program.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise NotLoggedIn(f"the token command {argv[0]} gave no answer in {LIMIT:g} s") from None
    finally:
        _end(program, interactive)
    if program.returncode:
        raise NotLoggedIn(f"the token command {argv[0]} failed with exit status {program.returncode}")
    return out.decode("utf-8", "replace").strip()


def _end(program: subprocess.Popen[bytes], interactive: bool) -> None:
    if program.poll() is not None:
        return
    if interactive or os.name == "nt":
        program.kill()
    else:
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def _read(name: str, text: str) -> tuple[str, float | None]:
    """The token and its end, in epoch seconds; raises NotLoggedIn and shows nothing of it."""
    token, end = text, None
    if text.startswith("{"):
        try:
            token, end = _from_json(json.loads(text))
        except (ValueError, TypeError, KeyError, OverflowError):
            raise NotLoggedIn(f"the token command {name} wrote JSON that holds no token") from None
    if not may_be_sent(token):
        raise NotLoggedIn(f"the token command {name} wrote no token")
    if end is not None and end <= time.time():
        raise NotLoggedIn(f"the token command {name} gave a token that has expired")
    return token, end


def _from_json(found: dict[str, Any]) -> tuple[str, float | None]:
    if "status" in found:
        status = found["status"]
        moment = status.get("expirationTimestamp")
        return status["token"], datetime.fromisoformat(moment).timestamp() if moment else None
    lasts = found.get("expires_in")
    return found["access_token"], None if lasts is None else time.time() + float(lasts)
