"""Runs lines of the classic `airflow` command in one process of its venv: it takes seconds to import.

A line of stdin is a JSON list of words; a line of the pipe whose number is the first argument is the answer,
`{"out": ..., "err": ..., "code": ...}`.
"""

# mypy: ignore-errors
from __future__ import annotations

import builtins
import io
import json
import os
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout


def run(parser, settings, words):
    out, err, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            args = parser.parse_args(words)
            args.func(args)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
            if isinstance(end.code, str):
                print(end.code, file=err)
        except Exception:
            code = 1
            traceback.print_exc()
        finally:
            settings.Session.remove()  # a command that failed must hold no lock on the database
    return {"out": out.getvalue(), "err": err.getvalue(), "code": code}


def main():
    builtins.exit = sys.exit  # that of the site module closes stdin, and with it the lines to come
    answers = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    from airflow import settings
    from airflow.cli.cli_parser import get_parser

    parser = get_parser()
    for line in sys.stdin:
        answers.write(json.dumps(run(parser, settings, json.loads(line))) + "\n")
        answers.flush()


main()
