"""A token that another program made: from standard input once, or from a file each time."""

from __future__ import annotations

from airflowctl.api.auth.confirm import username
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import TOKEN_FILE_VARIABLE, Credential, clean
from airflowctl.core.errors import ConfigError, UsageError

TOKEN_FILE = "token_file"
_LONGEST = 200_000  # bytes


class Static(Provider):
    """A token of another program. A file is read at every start: the program may renew it there."""

    name = "static"
    summary = "a token made elsewhere (--token-stdin, --token-file)"

    def log_in(self, login: Login) -> Credential:
        path = login.environment.setting(TOKEN_FILE)
        token = read_token(path) if path else clean(login.secret("token", "Token", "--token-stdin"), "this")
        credential = login.credential(token, self.name)
        return credential._replace(username=username(login.client, token) or credential.username)


def read_token(path: str, source: str = "") -> str:
    """Read the token in a file. Raises UsageError."""
    from airflowctl.core.secret_files import read_secret

    where = f" ({TOKEN_FILE_VARIABLE})" if source == TOKEN_FILE_VARIABLE else ""
    try:
        return clean(read_secret(path, _LONGEST).decode("utf-8"), source or path)
    except UnicodeDecodeError:
        raise UsageError(f"cannot read the token in {path}{where}: not text") from None
    except ConfigError as error:
        raise UsageError(f"cannot read the token in {path}{where}: {error.message}", error.hint) from None
