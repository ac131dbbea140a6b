"""Settings of an Airflow that takes the tokens of an issuer as well as its own."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from tests.support.servers.oidc import OidcServer

OWN = "airflow-tests"


def settings(issuer: OidcServer, folder: Path) -> dict[str, object]:
    """For a server with a key of its own, in files that are put into `folder`."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = folder / "own.pem"
    private.touch(mode=0o600)
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    numbers = key.public_key().public_numbers()
    own = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": OWN,
        "n": _base64(numbers.n),
        "e": _base64(numbers.e),
    }
    trusted = folder / "trusted.json"
    trusted.write_text(json.dumps({"keys": [own, *issuer.keys()]}))
    return {
        "api_auth.jwt_secret": "",
        "api_auth.jwt_private_key_path": private,
        "api_auth.jwt_kid": OWN,
        "api_auth.jwt_issuer": f"{OWN},{issuer.issuer}",
        "api_auth.jwt_audience": issuer.settings["audience"][0],
        "api_auth.jwt_leeway": 0,
        "api_auth.trusted_jwks_url": trusted,
    }


def _base64(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
