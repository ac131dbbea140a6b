"""Any operation of the API, by its id or by its path. For what no other command does."""

MODULES = ("call", "operations")  # in the order of help
