"""What is said of an unsafe way to a server, and how to end it."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.environment import Environment
    from airflowctl.core.options import Options


def describe_risk(environment: Environment, field: str, risk: str, options: Options) -> str:
    """Return a warning of one setting of an environment's network; where a file allows it, and no option, it
    has the line that ends it."""
    from airflowctl.api.proxy_discovery import proxy_suffix
    from airflowctl.core.next_line import suggest

    option, by_proxy = field.replace("_", "-"), proxy_suffix(environment.url)
    text = f"warning: {risk} (--{option})"
    if by_proxy and field == "insecure_http":
        text += f"; it goes{by_proxy}"
    if not getattr(options, field):
        back = "to check it" if field == "insecure" else "to refuse that again"
        text += f"; {back}: {suggest('env', 'set', environment.name, '--unset', option)}"
    return text
