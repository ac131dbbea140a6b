"""Users and roles on a server with FAB, for imports: its API takes them one at a time."""

from __future__ import annotations

from airflowctl.core.errors import CliError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import fab_api
from airflowctl.domain.differences import CREATE
from airflowctl.domain.import_items import FieldError
from airflowctl.domain.import_kind import Answer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from airflowctl.domain.differences import Difference, Fields
    from airflowctl.domain.file_params import ImportValues
    from airflowctl.session.session import Session

_PASSES = (404, 409)  # another client has deleted or created it: it is looked at again
_REFUSALS = (400, 422)


class FabStore:
    """Things that are sent alone. With `--partial` one that the server refuses does not end the import."""

    size = 1
    items = ""

    def __init__(self, session: Session, settings: ImportValues) -> None:
        self._session = session
        self._passes = (*_PASSES, *_REFUSALS) if settings.partial else _PASSES

    def check(self, name: str, fields: Fields) -> None:
        """Raise FieldError for what the server would refuse."""

    def send(self, action: str, chunk: Sequence[Difference]) -> Answer:
        (difference,) = chunk
        try:
            self._send(action, difference)
        except CliError as error:
            if error.status in self._passes:
                return Answer(set(), [{"error": error.message, "status_code": error.status}])
            error.message = f"{difference.name}: {error.message}"
            raise
        return Answer({difference.name}, [])

    def _send(self, action: str, difference: Difference) -> None:
        body = dict(difference.entity)
        if action == CREATE:
            fab_api.ask(self._session, "POST", self.items, body=body)
            return
        key = body.pop(fab_api.KEYS[self.items])
        # FAB wants the name in the body of a role, and leaves it alone.
        named = {"name": key} if self.items == "roles" else {}
        query = {"update_mask": ",".join(body)}
        fab_api.ask(self._session, "PATCH", self.items, key, query=query, body={**named, **body})


class UserStore(FabStore):
    """Users by name. No two have the same address, and each role must be there."""

    items = "users"

    def read(self, names: Collection[str]) -> Mapping[str, Fields]:
        from airflowctl.domain.user_items import as_record

        users = [as_record(user) for user in fab_api.every(self._session, "users", "id")]
        self._owners = {user["email"]: user["username"] for user in users}
        self._roles = {role["name"] for role in fab_api.every(self._session, "roles", "name")}
        return {user["username"]: user for user in users if user["username"] in names}

    def check(self, name: str, fields: Fields) -> None:
        unknown = [role for role in fields.get("roles", ()) if role not in self._roles]
        if unknown:
            raise FieldError(f"there is no role {unknown[0]}", "roles")
        if "email" in fields and self._owners.setdefault(fields["email"], name) != name:
            raise FieldError(f"{fields['email']} is the address of {self._owners[fields['email']]}", "email")


class RoleStore(FabStore):
    """Roles by name, each with the actions it allows by resource."""

    items = "roles"

    def read(self, names: Collection[str]) -> Mapping[str, Fields]:
        roles = fab_api.every(self._session, "roles", "name")
        return {
            role["name"]: fab_api.by_resource(fab_api.pairs(role.get("actions")))
            for role in roles
            if role["name"] in names
        }
