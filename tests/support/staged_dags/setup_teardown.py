"""f_setup: the setup fails; f_teardown: the teardown fails, and the run is a success all the same."""

# mypy: ignore-errors

from airflow.sdk import DAG, setup, task, teardown

with DAG("f_setup", schedule=None):

    @setup
    def make():
        raise OSError("no cluster quota left")

    @task
    def work():
        print("work")

    @teardown
    def drop():
        print("dropped")

    m, w, t = make(), work(), drop()
    m >> w >> t
    m >> t
with DAG("f_teardown", schedule=None):

    @setup
    def make2():
        pass

    @task
    def work2():
        print("work")

    @teardown
    def drop2():
        raise OSError("cluster would not go")

    m, w, t = make2(), work2(), drop2()
    m >> w >> t
    m >> t
