"""The server's configuration, where it shows it."""
