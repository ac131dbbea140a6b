"""What a command, a line and a result are. Standard library only."""
