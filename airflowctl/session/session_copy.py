"""A copy of a session for another thread: the same servers and logins, and a memory of its own."""

from __future__ import annotations

from copy import copy

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session.parts import SessionParts

if TYPE_CHECKING:
    from airflowctl.core.options import Options
    from airflowctl.output.streams import Streams
    from airflowctl.session.session import Session

_SHARED = ("settings", "stores", "policy", "variable_token", "_environments", "default_environment")


def copy_session(session: Session, streams: Streams, options: Options) -> Session:
    """Return the session as a line in another thread sees it: nothing changes under the line that runs in
    this one, and nothing asks the user."""
    # Decided by the original: a copy would take the token of the variables for its own server's.
    session.parts.decide_token_owner()
    view = copy(session)
    for name in ("output", "console", "api"):
        vars(view).pop(name, None)
    view.streams, view.recorder, view.options = streams, None, options
    own, shared = SessionParts(view), vars(session.parts)
    view.parts = own
    vars(own).update({name: shared[name] for name in _SHARED if name in shared})
    own.lock, own.servers, own.redact = session.parts.lock, session.parts.servers, session.parts.redact
    own.lookup.context = dict(session.lookup.context)
    return view
