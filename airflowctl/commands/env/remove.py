"""The end of an environment."""

from __future__ import annotations

from airflowctl.commands.env import NAME, require_environment
from airflowctl.core.command import command
from airflowctl.core.errors import ConfigError, PolicyForbids, StoreUnavailable
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "env remove",
    "Remove an environment, and its login on this machine.",
    NAME,
    about="The login is also revoked on its server, if the server can; if not, a note says how long it"
    " stays valid.",
    examples=("airflowctl env remove staging",),
)
def remove(session: Session, name: str) -> Text:
    from contextlib import suppress

    from airflowctl.auth.stored_login import forget, words_for_end

    where = ""
    try:
        environment = require_environment(session, name)
        where = f" ({environment.url})"
        line = session.with_options(session.options._replace(env=name, url=None))
        forgotten = forget(line.login_context, environment)
        if forgotten.credential and forgotten.is_still_good:
            session.output.note(f"its login was not revoked: {words_for_end(forgotten.credential)}")
    # A keyring that cannot be opened must not keep an environment alive: the user is warned, and the file
    # goes.
    except (StoreUnavailable, ConfigError, PolicyForbids) as error:
        session.output.note(f"its login may still be kept: {error.message}")
    session.environments.remove(name)
    if groups := session.environments.groups.drop(name):
        session.output.note(
            f"taken out of {'the group' if len(groups) == 1 else 'the groups'} {', '.join(groups)}"
        )
    # The environment is gone by now; a file of the default that cannot be read names none.
    with suppress(ConfigError):
        if session.environments.read_default() == name:
            session.environments.write_default("")
    session.forget_servers()
    return Text(f"removed {name}{where}", {"removed": name})
