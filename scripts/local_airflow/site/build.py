"""scripts/build-site: docs/ as pages of the web, with each link looked at."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .. import places
from ..install import locked
from ..processes import SetupError, run
from ..progress import Say, on_stderr, quiet, timed

_CONFIG = Path(__file__).with_name("mkdocs.yml")
SITE = places.LOCAL / "site"


def main(argv: Sequence[str]) -> int:
    """Make the site; 1 where a page or an anchor that is linked to is missing."""
    parser = argparse.ArgumentParser(
        prog="scripts/build-site",
        description="Make the site of docs/ in .local/site, and look at each of its links. The search of its"
        " pages needs a server: python3 -m http.server -b 127.0.0.1 -d .local/site",
    )
    parser.add_argument("--folder", type=Path, default=SITE, help="write it here")
    options = parser.parse_args(argv)
    folder = options.folder.resolve()
    try:
        venv = site_venv(on_stderr)
    except SetupError as failure:
        on_stderr(f"build-site: {failure}")
        return 1
    command = [venv / "bin" / "mkdocs", "build", "--strict", "-f", _CONFIG, "-d", folder]
    # Material's words about its own next version are no warning of ours.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, env=environment, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    on_stderr(f"The site is {folder / 'index.html'}" if done.returncode == 0 else done.stdout)
    return done.returncode


def site_venv(say: Say = quiet) -> Path:
    """Install mkdocs from its lock file, on first use; return the folder of its venv. Raises SetupError."""
    venv = places.LOCAL / "site-venv"
    key = hashlib.sha256(f"{venv} {sys.version}".encode() + places.SITE_LOCK.read_bytes()).hexdigest()
    stamp = venv / "installed.key"
    with locked(venv.with_suffix(".lock")):
        if not stamp.exists() or stamp.read_text() != key:
            with timed(say, "Installing mkdocs-material"):
                run([sys.executable, "-m", "venv", "--clear", venv], f"Creating {venv}")
                pip: list[str | Path] = [venv / "bin" / "python", "-m", "pip", "install", "-qq", "--no-input"]
                cache = {"PIP_CACHE_DIR": str(places.LOCAL / "pip"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
                run(
                    [*pip, "--no-deps", "--require-hashes", "-r", places.SITE_LOCK],
                    f"Installing into {venv}",
                    environment={**os.environ, **cache},
                )
            stamp.write_text(key)
    return venv
