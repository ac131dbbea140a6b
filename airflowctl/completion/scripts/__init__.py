"""The scripts by which other shells complete, with the words of all commands in them."""
