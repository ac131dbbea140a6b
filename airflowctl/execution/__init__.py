"""From a line to its result: parse, ask, run, print."""
