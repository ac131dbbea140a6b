"""Tasks of a Dag and what became of them in a run."""

MODULES = (
    "debug",
    "definitions",
    "instances",
    "kinds",
    "logs",
    "rerun",
    "selection",
    "setting",
    "state_store",
)  # in the order of help
