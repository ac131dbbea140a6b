"""Workers: a real edge worker that is shown, put into maintenance, given queues and slots, and ended; and
what is told of a deployment that has none."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.support.edge_airflow import WORKER, EdgeAirflow
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.waiting import until

LIFE = pytest.mark.usefixtures("rack7")


def state(edge: Program) -> str:
    return str(edge("workers", "show", WORKER, "-o", "json").json["state"])


# A worker's life, in this order.


@LIFE
def test_a_worker_is_listed_with_its_queues_and_slots(edge: Program) -> None:
    until(lambda: state(edge) == "idle", "an idle worker")
    done = edge("workers", "list", "--state", "idle", "-o", "json")
    assert [(one["worker_name"], one["queues"], one["concurrency"]) for one in done.json] == [
        (WORKER, ["default"], 2)
    ]
    assert edge("edge", "list-workers", "-s", "idle", "offline", "-o", "name").lines == [WORKER]
    assert edge("edge", "list-workers", "-s", "offline", "unknown", "-o", "name").lines == []
    assert WORKER in edge("workers", "list", terminal=True).out
    assert edge("workers", "list", "--pattern", "ra*7", "-q", "default,gpu", "-o", "name").lines == [WORKER]
    assert edge("workers", "list", "--pattern", "x*", "-o", "name").lines == []
    assert edge("edge", "list-workers", "-q", "gpu", "-o", "name").lines == []


@LIFE
def test_it_runs_a_task_which_is_one_of_its_jobs(edge: Program) -> None:
    edge("dags", "trigger", "demo_long", "--conf", '{"seconds": 0}', "--run-id", "on-the-edge")

    def jobs(*filters: str) -> list[str]:
        found = edge("workers", "jobs", "--dag-id", "demo_long", *filters, "-o", "json").json
        return [job["edge_worker"] for job in found]

    until(lambda: jobs("--worker", WORKER) == [WORKER], "a job of the worker")
    assert jobs("--worker", "another") == []
    until(lambda: jobs("--state", "success") == [WORKER], "its task's success", within=180)


@LIFE
def test_it_goes_into_maintenance_and_out_of_it(edge: Program) -> None:
    done = edge("workers", "maintenance", "on", WORKER, "new disks", "--wait", "--timeout", "60")
    assert (done.out, done.code) == (f"{WORKER} is in state maintenance mode\n", 0), done.err
    done = edge("edge", "remote-edge-worker-update-maintenance-comment", "-H", WORKER, "-c", "new fans")
    assert done.out == f"wrote the comment of {WORKER}\n"
    shown = edge("workers", "list", "-o", "json").json[0]
    assert "new fans" in shown["maintenance_comments"]
    done = edge("workers", "maintenance", "off", WORKER, "--wait", "--timeout", "60")
    assert (done.code, state(edge)) == (0, "idle"), done.err


@LIFE
def test_it_is_given_queues_and_slots(edge: Program) -> None:
    done = edge("workers", "queues", "add", WORKER, "gpu,large", "night")
    assert (done.code, len(done.lines)) == (0, 4)
    assert edge("workers", "queues", "remove", WORKER, "large").code == 0
    assert edge("workers", "concurrency", WORKER, "5").out == f"asked {WORKER} to run 5 at a time\n"

    def shown() -> tuple[set[str], int]:
        found = edge("workers", "show", WORKER, "-o", "json").json
        return set(found["queues"]), found["concurrency"]

    until(lambda: shown() == ({"default", "gpu", "night"}, 5), "its queues and slots")


@LIFE
def test_what_runs_is_not_removed(edge: Program) -> None:
    done = edge("workers", "remove", WORKER)
    assert done.code == 1
    assert done.err.startswith(f"error: Cannot remove edge worker {WORKER} as it is in")
    assert f"airflowctl workers shutdown {WORKER} --wait" in done.err


@LIFE
def test_it_is_shut_down_and_removed(edge: Program, rack7: subprocess.Popen[bytes]) -> None:
    done = edge("workers", "shutdown", WORKER, "--wait", "--timeout", "60")
    assert (done.out, done.code) == (f"{WORKER} is in state offline\n", 0), done.err
    until(lambda: rack7.poll() is not None, "the end of its process")
    assert edge("edge", "remove-remote-edge-worker", "-H", WORKER).out == f"removed {WORKER}\n"
    assert edge("workers", "list", "-o", "name").lines == []


def test_all_are_shut_down_when_somebody_says_yes(edge: Program, edge_airflow: EdgeAirflow) -> None:
    with edge_airflow.worker("rack8") as process:
        until(lambda: "rack8" in edge("workers", "list", "-o", "name").lines, "a second worker")
        assert edge("workers", "shutdown-all").code == 2
        done = edge("workers", "shutdown-all", "--yes")
        assert (done.lines[1:], done.code) == (["rack8\tasked\t"], 0), done
        until(lambda: process.poll() is not None, "the end of its process")


# Wrong input.


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("workers show nosuch", 1, "Worker nosuch not found"),
        ("workers shutdown nosuch", 1, "see: airflowctl workers list"),
        ("workers concurrency nosuch 0", 2, "must be 1 or more"),
        ("workers queues add nosuch a/b", 2, "'a/b' is no queue"),
        ("workers queues add nosuch ,", 2, "no queue is named"),
        ("workers list --state asleep", 2, "asleep"),
    ],
)
def test_wrong_input_is_named(line: str, code: int, words: str, edge: Program) -> None:
    done = edge(*line.split())
    assert (done.out, done.code) == ("", code)
    assert words in done.err


# Where there is no such API.


def test_without_the_provider_it_is_said_and_running_tasks_tell(ctl: Program) -> None:
    done = ctl("workers", "list", "-o", "json")
    assert done.code == 0
    assert "has no API for edge workers: this is what running and queued tasks tell" in done.err
    assert "schedulers: " in done.err
    done = ctl("workers", "shutdown", "rack7")  # which was sent, so that the code is no 2
    assert (done.code, "has no API for edge workers" in done.err) == (1, True)
    done = ctl("api", "edge_delete_worker", "worker_name=rack7", "--yes")
    assert (done.code, "has no API for edge workers" in done.err) == (1, True)


@pytest.fixture
def celery(program: Program) -> Iterator[Program]:
    """A server without the provider, on which tasks run and wait."""

    def task(state: str, host: str, queue: str) -> dict[str, object]:
        return {"task_id": "t", "state": state, "hostname": host, "queue": queue, "executor": None}

    lists: dict[str, dict[str, list[dict[str, object]]]] = {
        "/api/v2/dags/~/dagRuns/~/taskInstances": {
            "task_instances": [
                task("running", "worker-1", "default"),
                task("running", "worker-1", "gpu"),
                task("queued", "", "gpu"),
            ]
        },
        "/api/v2/jobs": {"jobs": [{"executor_class": "CeleryExecutor", "hostname": "head"}]},
        "/api/v2/pools": {"pools": [{"name": "p", "slots": 8, "running_slots": 2, "queued_slots": 1}]},
        "/api/v2/plugins": {"plugins": []},
    }

    def answer(request: Request) -> Reply:
        found = lists.get(request.path)
        if found is None:
            return reply("<!doctype html>", kind="text/html")
        return reply({**found, "total_entries": sum(map(len, found.values()))})

    with Stub(answer) as stub:
        yield program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")


def test_a_celery_deployment_is_told_by_its_tasks(celery: Program) -> None:
    done = celery("workers", "list")
    assert done.lines[1:] == ["worker-1\trunning\tdefault,gpu\t2\t", "\tqueued\tgpu\t1\t"]
    assert "schedulers: CeleryExecutor on head" in done.err
    assert "pools: p 2 of 8 running, 1 queued" in done.err


def test_an_answer_without_what_it_should_have_is_borne(program: Program) -> None:
    def answer(request: Request) -> Reply:
        return reply({"workers": [{}, {"sysinfo": None, "queues": None}], "jobs": [{}]})

    with Stub(answer) as stub:
        edge = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")
        for line in ("list", "list -q gpu --pattern x*", "list --pattern *", "jobs", "show x"):
            assert "unexpected" not in edge("workers", *line.split(), terminal=True).err


def test_a_worker_that_is_listed_twice_is_asked_to_end_once(online: Program, stub: Stub) -> None:
    worker = {"worker_name": "rack7", "state": "idle"}
    gone = {"worker_name": "rack8", "state": "offline"}
    stub.answer = lambda request: reply({"workers": [worker, worker, gone], "total_entries": 3})
    done = online("workers", "shutdown-all", "--yes", "-o", "json")
    assert (done.code, [row["worker_name"] for row in done.json]) == (0, ["rack7"]), done.err
    assert [request.path for request in stub.requests if request.method == "POST"] == [
        "/edge_worker/ui/worker/rack7/shutdown"
    ]


def test_a_worker_is_started_on_its_own_machine(program: Program) -> None:
    done = program("edge", "worker", "-q", "default")
    assert (done.code, "run `airflow edge worker ...` there" in done.err) == (2, True)
