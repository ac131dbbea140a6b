"""A login method: a token from a file of JSON, as an agent of a secrets vault may write it."""

from __future__ import annotations

import json

from airflowctl.extensions import Credential, Login, Provider, UsageError

VARIABLE = "EXAMPLE_VAULT_FILE"


class VaultFile(Provider):
    """`auth login --method vault-file`, with the path of the file in EXAMPLE_VAULT_FILE."""

    api = 1
    name = "vault-file"
    summary = f"a token from a file of JSON ({VARIABLE})"

    def log_in(self, login: Login) -> Credential:
        path = login.environ.get(VARIABLE, "")
        if not path:
            raise UsageError("no file with a token is named", f"set {VARIABLE} to its path")
        try:
            with open(path, encoding="utf-8") as file:
                token = json.load(file)["token"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            # Never the content of the file: a part of it may be the token.
            raise UsageError(f"there is no token in {path} ({type(error).__name__})") from None
        return login.credential(str(token), self.name)
