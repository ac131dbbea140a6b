"""What is sensitive: the names under which secrets are kept, and texts that have the shape of one.

A wrong "yes" costs a line of history; a wrong "no" puts a secret on disk. So both judge generously.
"""

from __future__ import annotations

# The server's DEFAULT_SENSITIVE_FIELDS (airflow/_shared/secrets_masker), of all supported versions together.
SERVER_FIELDS = (
    "access_key", "access_token", "api_key", "apikey", "auth_header", "authorization", "bearer",
    "connection_string", "dsn", "keyfile_dict", "passphrase", "passwd", "password", "private_key", "proxies",
    "proxy", "proxy_password", "secret", "service_account", "service_key", "token", "webhook_url",
)  # fmt: skip
# What the server shows and people still use for secrets. As whole words: `author` and `path` are harmless.
_WORDS = frozenset((
    "assertion", "auth", "cookie", "cred", "credential", "credentials", "creds", "jwt", "otp", "pass",
    "passcode", "pat", "pw", "pwd", "pwds",
))  # fmt: skip
_KEYS = (
    "account_key", "code_verifier", "device_code", "encryption_key", "fernet_key", "master_key", "shared_key",
    "signing_key", "ssh_key",
)  # fmt: skip


def is_sensitive_name(name: str) -> bool:
    """Whether what is kept under this name (of a variable, field, option or header) is probably a secret."""
    words = name_words(name)
    snake = "_".join(words)  # in which `accessKey` has the server's field too
    return (
        not _WORDS.isdisjoint(words)
        or is_server_field(name)
        or any(field in snake for field in (*SERVER_FIELDS, *_KEYS))
    )


def is_server_field(name: str) -> bool:
    """Whether the server's own rule hides what is kept under this name: one of its fields is part of it."""
    written = "_".join("".join(char if _is_word(char) else " " for char in name.casefold()).split())
    return any(field in written for field in SERVER_FIELDS)


def name_words(name: str) -> list[str]:
    """The words of a name in lower case: `dbPWDHash-2` is db, pwd, hash."""
    parts: list[str] = []
    for place, char in enumerate(name):
        before, after = name[place - 1 : place], name[place + 1 : place + 2]
        is_new_word = char.isupper() and (before.islower() or (before.isupper() and after.islower()))
        parts.append(" " if not char.isalpha() else f" {char}" if is_new_word else char)
    return "".join(parts).casefold().split()


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"
