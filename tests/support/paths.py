"""Where the files of the suite and of the project are."""

from __future__ import annotations

from pathlib import Path

SUPPORT = Path(__file__).resolve().parent
TESTS = SUPPORT.parent
ROOT = TESTS.parent
SAMPLES = SUPPORT / "samples"
OPENAPI = SUPPORT / "openapi"
