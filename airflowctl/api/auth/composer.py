"""Google Cloud Composer: an access token of Google, as it is."""

from __future__ import annotations

import time
from datetime import UTC
from importlib import import_module

from airflowctl.api.auth.cloud_host import require_host
from airflowctl.api.auth.cloud_program import read_program
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import Credential, may_be_sent
from airflowctl.core.errors import NotLoggedIn

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_DOMAINS = ("composer.googleusercontent.com", "composer.cloud.google.com")
_INSTALL = (
    "install Google's program, or its library beside this one: pip install 'airflowctl-shell[composer]'"
)
_AGAIN = "gcloud auth login, or gcloud auth application-default login for the library"


class Composer(Provider):
    """By the credentials that Google's own library or program finds, at each start. The token opens more than
    this Airflow, so no copy of it is kept."""

    name = "composer"
    summary = "Google Cloud Composer, by Google's credentials"
    is_kept = False

    def log_in(self, login: Login) -> Credential:
        require_host(login.environment, _DOMAINS, "Cloud Composer")
        token, lifetime = _google_token(login)
        if not may_be_sent(token):
            raise NotLoggedIn("Google's credentials gave no access token", _AGAIN)
        return login.credential(token, self.name, lifetime=lifetime)

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        return self.log_in(login)

    def log_out(self, credential: Credential, login: Login) -> bool:
        return False


def _google_token(login: Login) -> tuple[str, float | None]:
    """Return an access token, and for how many seconds it is good where that is known. Raises NotLoggedIn."""
    try:
        google_auth, requests = import_module("google.auth"), import_module("google.auth.transport.requests")
    except ImportError:
        argv = ("gcloud", "auth", "print-access-token")
        return read_program(argv, login.environ, _INSTALL), None
    errors = import_module("google.auth.exceptions")
    try:
        credentials, _project = google_auth.default(scopes=[_SCOPE])
        credentials.refresh(requests.Request())
    except errors.GoogleAuthError as error:
        raise NotLoggedIn(f"Google: {error}", _AGAIN) from None
    end = credentials.expiry  # without a zone, in UTC
    lifetime = None if end is None else end.replace(tzinfo=UTC).timestamp() - time.time()
    return str(credentials.token or ""), lifetime
