"""How a user logs in, and the login that is kept."""
