"""What the classic command prints for each of its commands, made of what our handlers return.

A command names its function in `classic=`. A function gets the session, the values of the line and `run`,
which calls the handler, with other values where the classic command means others; it returns rows with the
columns of the classic command, or its words.
"""
