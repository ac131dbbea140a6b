"""Connection URIs and JSON are read as Airflow's own class reads them, which runs beside us."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

from local_airflow import LocalAirflow, places

from airflowctl.domain.connections.connection_fields import parse_fields

CLASS = """
import json, logging, sys
logging.disable()
from airflow.models.connection import Connection
FIELDS = ("conn_type", "host", "login", "password", "schema", "port", "extra")
def read(value):
    try:
        made = Connection(uri=value) if isinstance(value, str) else Connection.from_json(json.dumps(value))
        return {name: getattr(made, name) for name in FIELDS}
    except Exception as error:
        return None
print("RESULT" + json.dumps([read(value) for value in json.load(sys.stdin)]))
"""
URIS = [
    "postgres://me:p%40%2F%3A%23%3Fw@db:5432/sales?sslmode=require", "postgresql://h/d", " postgres://host/db",
    "\tpostgres://host/db", "HTTP://h", "Google-Cloud-Platform://me@/s?a=b", "http://https://h:80/?x=y",
    "http://login:pw@https://host.example.com:8080/schema", "spark://k8s://https://kube:6443",
    "spark://spark://master:7077", "http://u:p@https://h:443", "aws://", "aws:///?region_name=eu",
    "aws://?region_name=eu&role_arn=a%3Ab", "aws://?endpoint=http://y", "mongo://h1:27017,h2:27018/x",
    "http://h:99999", "http://h:port", "mysql://@:3306", "mysql://:pw@h", "mysql://u:@h", "mysql://u@h",
    "http://[::1]:80/x", "a://%2Fvar%2Frun/s", "a://h/a%2Fb", "a://h/a/b", "x://h/?__extra__=%7B%22a%22%3A+1%7D",
    "x://h?a=&b=1&c=true&d=1.5&e=x&f=null&g=%7B%22a%22%3A1%7D", "x://h/?as_dict=true&n=123", "x://h#f", "s3://",
    "x://u%20v:p%2Bq@h", "x://u+v@h", "x://h/?a=1&a=2", "redis://h:6379/0", "http://h/?x=y:z@w",
]  # fmt: skip
OBJECTS: list[dict[str, Any]] = [
    {"conn_type": "google-cloud-platform"}, {"conn_type": "postgresql", "host": "h", "port": "5432"},
    {"conn_type": "HTTP"}, {"conn_type": "fs", "extra": {"a": {"b": 1}}}, {"conn_type": "x", "extra": "{}"},
    {"conn_type": "x", "extra": [1]}, {"conn_type": "x", "extra": "[1]"}, {"conn_type": "x", "extra": "text"},
    {"conn_type": "x", "port": "abc"}, {"conn_type": "x", "nope": 1}, {"uri": "http://h", "conn_type": "x"},
    {"uri": "postgresql://u:p@h/s"}, {"conn_type": "x", "login": "l", "password": "p", "schema": "s"},
]  # fmt: skip
# What Airflow takes in silence for another type, host or schema than was meant.
REFUSED = [
    "my conn type://h",
    "jdbc:postgresql://h/db",
    "1abc://h",
    "a_b://h",
    "nothing",
    "://x",
    "X://https://h",
]


def generated(number: int) -> list[str]:
    chance = random.Random(7)
    parts = ["a", "B", "9", "%40", "%2F", "%3A", "-", ".", "+", "é", "_", "~"]

    def word(least: int = 0) -> str:
        return "".join(chance.choice(parts) for _ in range(chance.randint(least, 5)))

    uris = []
    for _ in range(number):
        who = chance.choice(["", f"{word(1)}@", f"{word(1)}:{word()}@", f":{word(1)}@"])
        port = chance.choice(["", ":80", ":0", ":65535", ":x"])
        query = chance.choice(["", f"?{word(1)}={word()}", "?a=1&b=true&c=x", "?a=%22t%22"])
        protocol = chance.choice(["", "", "", "https://"])
        kind = chance.choice(["http", "my-type", "a.b", "postgresql", "http" if protocol else "X"])
        uris.append(f"{kind}://{protocol}{who}{word()}{port}{chance.choice(['', '/', '/' + word(1)])}{query}")
    return uris


def read(value: Any) -> dict[str, Any] | None:
    try:
        return parse_fields(value)
    except ValueError:
        return None


def comparable(fields: dict[str, Any] | None) -> dict[str, Any] | None:
    """An empty text is none, an extra is what it holds, and the letters of a host are small."""
    if fields is None:
        return None
    result = {name: value for name, value in fields.items() if value not in (None, "")}
    if "extra" in result:
        result["extra"] = json.loads(result["extra"])
    if "host" in result:
        result["host"] = result["host"].lower()
    return result


def test_uris_and_json(airflow: LocalAirflow) -> None:
    values: list[Any] = [*URIS, *OBJECTS, *generated(300)]
    python = places.installation(places.DEFAULT_VERSION) / "venv" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", CLASS], env=airflow.environment, input=json.dumps(values), text=True,
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    theirs = json.loads(done.stdout.rpartition("RESULT")[2])
    assert sum(fields is not None for fields in theirs) > len(values) // 2
    different = {
        json.dumps(value): (comparable(read(value)), comparable(wanted))
        for value, wanted in zip(values, theirs, strict=True)
        if comparable(read(value)) != comparable(wanted)
    }
    assert different == {}


def test_what_airflow_would_take_for_something_else() -> None:
    assert {uri: read(uri) for uri in REFUSED} == dict.fromkeys(REFUSED)
