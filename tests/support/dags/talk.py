"""A task that says all that a log can hold: colours, what is no colour, groups, several lines. And one that
sleeps for two seconds, deferred, however late it begins."""

# mypy: ignore-errors
from __future__ import annotations

import logging
import time
from datetime import timedelta

from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import BaseOperator, Param, dag, get_current_context, task

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


class Nap(BaseOperator):
    def execute(self, context):
        self.defer(trigger=TimeDeltaTrigger(timedelta(seconds=2)), method_name="resume")

    def resume(self, context, event=None):
        print("awake")


@dag(schedule=None, is_paused_upon_creation=False)
def nap():
    Nap(task_id="sleep")


talk()
nap()
