"""Changes that were made by hand, kept for an hour, and taken back."""
