"""Forms for the values of a line: made from what its command declares, and from what the server says."""
