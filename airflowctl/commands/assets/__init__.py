"""Assets: what tasks make and Dags wait for, their events and what is kept with them."""
