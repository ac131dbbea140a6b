"""The database every home starts from: migrated once, with the Dags already in it."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from . import home, places
from .install import locked, pins
from .processes import run
from .progress import Say, timed

_STAMP = "database.key"
_KEPT = 86_400.0  # seconds
# Both commands in one process: most of their time goes into importing Airflow.
_FILL = """
import sys
from airflow.__main__ import main
for line in ("db migrate", "dags reserialize"):
    sys.argv = ["airflow", *line.split()]
    main()
"""


def put_database(where: Path, version: str, venv: Path, dags: Path, say: Say) -> None:
    """Give a home its database, or bring the one it has up to the Dags and the Airflow of today."""
    key = _key(version, dags)
    stamp = where / _STAMP
    if (where / home.DATABASE).exists():
        if not stamp.exists() or stamp.read_text() != key:
            with timed(say, "Bringing the database up to date"):
                _fill(home.environment(where, venv))
    else:
        # Copied beside it and renamed, so that an interrupted copy is never taken for a database.
        part = where / "airflow.db.part"
        shutil.copyfile(_template(version, key, venv, dags, say), part)
        part.rename(where / home.DATABASE)
    stamp.write_text(key)


def _key(version: str, dags: Path) -> str:
    # The database holds absolute paths of the Dag files, so the folder's own path counts too.
    digest = hashlib.sha256(f"{dags}\n".encode())
    digest.update("".join(f"{pin}\n" for pin in pins(places.requirements(version))).encode())
    for path in sorted(dags.rglob("*.py")):
        digest.update(f"{path.relative_to(dags)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _template(version: str, key: str, venv: Path, dags: Path, say: Say) -> Path:
    folder = places.installation(version)
    template = folder / f"template-{key}.db"
    with locked(folder / "template.lock"):
        if not template.exists():
            with timed(say, "Preparing Airflow's database with the Dags"):
                _make(template, folder, venv, dags)
    return template


def _make(template: Path, folder: Path, venv: Path, dags: Path) -> None:
    for older in folder.glob("template-*.db*"):
        if time.time() - older.stat().st_mtime > _KEPT:  # worktrees that share the folder have their own
            older.unlink()
    with tempfile.TemporaryDirectory(dir=folder, prefix="making-") as name:
        making = Path(name)
        home.write(making, port=8080, users={}, settings={"core.dags_folder": dags})
        _fill(home.environment(making, venv))
        part = making / "template.db"
        # SQLite's own backup takes along what is still in the write-ahead log; a plain copy would not.
        with (
            closing(sqlite3.connect(making / home.DATABASE)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            source.backup(target)
            target.execute("pragma journal_mode = delete")
        part.rename(template)


def _fill(environment: Mapping[str, str]) -> None:
    run(["python", "-c", _FILL], "Creating the database and reading the Dags", environment=environment)
