"""`jobs`, on a real Airflow."""

from __future__ import annotations

from tests.support.command_results import check_refused, read_column
from tests.support.program import Program


def test_jobs(ctl: Program) -> None:
    done = ctl("jobs", "list", "--job-type", "SchedulerJob", "--alive")
    assert read_column(done, "job_type") == ["SchedulerJob"]
    assert read_column(ctl("jobs", "list", "--state", "nosuch"), "id") == []
    moved = ctl("dags", "list-jobs", "--limit", "1")
    assert (moved.err, len(moved.lines)) == ("now: airflowctl jobs list\n", 2)
    assert ctl("jobs", "check", "--job-type", "SchedulerJob").out == "one job is alive\n"
    nobody = ctl("jobs", "check", "--hostname", "nosuch")
    assert (nobody.out, nobody.code) == ("no job is alive\n", 1)
    check_refused(ctl("jobs", "check", "--allow-multiple"), "--limit", code=2)
    check_refused(ctl("jobs", "check", "--local", "--hostname", "x"), "--local", code=2)
