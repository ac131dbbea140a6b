"""What is taken out of errors, notes and traces; and that our own words stay as they are."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import airflowctl
from airflowctl.core.errors import CliError
from airflowctl.core.options import Options
from airflowctl.core.redaction import HIDDEN, Redactor
from airflowctl.main import new_session
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.shell_driver import streams, written

JWT = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl-_"
CANARY = "canary-0123456789"

HIDES = {
    "a JWT in words": (f"the token {JWT} is old", f"the token {HIDDEN} is old"),
    "a JWT in quotes": (f"b'{JWT}'", f"b'{HIDDEN}'"),
    "two JWTs": (f"{JWT} {JWT}", f"{HIDDEN} {HIDDEN}"),
    "a JWT without signature": ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", HIDDEN),
    "a JWT that was cut": ("eyJhbGciOiJub25lIn0.eyJzdWI", HIDDEN),
    "a bearer header": (f"Illegal value b'Bearer {CANARY}'", f"Illegal value b'Bearer {HIDDEN}'"),
    "a header line": (f"Authorization: Bearer {CANARY}", f"Authorization: {HIDDEN}"),
    "a header in a dictionary": (f"{{'authorization': 'Bearer {CANARY}'}}", f"{{'authorization': {HIDDEN}"),
    "basic": ("Authorization: Basic YWRtaW46c2VjcmV0", f"Authorization: {HIDDEN}"),
    "a proxy's": ("proxy-authorization: Basic YWRtaW46c2VjcmV0", f"proxy-authorization: {HIDDEN}"),
    "a cookie": (f"Cookie: _token={CANARY}; session=abc", f"Cookie: {HIDDEN}"),
    "a cookie that is set": (f"set-cookie: _token={CANARY}; Path=/", f"set-cookie: {HIDDEN}"),
    "JSON": (f'{{"access_token": "{CANARY}", "a": 1}}', f'{{"access_token": "{HIDDEN}", "a": 1}}'),
    "a dictionary": (f"{{'password': '{CANARY}'}}", f"{{'password': '{HIDDEN}'}}"),
    "a form": (f"client_secret={CANARY}&a=b", f"client_secret={HIDDEN}&a=b"),
    "a callback": (f"/callback?code={CANARY}&state=x", f"/callback?code={HIDDEN}&state=x"),
    "a fragment": (f"/cb#access_token={CANARY}", f"/cb#access_token={HIDDEN}"),
    "a URL's password": (f"http://ann:{CANARY}@proxy:3128", f"http://{HIDDEN}@proxy:3128"),
    "an option": (f"--password={CANARY}", f"--password={HIDDEN}"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), HIDES.values(), ids=HIDES)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    assert Redactor()(text) == shown


FIELDS = (
    "access_token", "refresh_token", "id_token", "token", "_token", "client_secret", "secret", "password",
    "passphrase", "assertion", "device_code", "code_verifier",
)  # fmt: skip


@every_row("field", FIELDS)
@every_row("form", ['{{"{}": "{}"}}', "{{'{}': '{}'}}", "{}={}", "?{}={}&a=b", "a {}={} b"])
def test_a_field_with_a_secret_is_hidden_in_each_form(field: str, form: str) -> None:
    shown = Redactor()(form.format(field, CANARY))
    assert shown == form.format(field, HIDDEN)


def test_what_is_known_is_hidden_wherever_it_stands() -> None:
    redact = Redactor()
    redact.learn("hunter22", "hunter22-and-more")
    assert redact("hunter22 or hunter22-and-more, not hunter2") == f"{HIDDEN} or {HIDDEN}, not hunter2"


@pytest.mark.parametrize("secret", ["", "a", "admin"])
def test_a_word_too_short_to_tell_apart_is_not_learnt(secret: str) -> None:
    redact = Redactor()
    redact.learn(secret)
    assert redact("a plain admin banana") == "a plain admin banana"


@pytest.mark.parametrize("secret", [r"a\1b(c)[d]*", "p ä ss wörd", 'a"b\\c"d', "x'y'z'w"])
def test_a_secret_of_any_letters(secret: str) -> None:
    redact = Redactor()
    redact.learn(secret)
    assert redact(f"it is {secret}!") == f"it is {HIDDEN}!"


# What is printed.


def printed(error: CliError, *secrets: str, output: str | None = None) -> str:
    """What a person sees of an error."""
    session = new_session(streams(Program({})), Options(output=output))
    session.parts.redact.learn(*secrets)
    session.output.error(error)
    return written(session.streams.stderr)


AWKWARD = {
    "quotes": 'pa"ss\\word',
    "letters": "pässwörd-日本",
    "a tab": "pass\tword",
    "bidi": "pass\u202eword",
}


@pytest.mark.parametrize("output", [None, "json"])
@pytest.mark.parametrize("secret", AWKWARD.values(), ids=AWKWARD)
def test_a_secret_is_hidden_before_it_is_escaped(secret: str, output: str | None) -> None:
    shown = printed(CliError(f"no {secret} here", f"not {secret}"), secret, output=output)
    assert shown.count(HIDDEN) == 2
    assert "word" not in shown


@pytest.mark.parametrize("output", [None, "json"])
def test_a_secret_is_hidden_before_a_long_message_is_cut(output: str | None) -> None:
    secret = "c4n4ry" * 40
    shown = printed(CliError("x" * 500 + secret), secret, output=output)
    assert "c4n4ry" not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "text", ["Authorization: Bearer abc\nmore", "Cookie: a=b", f"Set-Cookie: _token={CANARY}; Path=/"]
)
def test_an_error_as_json_stays_json(text: str) -> None:
    found = json.loads(printed(CliError(text, "do this"), output="json"))["error"]
    assert HIDDEN in found["message"]
    assert found["hint"] == "do this"


# Our own words.

ABOUT_SECRETS = re.compile(
    r"token|secret|password|passphrase|code|cookie|basic|bearer|@|authori[sz]ation", re.I
)

# Headers, which only a server sees, and requests to copy: those are results, which are printed as they are.
SENT = {
    "Bearer reports-7",
    "_token=reports-7",
    '-H "Authorization: Bearer $reports-7"',
    '"Authorization": "Bearer " + os.environ["reports-7"]',
}


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text of a module but its docstrings, with a word in each gap of an f-string."""
    nodes = list(ast.walk(tree))
    inside = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "reports-7" for part in node.values
            )
        elif isinstance(node, ast.Constant) and id(node) not in inside | docs:
            yield str(node.value)


