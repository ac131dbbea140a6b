"""Tasks of a Dag and what became of them in a run."""
