"""`airflowctl` and `python -m airflowctl`: the exit code becomes an exit here, and nowhere else."""

import os
import sys


def run() -> int:
    """The program's exit code; Ctrl-C may come before the program itself is loaded.

    A thread that nobody waits for may still be loading a module, or asking a dead server. An interpreter
    that ends under it crashes now and then (exit codes 134 and 139), so the process ends without it:
    all that was written is flushed by then.
    """
    try:
        from airflowctl.main import main

        code = main()
    except KeyboardInterrupt:
        code = 130
    except SystemExit as ended:  # by a signal
        code = ended.code if isinstance(ended.code, int) else 1
    threading = sys.modules.get("threading")
    if threading and any(thread.daemon for thread in threading.enumerate()):
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(run())
