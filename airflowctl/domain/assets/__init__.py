"""Assets: what names one, and the events that wait for a Dag."""
