"""What may stand at the cursor, and which names are known."""
