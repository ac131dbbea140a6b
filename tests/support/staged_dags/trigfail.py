"""f_trigfail: a trigger that the triggerer cannot load; the task's log ends with "Pausing task as DEFERRED."."""

# mypy: ignore-errors

from airflow.sdk import DAG, BaseOperator
from airflow.triggers.base import BaseTrigger


class Lost(BaseTrigger):
    def serialize(self):
        return ("no_such_module_x.Lost", {})

    async def run(self):
        yield


class Defers(BaseOperator):
    def execute(self, context):
        self.defer(trigger=Lost(), method_name="done")

    def done(self, context, event=None):
        pass


with DAG("f_trigfail", schedule=None):
    Defers(task_id="bt")
