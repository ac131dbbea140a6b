"""Real servers that tests log in at, and the person who does it in a browser."""
