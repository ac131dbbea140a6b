"""`airflowctl` and `python -m airflowctl`: the exit code becomes an exit here, and nowhere else."""

import gc
import os
import sys

from airflowctl import end_catching, write_interrupt_line

# A single command ends before its garbage matters, and the collector's passes over what is being loaded
# take 3 % of its instructions (callgrind, `version` and `pools get`). `main` lowers it for what lasts longer.
gc.set_threshold(200_000, 10, 10)


def leave_current_folder_out() -> None:
    """Import nothing from the current folder: `python -m` looks there first, and so do empty entries of
    PYTHONPATH. What PYTHONPATH names by its whole path stays, and so does the program's own folder."""
    try:
        folder = os.getcwd()
    except OSError:  # it was deleted
        return
    kept = {os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}
    kept.update(filter(os.path.isabs, os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    if folder not in kept:
        sys.path[:] = [entry for entry in sys.path if entry not in ("", folder) and os.path.isabs(entry)]


def warn_of_others() -> None:
    """Print a warning where files of another program lie in this package."""
    # Both programs of this name have such a folder, and this one has none: one look is cheap at each start.
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "utils")
    if os.path.exists(folder):
        line = f"warning: another program has files in this package ({folder}); `doctor` says which\n"
        try:  # noqa: SIM105 - contextlib is not loaded yet
            os.write(2, line.encode("utf-8", "surrogateescape"))
        except OSError:
            pass  # stderr is closed


def run() -> int:
    """Run the program and return its exit code.

    A background thread may still be loading a module, or asking a dead server. An interpreter
    that ends under it crashes now and then (exit codes 134 and 139), so the process ends without it:
    all that was written is flushed by then.
    """
    leave_current_folder_out()
    warn_of_others()
    try:
        if sys.argv[1:2] in (["__complete"], ["__fetch"]):  # of a shell's script: less is loaded for it
            from airflowctl.complete import run as complete

            return complete(sys.argv[1:], os.environ)
        from airflowctl.main import main

        code = main()
    except KeyboardInterrupt:
        code = write_interrupt_line()
    except SystemExit as ended:  # by a signal
        code = ended.code if isinstance(ended.code, int) else 1
    end_catching()
    threading = sys.modules.get("threading")
    if threading and any(thread.daemon for thread in threading.enumerate()):
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(run())
