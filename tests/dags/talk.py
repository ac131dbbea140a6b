"""A task that says all that a log can hold: colours, what is no colour, groups, several lines, keys."""

# mypy: ignore-errors
from __future__ import annotations

import logging
import time

from airflow.sdk import Param, dag, get_current_context, task

log = logging.getLogger("tests.talk")


def at_the_end(context):
    time.sleep(1)
    log.info("the callback was here")


@dag(schedule=None, is_paused_upon_creation=False, params={"lasts": Param(0, type="number")})
def talk():
    @task(on_success_callback=at_the_end)
    def speak():
        print("\x1b[32mgreen\x1b[0m \x1b]0;a title\x07 \x1b[8mhidden\x1b[2Jgone")
        print("0%\r50%\r100%")
        log.warning("first\nsecond\tline")
        print("::group::Mine")
        print("within")
        time.sleep(get_current_context()["params"]["lasts"])
        print("::endgroup::")

    speak()


talk()
