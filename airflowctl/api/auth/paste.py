"""A token made in Airflow's web pages, which works with every single sign-on they have."""

from __future__ import annotations

from airflowctl.api.auth.confirm import username
from airflowctl.api.auth.managers import FAB, OTHER
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import Credential, clean


class Paste(Provider):
    """A token that the user copies from Airflow's web pages, which have it since Airflow 3.2."""

    name = "paste"
    summary = "a token made in Airflow's web pages (for a company's single sign-on)"
    managers = (FAB, OTHER)

    def log_in(self, login: Login) -> Credential:
        url = login.environment.url
        if "token" not in login.secrets:
            login.prompter.note(
                f"Log in at {url}/ in a browser, choose Generate Token > CLI in the user menu,"
            )
            login.prompter.note(
                "(with the Amazon provider: open /auth/login/token there), and copy the token."
            )
        token = clean(login.secret("token", "Token (it is not shown)", "--token-stdin"), "what was pasted")
        credential = login.credential(token, self.name)
        return credential._replace(username=username(login.client, token) or credential.username)
