"""The ways to get a token, one file each."""