@cache
def ours() -> list[str]:
    """What the program may say of secrets."""
    folder = Path(airflowctl.__file__).parent
    modules = (path for path in sorted(folder.rglob("*.py")) if path.name != "redaction.py")
    found = (text for path in modules for text in texts(ast.parse(path.read_text())))
    return sorted({text for text in found if " " in text and ABOUT_SECRETS.search(text)} - SENT)


def test_there_are_words_of_ours_to_try() -> None:
    assert len(ours()) > 60


@every_row("text", ours)
def test_our_own_words_stay_as_they_are(text: str) -> None:
    assert Redactor()(text) == text


SAID = [
    "export AIRFLOW_CLI_TOKEN=$(airflowctl auth token --url http://h:8080 --username ann)",
    "the token for http://127.0.0.1:8080 has expired",
    "log in again: airflowctl auth login --url https://airflow.example.org/team-a",
    "does not accept this token: it was revoked, is of another server, or its user is gone",
    "debug: POST /auth/token/cli -> 201, 300 bytes, 12 ms",
    "Open http://127.0.0.1:9000/device on any device and enter WDJB-MJHT",
    "ann may not GET /api/v2/variables on http://h",
    "ask ann@example.org, or see https://example.org/@ann",
    "the key my_password=x is not there",
    "Basic settings are there; basic authentication is off; a bearer of news",
    "cannot read the token in /home/ann/token (AIRFLOW_CLI_TOKEN_FILE): No such file or directory",
    'variable "secret": its value is not JSON',
    "exit code=3",
    "eyJ is how many tokens begin",
]


@pytest.mark.parametrize("text", SAID)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert Redactor()(text) == text
