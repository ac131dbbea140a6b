"""What tests of commands read from a run: a refusal, a list, a document."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests.support.program import Done, Program


def check_refused(done: Done, *words: str, code: int = 1) -> None:
    """The line failed with this code: no data, one line that holds these words and perhaps the way out."""
    said = done.err.splitlines()
    first, *hint = [line for line in said if not line.startswith("warning: --")]  # of a secret in argv
    assert (done.out, done.code) == ("", code), done
    assert first.startswith("error: ")
    assert all(word in done.err for word in words), done.err
    assert len(hint) <= 1
    assert all(line.startswith("  ") for line in hint)


def read_column(done: Done, name: str) -> list[str]:
    """One column of a list in the format for pipes."""
    assert done.err == "", done
    return [row[name] for row in read_rows(done)]


def read_rows(done: Done) -> list[dict[str, str]]:
    """A list in the format for pipes."""
    assert done.code == 0, done
    header, *lines = [line.split("\t") for line in done.lines]
    return [dict(zip(header, line, strict=True)) for line in lines]


def read_names(done: Done) -> list[str]:
    """What `-o name` printed."""
    assert (done.err, done.code) == ("", 0), done
    return done.lines


def read_json(done: Done) -> Any:
    """What the line printed as JSON, and nothing else."""
    assert (done.err, done.code) == ("", 0), done
    return done.json


def read_variable(api: httpx.Client, key: str) -> Any:
    """The record on the server."""
    answer = api.get(f"/variables/{quote(key, safe='')}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def import_file(ctl: Program, *line: str) -> Done:
    """What an import printed; where SQLite refused it, since another process wrote, the same import again,
    as its error says."""
    for pause in (0.5, 1, 2, 4, 0):
        done = ctl(*line)
        if "Database error" not in done.err:
            break
        assert "the same import again sends what still differs" in done.err
        assert done.code == 1
        time.sleep(pause)
    return done


def import_results(done: Done, key: str) -> dict[str, str]:
    """What became of each item of an import."""
    return {row[key]: row["result"] for row in done.json}


def write_file(folder: Path, name: str, data: Any) -> str:
    """The path of a file in the folder with this text, or with this data as JSON."""
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return str(path)
