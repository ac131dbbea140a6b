"""Dag runs: find, watch, clear."""
