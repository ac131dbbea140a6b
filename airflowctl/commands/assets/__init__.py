"""Assets: what tasks make and Dags wait for, their events and what is kept with them."""

MODULES = ("catalogue", "events", "queued", "state")  # in the order of help
