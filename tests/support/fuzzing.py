"""How long the fuzzers try: the same short list of inputs in each run, more by scripts/fuzz."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES_VARIABLE, SEED_VARIABLE = "AIRFLOWCTL_FUZZ_EXAMPLES", "AIRFLOWCTL_FUZZ_SEED"
MOST_SECONDS = 5.0  # of one input: what takes longer may have no end


def fuzz(examples: int) -> Callable[[Any], Any]:
    """Return the settings of a fuzzer: so many inputs, or as many times more as scripts/fuzz says."""
    factor = float(os.environ.get(EXAMPLES_VARIABLE, "1"))
    made: Callable[[Any], Any] = settings(
        max_examples=max(1, round(examples * factor)),
        derandomize=SEED_VARIABLE not in os.environ,
        database=None,
        deadline=MOST_SECONDS * 1000,
        suppress_health_check=list(HealthCheck),
    )
    return made


# Letters that some reader takes for more than themselves, and texts that numbers and dates are near to.
ODD_LETTERS = "\x00\x07\x1b\x7f\x85\u200b\u202e\u2028\ufeffßİ🙂\ud800'\"\\|>&;$(){}[]<*?#%=:,.-+/@ \t\n\r"
ODD_WORDS = st.sampled_from(
    [
        "",
        "-",
        "--",
        "-1",
        "0",
        "1e400",
        "NaN",
        "null",
        "true",
        "~",
        "..",
        "{}",
        "[]",
        "*a",
        "&a",
        "<<",
        "é" * 300,
    ]
)
LETTERS = "abcXYZ0159_éß中"  # no other ones: the tables of all letters take seconds to load
texts = st.one_of(st.text(ODD_LETTERS + LETTERS, max_size=40), ODD_WORDS)
plain_texts = st.text((ODD_LETTERS + LETTERS).replace("\ud800", ""), max_size=20)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), plain_texts)
json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(plain_texts, inner, max_size=3)),
    max_leaves=6,
)
