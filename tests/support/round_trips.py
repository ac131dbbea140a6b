"""Random variables, connections and pools that go through files of this program and of the classic command,
and what is in the database afterwards, decrypted."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from cryptography.fernet import Fernet
from local_airflow import LocalAirflow, home

from tests.support.classic_command import Classic
from tests.support.program import Program

Rows = dict[str, dict[str, Any]]  # the fields of things, by name

TEXTS = [
    "0123", "08", "1_000", "12:30", "2026-11-01", "1e3", "0o7", "true", "NO", "null", "~", ".5",
    ".inf", "NaN", "#no", "a: b", "- a", "{{ ds }}", "$HOME", "*alias", "&anchor", "!tag", "<<", "x=y",
    "é ü 🦆", "%41", "\\n", "tab\there", "[1, 2]", '{"a": [1, null, "x"]}', "1" * 30, "a'b", 'a"b',
]  # fmt: skip
# What no .env file of the classic command holds.
MORE_TEXTS = ["two\nlines", "ends\n", " padded ", '"quoted"', "'single'", "crlf\r\nhere"]
_QUERIES = {
    "variables": "SELECT key, val, description, is_encrypted AS secret_val FROM variable",
    "connections": "SELECT conn_id, conn_type, description, host, schema, login, port, password, extra,"
    " is_encrypted AS secret_password, is_extra_encrypted AS secret_extra FROM connection",
    "pools": "SELECT pool, slots, description, include_deferred FROM slot_pool",
}
FORMATS = {"variables": ("json", "yaml", "env"), "connections": ("json", "yaml", "env"), "pools": ("json",)}
NAMES = {"variables": "key", "connections": "connection_id", "pools": "name"}


class Trip(NamedTuple):
    """Our program and the classic one on a server, the server itself, and where files are written."""

    ctl: Program
    classic: Classic
    airflow: LocalAirflow
    api: httpx.Client
    folder: Path

    def create(self, noun: str, entities: list[dict[str, Any]]) -> None:
        """Create things. One of a request is created alone where the server takes no others."""
        body = {"actions": [{"action": "create", "entities": entities}]}
        self.api.patch(f"/{noun}", json=body).raise_for_status()

    def delete(self, noun: str, names: list[str]) -> None:
        body = {"actions": [{"action": "delete", "entities": names}]}
        self.api.patch(f"/{noun}", json=body).raise_for_status()

    def stored(self, noun: str, prefix: str) -> Rows:
        """Return what is in the database, decrypted; an empty text is none, and JSON is what it means."""
        config = ConfigParser()
        config.read(self.airflow.home / "airflow.cfg")
        fernet = Fernet(config["core"]["fernet_key"].encode())
        with closing(sqlite3.connect(self.airflow.home / home.DATABASE, timeout=60)) as database:
            cursor = database.execute(_QUERIES[noun])
            columns = [column[0] for column in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor]
        result = {}
        for row in rows:
            name = row.pop(columns[0])
            if name.startswith(prefix):
                result[name] = dict(_decrypted(row, fernet))
        return result

    def move(self, noun: str, source: Any, target: Any, name: str, prefix: str) -> Rows:
        """Export by one program, delete, and import by the other one; return what is stored then."""
        file = str(self.folder / name)
        # The classic command would write the stars of other things that ours exports.
        done = source(noun, "export", file, *(("--pattern", prefix) if source is self.ctl else ()))
        assert done.code == 0, done
        self.delete(noun, list(self.stored(noun, prefix)))
        assert self.stored(noun, prefix) == {}
        done = target(noun, "import", file)
        assert done.code == 0, (done, Path(file).read_text())
        return self.stored(noun, prefix)


def _decrypted(row: dict[str, Any], fernet: Fernet) -> Iterator[tuple[str, Any]]:
    for field, value in row.items():
        if field.startswith("secret_"):
            continue
        if value and row.get(f"secret_{field}"):
            value = fernet.decrypt(value.encode()).decode()
        if field in ("val", "extra"):
            value = _meaning(value)
        if field == "include_deferred":
            value = bool(value)
        yield field, None if value in ("", {}) else value


def _meaning(text: Any) -> Any:
    """Return the JSON in a text, that is no text itself."""
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return text
    return text if isinstance(value, str) else json.dumps(value, sort_keys=True)


def random_variables(
    chance: random.Random, prefix: str, form: str, is_of_classic: bool
) -> list[dict[str, Any]]:
    texts = list(TEXTS) if form == "env" else TEXTS + MORE_TEXTS
    if is_of_classic:
        # It writes a number that JSON does not have, and that of 3.0 takes the quotes off.
        texts = [text for text in texts if text not in ("NaN", '"quoted"')]
    texts = [*texts, *("x" + "".join(chance.choices("ab01 :#'{}[]\\%$é=", k=8)) + "x" for _ in range(15))]
    entities: list[dict[str, Any]] = [
        {"key": f"{prefix}_{number:03}", "value": text} for number, text in enumerate(texts)
    ]
    for entity in entities[::3] if form != "env" else []:
        # With a description the classic command of 3.0 stores both as the value.
        if entity["value"] != "null":
            entity["description"] = chance.choice(TEXTS)
    return entities


def random_connections(
    chance: random.Random, prefix: str, form: str, has_secrets: bool
) -> list[dict[str, Any]]:
    """Return connections. A URI of the classic command turns texts that look like JSON into it."""
    values: list[Any] = ["x y", "é", "a/b?c=d&e", "%41", "{{ ds }}"]
    values += [] if form == "env" and has_secrets else ["5", "true", "08", 5, True, {"a": [1]}]
    made = []
    for number in range(15):
        fields: dict[str, Any] = {
            "conn_type": chance.choice(["http", "postgres", "google_cloud_platform", "aws", "fs"]),
            "host": chance.choice([None, "h", "db.example.org", "10.0.0.1"]),
            "login": chance.choice([None, "me", "a:b@c/d", "é ü"]),
            "schema": chance.choice([None, "s", "a b", "a_b"]),
            "port": chance.choice([None, 1, 5432, 65535]),
        }
        if form != "env":
            fields["description"] = chance.choice([None, "d", *TEXTS])
        if chance.random() < 0.7:
            names = chance.sample(["one", "two", "three", "four"], chance.randint(1, 3))
            fields["extra"] = json.dumps({name: chance.choice(values) for name in names})
        if has_secrets:
            letters = "".join(chance.choices("ab%@:/?#é '\"", k=3))
            fields["password"] = f"pw{number}{letters}{chance.randrange(10**6)}"
        made.append({"connection_id": f"{prefix}_{number:03}", **fields})
    return made


def random_pools(chance: random.Random, prefix: str) -> list[dict[str, Any]]:
    # A server of 3.0 cannot show a pool with -1 slots.
    return [
        {
            "name": f"{prefix}_{number:03}",
            "slots": chance.choice([0, 1, 128]),
            "description": text,
            "include_deferred": chance.random() < 0.5,
        }
        for number, text in enumerate(["", *chance.sample(TEXTS, 12)])
    ]


def random_things(
    noun: str, chance: random.Random, prefix: str, form: str, has_secrets: bool
) -> list[dict[str, Any]]:
    if noun == "variables":
        return random_variables(chance, prefix, form, has_secrets)
    if noun == "connections":
        return random_connections(chance, prefix, form, has_secrets)
    return random_pools(chance, prefix)


def check_round_trip(trip: Trip, noun: str, form: str, is_to_classic: bool, prefix: str) -> None:
    """Things are the same after an export by one program and an import by the other."""
    chance = random.Random(f"{noun} {form} {is_to_classic}")
    # The server shows no secret: only the classic command's files hold them.
    trip.create(noun, random_things(noun, chance, prefix, form, has_secrets=not is_to_classic))
    before = trip.stored(noun, prefix)
    assert before
    source, target = (trip.ctl, trip.classic) if is_to_classic else (trip.classic, trip.ctl)
    try:
        after = trip.move(noun, source, target, f"{noun}.{form}", prefix)
        assert after == before
    finally:
        trip.delete(noun, list(trip.stored(noun, prefix)))
