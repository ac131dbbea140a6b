"""What the lines of one run of the program share."""
