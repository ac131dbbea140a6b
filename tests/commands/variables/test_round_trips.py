"""Variables and pools are the same after an export and an import, in every format, on a real Airflow."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.command_results import import_results
from tests.support.program import Program

TEXTS = [
    "", " ", " padded ", "0123", "08", "1_000", "12:30", "2026-11-01", "1e3", "0o7", "0x1f", "true", "NO",
    "null", "~", ".5", ".inf", "NaN", '"quoted"', "'single'", "\"it's\"", "#no comment", "a: b", "- a",
    "{{ ds }}", "$HOME", "*alias", "&anchor", "!tag", "<<", "=", "x=y", "\ufeffbom", "é ü 🦆",
    "%41", "\\n", "tab\there",
    "[1, 2]",
    '{"a": [1, null, "x"]}', "1" * 30,
]  # fmt: skip
LINES = ["two\nlines", "ends\n", "\nbegins", "crlf\r\nhere", "  \n x"]


@pytest.mark.parametrize("ending", ["json", "yaml", "env"])
def test_variables(ending: str, ctl: Program, api: httpx.Client, keys: str, tmp_path: Path) -> None:
    chance = random.Random(ending)
    texts = (
        [text for text in TEXTS if not ("'" in text and '"' in text)] if ending == "env" else [*TEXTS, *LINES]
    )
    texts += ["".join(chance.choices("ab01 :#'{}[]\\%$é", k=6)).replace("'", "") for _ in range(40)]
    entities: list[dict[str, Any]] = [
        {"key": f"{keys}_{number:03}", "value": text} for number, text in enumerate(texts)
    ]
    if ending != "env":
        for entity in entities[::3]:
            entity["description"] = chance.choice(TEXTS[1:])
    body = {"actions": [{"action": "create", "entities": entities}]}
    api.patch("/variables", json=body).raise_for_status()
    before = records(api, keys)
    file = tmp_path / f"v.{ending}"
    names = [entity["key"] for entity in entities]
    assert ctl("variables", "export", str(file), "--pattern", keys).code == 0
    same = import_results(ctl("variables", "import", str(file), "-o", "json"), "key")
    assert set(same.values()) == {"same"}
    body = {"actions": [{"action": "delete", "entities": names}]}
    api.patch("/variables", json=body).raise_for_status()
    assert import_results(ctl("variables", "import", str(file), "-o", "json"), "key") == dict.fromkeys(
        names, "created"
    )
    assert records(api, keys) == before


def records(api: httpx.Client, keys: str) -> dict[str, Any]:
    query = {"variable_key_pattern": keys, "limit": "200"}
    found = api.get("/variables", params=query).json()["variables"]
    return {item["key"]: (item["value"], item["description"]) for item in found}


@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_pools(ending: str, ctl: Program, api: httpx.Client, pools: str, tmp_path: Path) -> None:
    wanted = {
        f"{pools}{number:02}": (number - 1, text, bool(number % 2)) for number, text in enumerate(TEXTS)
    }
    entities = [
        {"name": name, "slots": slots, "description": text, "include_deferred": deferred}
        for name, (slots, text, deferred) in wanted.items()
    ]
    api.patch("/pools", json={"actions": [{"action": "create", "entities": entities}]}).raise_for_status()
    file = tmp_path / f"p.{ending}"
    assert ctl("pools", "export", str(file), "--pattern", pools).code == 0
    body = {"actions": [{"action": "delete", "entities": list(wanted)}]}
    api.patch("/pools", json=body).raise_for_status()
    done = ctl("pools", "import", str(file), "-o", "json")
    assert import_results(done, "name") == dict.fromkeys(wanted, "created")
    found = api.get("/pools", params={"pool_name_pattern": pools, "limit": "200"}).json()["pools"]
    assert {it["name"]: (it["slots"], it["description"], it["include_deferred"]) for it in found} == wanted
