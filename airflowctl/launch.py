"""The entry point of the command `airflowctl-shell`, which also says why the program cannot start."""

# Two other distributions, apache-airflow-ctl and airflowctl, have a package of the same name: installed into
# one environment, each overwrites files of the others, and takes them away when it is uninstalled. Neither
# has this module, so it is there to say so.

import os

# Of this module alone: no other part of the program can be relied on here.
_BROKEN = """\
error: files of airflowctl-shell are missing, or another package has overwritten them
  apache-airflow-ctl and airflowctl install into the same folder; give each an environment of its own:
  pipx install airflowctl-shell
  or keep this one alone here: pip uninstall apache-airflow-ctl airflowctl
  and then: pip install --force-reinstall airflowctl-shell
"""


def run_classic() -> int:
    """Run the program in classic mode, and so what it starts; as `run`. A 2 in the variable stays."""
    if os.environ.get("AIRFLOWCTL_CLASSIC", "").strip() != "2":
        os.environ["AIRFLOWCTL_CLASSIC"] = "1"
    return run()


def run() -> int:
    """Run the program as `airflowctl` does; its exit code, or 1 where its files are not its own."""
    try:
        from airflowctl.__main__ import run as run_program
    except ImportError:
        os.write(2, _BROKEN.encode())
        return 1
    return run_program()
