"""The login methods by name: what `auth login --method` accepts, and where the class of each is."""

from __future__ import annotations

# The only list of our methods, as `module:Class`: `core` imports nothing of `api`, and a run imports the
# class of the one method that it uses.
METHODS = {
    "astronomer": "airflowctl.api.auth.astronomer:Astronomer",
    "client-credentials": "airflowctl.api.auth.client_credentials:ClientCredentials",
    "command": "airflowctl.api.auth.token_command:Command",
    "composer": "airflowctl.api.auth.composer:Composer",
    "mwaa": "airflowctl.api.auth.mwaa:Mwaa",
    "none": "airflowctl.api.auth.none:NoLogin",
    "oidc-device": "airflowctl.api.auth.oidc_device:Device",
    "oidc-pkce": "airflowctl.api.auth.oidc_pkce:Pkce",
    "password": "airflowctl.api.auth.password:Password",
    "paste": "airflowctl.api.auth.paste:Paste",
    "static": "airflowctl.api.auth.static:Static",
}
