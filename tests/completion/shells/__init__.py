"""Completion in other shells."""
