"""The output formats by their facts, from the registry: a new format is in every list that it belongs to."""

from __future__ import annotations

from airflowctl.core.formats import FORMATS
from airflowctl.output.formats import load_format
from airflowctl.output.style import QUOTED

FOR_EYES = [name for name in FORMATS if load_format(name).is_for_eyes]
FOR_PROGRAMS = [name for name in FORMATS if name not in FOR_EYES]
WITH_FIELDS = [name for name in FORMATS if name != "name"]  # that prints the key alone
# The others quote for programs that read every character as it was sent.
SAFE_IN_PIPES = [name for name in FORMATS if load_format(name).escapes != QUOTED]
WITH_JSON_ERRORS = [name for name in FORMATS if load_format(name).has_json_errors]
