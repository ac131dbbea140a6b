"""Amazon MWAA: a web login token of AWS, traded in for a token of its Airflow 3."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import httpx

from airflowctl.api.auth.cloud_program import read_program
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.api.deadline import SILENCE
from airflowctl.api.server_errors import not_airflow
from airflowctl.api.transport_errors import transport_error
from airflowctl.core.credential import Credential, may_be_sent
from airflowctl.core.errors import NotLoggedIn, UsageError
from airflowctl.core.url import parse_address

ENVIRONMENT, REGION, PROFILE = "mwaa_environment", "region", "profile"
_PATH = "/pluginsv2/aws_mwaa/login"
# Airflow 3 keeps the token of its pages in it, and its API takes the same.
_COOKIE = "_token"
_INSTALL = "install AWS's program, or its SDK beside this one: pip install 'airflowctl-shell[mwaa]'"


class Mwaa(Provider):
    """By the credentials that AWS's own SDK or program finds; none of them is read here. The token of
    Airflow is kept, and a new one is fetched in the same way when it ends."""

    name = "mwaa"
    summary = f"Amazon MWAA with Airflow 3, by AWS credentials (--setting {ENVIRONMENT}=NAME)"
    needs = (ENVIRONMENT,)

    def log_in(self, login: Login) -> Credential:
        answer = _create_web_login_token(login)
        _require_same_host(login, answer.get("WebServerHostname"))
        web_token = answer.get("WebToken")
        if not isinstance(web_token, str) or not may_be_sent(web_token):
            raise NotLoggedIn("AWS answered without a web login token")
        username = answer.get("AirflowIdentity")
        token = _trade_in(login, web_token)
        return login.credential(token, self.name, username=username if isinstance(username, str) else "")

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        return self.log_in(login)._replace(since=credential.since)


def _create_web_login_token(login: Login) -> dict[str, Any]:
    """Ask AWS; return its answer. Raises NotLoggedIn."""
    # The SDK is an extra: most users have AWS's program already.
    try:
        boto3 = import_module("boto3")
    except ImportError:
        return _ask_program(login)
    setting = login.environment.setting
    errors = import_module("botocore.exceptions")
    # Its own limits are a minute, for each of five tries.
    config = import_module("botocore.config").Config(connect_timeout=10, read_timeout=30)
    try:
        session = boto3.Session(profile_name=setting(PROFILE) or None, region_name=setting(REGION) or None)
        client = session.client("mwaa", config=config)
        answer = client.create_web_login_token(Name=setting(ENVIRONMENT))
    except (errors.BotoCoreError, errors.ClientError) as error:
        raise NotLoggedIn(f"AWS: {error}", "see: aws sts get-caller-identity") from None
    return answer if isinstance(answer, dict) else {}


def _ask_program(login: Login) -> dict[str, Any]:
    setting = login.environment.setting
    chosen = [(f"--{name}", setting(name)) for name in (REGION, PROFILE)]
    options = [word for pair in chosen if pair[1] for word in pair]
    argv = ("aws", "mwaa", "create-web-login-token", "--name", setting(ENVIRONMENT), *options)
    text = read_program((*argv, "--output", "json"), login.environ, _INSTALL)
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise NotLoggedIn("aws printed something else than JSON")
    return answer


def _require_same_host(login: Login, host: object) -> None:
    """Raise UsageError where the web server of that name is another than the one that the login is for."""
    own = parse_address(login.environment.url).host
    # A name mistyped could be of another environment, and its token would go to this server.
    if not isinstance(host, str) or host.lower() != own.lower():
        name = login.environment.setting(ENVIRONMENT)
        raise UsageError(
            f"AWS says that {name} is at {host or 'no host'}, and this login is for {own}: nothing was sent",
            f"give --url https://{host}" if host else "",
        )


def _trade_in(login: Login, web_token: str) -> str:
    """Send the web login token to the web server; return the token of its cookie. Raises CliError."""
    base = login.environment.url
    with login.connect(base) as connection:
        try:
            # The token is good for one use within 60 seconds, so it is sent once.
            response = connection.post(base + _PATH, data={"token": web_token})
        except httpx.HTTPError as error:
            raise transport_error(error, "POST", _PATH, base, SILENCE) from None
    if response.status_code in (400, 401, 403):
        raise NotLoggedIn(f"{base} does not accept AWS's web login token", status=response.status_code)
    token = _cookie(response)
    # A success leads to a page by a redirect, which is not followed: the cookie is all that is wanted.
    if response.status_code >= 400 or not token:
        raise not_airflow(base, f"answered {_PATH} with {response.status_code} and no token of Airflow 3")
    return token


def _cookie(response: httpx.Response) -> str:
    for header in response.headers.get_list("set-cookie"):
        name, _, rest = header.partition("=")
        if name.strip() == _COOKIE:
            return str(rest.partition(";")[0].strip().strip('"'))
    return ""
