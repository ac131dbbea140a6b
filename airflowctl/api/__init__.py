"""The REST API of Airflow 3."""

from __future__ import annotations

import sys

# httpx looks for its own command line, which loads click and rich where a venv has them: 1.4 times the time
# of a short command. `None` is how Python is kept from importing a module.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
