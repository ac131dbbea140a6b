"""The bodies that are sent, and the few answers whose fields are used. Other fields pass through."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A request body: only the fields that were named are sent, so nothing else is overwritten."""

    model_config = ConfigDict(extra="forbid")

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_unset=True)


class TriggerBody(Body):
    """`logical_date` is required by the API; null is a run without one, as the classic CLI does."""

    logical_date: str | None
    dag_run_id: str | None = None
    run_after: str | None = None
    conf: dict[str, Any] | None = None
    note: str | None = None
    partition_key: str | None = None


class VariableBody(Body):
    key: str
    value: Any
    description: str | None = None


class TokenAnswer(BaseModel):
    model_config = ConfigDict(extra="allow")

    access_token: str
