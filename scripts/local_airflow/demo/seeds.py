"""What the demo's Airflow has beside Dags and runs: variables, connections and a pool, sent over the API."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http import HTTPStatus

from ..processes import SetupError
from ..server import direct

GOOD_RATE, BAD_RATE = "1.08", "n/a"
_SEEDS: tuple[tuple[str, dict[str, object]], ...] = (
    ("variables", {"key": "region", "value": "eu", "description": "Whose orders are loaded"}),
    ("variables", {"key": "report_to", "value": "data-team@example.com"}),
    ("variables", {"key": "exchange_rate", "value": BAD_RATE, "description": "Dollars for a euro"}),
    (
        "pools",
        {"name": "reports", "slots": 2, "description": "Two reports at a time", "include_deferred": False},
    ),
    (
        "connections",
        {
            "connection_id": "shop_db",
            "conn_type": "postgres",
            "host": "db.example.com",
            "schema": "shop",
            "port": 5432,
        },
    ),
    (
        "connections",
        {"connection_id": "rates_api", "conn_type": "http", "host": "rates.example.com", "port": 443},
    ),
)


def add_seeds(url: str, token: str) -> None:
    """Put in something to look at; what is there already stays as it is. Raises SetupError."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for path, row in _SEEDS:
        body = json.dumps(row).encode()
        request = urllib.request.Request(f"{url}/api/v2/{path}", body, headers, method="POST")
        try:
            direct.open(request, timeout=30).close()
        except urllib.error.HTTPError as answer:
            if answer.code != HTTPStatus.CONFLICT:
                raise SetupError(f"Adding to {path} was refused: {answer.code} {answer.reason}") from None
