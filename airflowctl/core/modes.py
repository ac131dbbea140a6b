"""How the program runs: one line of argv, a file of lines, or the interactive shell."""

ONE_SHOT, BATCH, SHELL = "one-shot", "batch", "shell"
