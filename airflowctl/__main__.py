"""`airflowctl` and `python -m airflowctl`: the exit code becomes an exit here, and nowhere else."""

import sys


def run() -> int:
    """The program's exit code; Ctrl-C may come before the program itself is loaded."""
    try:
        from airflowctl.main import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())
