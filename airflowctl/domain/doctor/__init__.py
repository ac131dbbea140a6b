"""Checks of this installation, its settings and the way to the server, for `doctor`."""
