"""Which names and texts are sensitive, and that judging one takes no longer than reading it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from airflowctl.core.redaction import Redactor
from airflowctl.core.sensitive import (
    _KEYS,
    _NAME_PARTS,
    _WORDS,
    SERVER_FIELDS,
    holds_secret,
    is_sensitive_name,
)
from tests.support.rows import every_row

SENSITIVE_NAMES = (
    "pwd", "db_pwd", "dbPwd", "DB-PWD", "pwd2", "my.pwd", "pat", "gh_pat", "GH-PAT", "auth",
    "basicAuth", "auth2", "X-Auth", "cred", "creds", "credential", "credentials", "awsCredentials",
    "bearer", "api-key", "apiKey", "API_KEY", "x.access-key", "accessKeyId", "webhookUrl",
    "slack_webhook_url", "b_dsn", "http_proxy", "PGPASSWORD", "mySecretThing", "account_key",
    "AccountKey", "fernet-key", "password1", "jwt", "session_cookie",
)  # fmt: skip
HARMLESS_NAMES = (
    "author", "authority", "authored", "path", "PATH", "file_path", "pattern", "patch", "spatial",
    "compat", "compass", "passenger", "bypassed", "pathway", "key", "variable_key", "sort_key",
    "stripe", "accredited", "incredible", "patent", "keyboard", "oauthor", "pwdx", "id", "name", "a",
    "_", "-",
)  # fmt: skip


@every_row("name", [*SERVER_FIELDS, *SENSITIVE_NAMES])
def test_a_name_of_a_secret_is_sensitive(name: str) -> None:
    assert is_sensitive_name(name)


@every_row("name", ["", *HARMLESS_NAMES])
def test_a_name_with_such_letters_in_a_longer_word_is_not(name: str) -> None:
    assert not is_sensitive_name(name)


def test_a_text_with_any_sensitive_name_is_searched_for_names() -> None:
    names = {*SERVER_FIELDS, *_KEYS, *_WORDS}
    assert {name for name in names if not any(part in name for part in _NAME_PARTS)} == set()


HOSTILE = {
    "beginnings of tokens": "eyJ-",
    "a token without end": "eyJa",
    "names": "pwd=",
    "references": "pwd=$",
    "quoted names": '"pwd":',
    "objects": '"pwd":{',
    "proxies": "proxy=http://",
    "addresses": "a://b:c",
    "headers": "x-auth-",
    "backslashes": "\\",
    "quotes": "'\"",
    "keys": "-----BEGIN ",
    "programs": "mysql vault login -p -u",
    "options": "--pwd ",
    "white space": "cookie ",
    "different names": None,
}


def long_text(part: str | None, size: int) -> str:
    if part is None:
        return "=".join(f"pat{number}" for number in range(size // 10))
    return part * (size // len(part))


@pytest.mark.parametrize("part", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("read", [Redactor(), holds_secret], ids=["redactor", "judge"])
def test_a_text_of_any_form_is_read_in_a_time_that_grows_with_its_length(
    read: Callable[[str], object], part: str | None
) -> None:
    """Four times the text takes about four times as long; what grows faster takes sixteen times."""

    def seconds(size: int) -> float:
        text = long_text(part, size)
        before = time.process_time()
        read(text)
        return time.process_time() - before

    seconds(1000)
    short = min(seconds(60_000) for _ in range(2))
    assert seconds(240_000) < 9 * short + 0.3


@pytest.mark.parametrize("name", ["x-sig", "x-vault-key", "X-Amz-Signature", "x_key"])
def test_what_follows_the_name_of_a_header_is_one(name: str) -> None:
    assert holds_secret(f"{name}: 0123456789abcdef")


@pytest.mark.parametrize("name", ["y-key", "max-key", "key", "sort-key"])
def test_a_name_that_only_ends_like_that_of_a_header_is_none(name: str) -> None:
    assert not holds_secret(f"{name}: 0123456789abcdef")
