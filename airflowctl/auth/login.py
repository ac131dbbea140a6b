"""Logging in: which way, whom to ask, where the login is kept."""

from __future__ import annotations

from airflowctl.core.credential import Credential
from airflowctl.core.environment import (
    ISSUER,
    ISSUER_HOSTS,
    Environment,
    Network,
    check_transport,
    settings_of,
)
from airflowctl.core.errors import CliError, NotAllowed, NotLoggedIn, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.sensitive import holds_secret, is_sensitive_name
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    from airflowctl.api.auth.provider import Login, Provider
    from airflowctl.api.client import Client
    from airflowctl.api.identity import Identity
    from airflowctl.auth.context import LoginContext
    from airflowctl.auth.credentials import Credentials

    class KnownServer(Identity, Protocol):
        """A server to which there is, or was, a login."""

        @property
        def environment(self) -> Environment: ...
        @property
        def credentials(self) -> Credentials: ...


ASK = "\0ask"  # an option without its value: the person is asked
# As often as sudo and ssh prompt: servers lock an account that guesses more.
_TRIES = 3
# A pipe without an end, on standard input, must not fill the memory.
_LONGEST_SECRET = 100_000  # letters


class LoginRequest(NamedTuple):
    """How the user wants to log in: the environment, without a method if none was chosen, and the secrets
    that were given."""

    environment: Environment
    values: Mapping[str, str]
    opens_browser: bool = True


class PromptingIdentity:
    """The user of the shell; when nothing else renews a login, the user is prompted for it in
    place, and the command continues. See airflowctl.api.identity.Identity."""

    def __init__(self, context: Callable[[], LoginContext], server: KnownServer) -> None:
        self._context = context  # built when a login has ended
        self._server = server
        self.token, self.who = server.token, server.who
        self.no_token, self.log_in = server.no_token, server.log_in

    def renew(self, refused: str) -> str:
        from airflowctl.api.auth.providers import load_provider

        fresh, credentials = self._server.renew(refused), self._server.credentials
        held, environment = credentials.stored, self._server.environment
        # The environment may have been given another method since; the login that has ended is made again the
        # way it was made.
        if held is not None:
            environment = environment._replace(method=held.method, username=held.username)
        may_be_there = held is None and credentials.no_store  # in a store that has to be opened first
        if fresh or may_be_there or not environment.method or not self._context().console.can_ask:
            return fresh
        problem = f" ({credentials.problem})" if credentials.problem else ""
        reason = "not logged in to {}" if held is None else "the login to {} has ended"
        self._context().console.note(reason.format(environment.url) + problem)
        credential = self._prompt(environment)
        # What a program prints is read from the program each time: a copy in a store would only grow old
        # there.
        if load_provider(credential.method).is_kept:
            credentials.keep(credential, (held.source if held else environment.store) or "memory")
        credentials.hold(credential)
        return credential.token

    def _prompt(self, environment: Environment) -> Credential:
        """Return a slip of the fingers loses no command: a password may be typed more than once."""
        context = self._context()
        for _ in range(_TRIES - 1 if environment.method == "password" else 0):
            try:
                return log_in(context, LoginRequest(environment, {}))[0]
            except NotLoggedIn as error:
                if error.status != 401:
                    raise
                context.console.note(error.message)
        return log_in(context, LoginRequest(environment, {}))[0]


def login_to(
    context: LoginContext,
    environment: Environment,
    values: Mapping[str, str] | None = None,
    browser: bool = True,
) -> Login:
    """Return what a provider works with. The client in it has no login."""
    from airflowctl.api.auth.client_credentials import SECRET_VARIABLE
    from airflowctl.api.auth.provider import Login
    from airflowctl.auth.terminal_prompter import TerminalPrompter

    # The printer knows the secret before a request or an error can quote it.
    context.learn(context.variable(SECRET_VARIABLE))
    prompter = TerminalPrompter(context.console, context.environ, browser)
    return Login(context.connect(environment), environment, prompter, values or {}, context.environ)


def parse_request(context: LoginContext, known: Environment, options: Mapping[str, object]) -> LoginRequest:
    """Return what the options of `auth login` ask for, over what is known of the environment. Raises
    UsageError."""
    values = _read_secrets(context, options)
    settings = dict(known.settings)
    for pair in _texts(options, "setting"):
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--setting {pair}: it has no '='", "write --setting NAME=VALUE")
        # Settings stand in a file that is read without a keyring, and in the list of processes while the line
        # runs.
        if is_sensitive_name(name) or holds_secret(value):
            raise UsageError(
                f"a secret is not kept in a file: --setting {name}",
                f"see: {suggest('help', 'auth', 'login')}",
            )
        settings[name] = value
    for name in ("issuer", "client_id", "scope", "exchange", "token_file"):
        if options.get(name):
            settings[name] = str(options[name])
    issuer_network = _issuer_network(known, settings, options)
    command = tuple(_texts(options, "command"))
    method = str(options.get("method") or "") or _implied_method(values, options)
    if command and method != "command":
        raise UsageError(
            f"unexpected argument '{command[0]}'",
            "the address goes with --url; a program that prints a token with --method command -- PROGRAM",
        )
    _check_words(command)
    command = _whole_paths(command, context.environ)
    # Another user may have to log in another way than the one whose login is kept.
    if not method and not options.get("username"):
        method = known.method
    # The file of an earlier static login would be read in place of the login that is made now.
    if options.get("token_file") is None and method != "static":
        settings.pop("token_file", None)
    environment = known._replace(
        username=str(options.get("username") or "") or known.username,
        method=method,
        settings=settings_of(settings),
        command=command or (known.command if method == "command" else ()),
        issuer_network=issuer_network,
    )
    return LoginRequest(environment, values, not options.get("no_browser"))


def _issuer_network(known: Environment, settings: dict[str, str], options: Mapping[str, object]) -> Network:
    """Return how to reach the issuer; what was allowed for another one is not for this one."""
    from airflowctl.core.url import is_same_origin

    is_known = is_same_origin(settings.get(ISSUER, ""), known.setting(ISSUER))
    if not is_known and not any(pair.startswith(f"{ISSUER_HOSTS}=") for pair in _texts(options, "setting")):
        settings.pop(ISSUER_HOSTS, None)
    return Network.from_options(options, "issuer_").over(known.issuer_network if is_known else Network())


def log_in(context: LoginContext, wish: LoginRequest) -> tuple[Credential, Environment]:
    """Ask the server what it has where no way was chosen, then go that way. Raises CliError."""
    # Before anything is sent: a password that went over clear http cannot be taken back.
    check_transport(wish.environment.url, wish.environment.network)
    context.warn_of(wish.environment)
    login = login_to(context, wish.environment, wish.values, wish.opens_browser)
    try:
        provider = _provider(context, wish, login.client)
        context.policy.require_login_method(provider.name)
        environment = _complete(context, wish.environment, provider)
        credential = provider.log_in(login._replace(environment=environment))
    finally:
        login.client.close()
    # From now on no error, note or trace can show them, not even one about keeping this login.
    context.learn(*credential.secrets)
    return credential, environment


def _provider(context: LoginContext, wish: LoginRequest, client: Client) -> Provider:
    from airflowctl.api.auth import managers
    from airflowctl.api.auth.providers import load_provider, names, providers_for, shadowed_plug_ins
    from airflowctl.core.programs import problems

    method = wish.environment.method
    provider = load_provider(method) if method else None
    # Once a process: each line of a shell may log in.
    for text in shadowed_plug_ins():
        if not problems.get(text):
            problems[text] = True
            context.console.note(f"warning: {text}")
    if provider is not None:
        return provider
    # A script that names a user means a password. It needs no answer of the server for that, and cannot be
    # asked.
    if wish.environment.username and (wish.values or not context.console.can_ask):
        return load_provider("password")
    manager = managers.manager(client)
    # A development server checks no password, so there is none that a user could know.
    if manager == managers.SIMPLE and managers.lets_everybody_in(client):
        return load_provider("none")
    offered = providers_for(manager)
    if wish.environment.username and offered and offered[0].name == "password":
        return offered[0]
    if len(offered) > 1 and context.console.can_ask:
        return _choose_provider(context, offered, manager)
    if offered and offered[0].name == "password":
        return offered[0]
    problem = _why_not_airflow(client)
    if offered and context.console.can_ask and problem is None:
        # A gateway may hide the auth manager; the first way is then as likely as any, and the user sees that.
        context.console.note("Its auth manager is not one that is known here; other ways: --method.")
        return offered[0]
    ways = ", ".join(names())
    message, hint = f"how to log in to {client.base_url} cannot be told", f"give --method: one of {ways}"
    if problem is None:
        raise UsageError(message, hint)
    # The line may be right: its exit code is that of the server's answer.
    problem.message = f"{message}: {problem.message}"
    problem.hint = f"{problem.hint}; or {hint}" if problem.hint else hint
    raise problem


def _why_not_airflow(client: Client) -> CliError | None:
    """Return none where it is one, or where a gateway before it hides that."""
    try:
        client.version()
    except (NotLoggedIn, NotAllowed):
        return None
    except CliError as error:
        return error
    return None


def _choose_provider(context: LoginContext, offered: list[Provider], manager: str) -> Provider:
    context.console.note(f"This server's logins ({manager}):")
    for number, provider in enumerate(offered, start=1):
        context.console.note(f"  {number}  {provider.name}: {provider.summary}")
    answer = context.console.ask("Which one? [1] ").strip() or "1"
    by_name = {provider.name: provider for provider in offered}
    by_number = {str(number): provider for number, provider in enumerate(offered, start=1)}
    result = by_number.get(answer) or by_name.get(answer)
    if result is None:
        raise UsageError(f"'{answer}' is none of them")
    return result


def _complete(context: LoginContext, environment: Environment, provider: Provider) -> Environment:
    """Return the environment with the user name that a password is of and what else the login method needs,
    which the user is asked for. Raises UsageError where something is missing."""
    environment = environment._replace(method=provider.name)
    settings = dict(environment.settings)
    for name in provider.needs:
        if not settings.get(name) and context.console.can_ask:
            settings[name] = context.console.ask(f"{name.replace('_', ' ').capitalize()}: ").strip()
    environment = environment._replace(settings=settings_of(settings))
    missing = [name for name in provider.needs if not environment.setting(name)]
    if missing:
        options = " and ".join(map(_option_for, missing))
        raise UsageError(f"--method {provider.name} needs {options}")
    # The other ways learn from the server, or from the token, who has logged in.
    if provider.name != "password" or environment.username:
        return environment
    if not context.console.can_ask:
        raise UsageError("no user name, and no terminal to ask at", "give --username")
    username = context.console.ask("User name: ").strip()
    if not username:
        raise UsageError("no user name was given")
    return environment._replace(username=username)


def _option_for(setting: str) -> str:
    """Return how a line gives a setting: some have an option of their own."""
    own = setting in (ISSUER, "client_id")
    return f"--{setting.replace('_', '-')}" if own else f"--setting {setting}=VALUE"


def _read_secrets(context: LoginContext, options: Mapping[str, object]) -> dict[str, str]:
    """Return the secrets of a line: in its options, or on standard input."""
    result = {}
    if context.api_token:
        result["token"] = context.api_token
    for name in ("password", "client_secret", "token"):
        if options.get(f"{name}_stdin"):
            if result:
                raise UsageError("only one secret can be given")
            result[name] = context.console.read_line(_LONGEST_SECRET)
    password = options.get("password")
    # `--password` without a value is prompted for later, when it is known that the server wants one.
    if isinstance(password, str) and password != ASK:
        result["password"] = password
    # Before the line is checked any further: an error about it may quote the words.
    context.learn(*result.values())
    return result


def _check_words(command: tuple[str, ...]) -> None:
    """A program's words are kept in a file, and everybody on the machine sees them when it runs."""
    from airflowctl.core.redaction import place_of_secret

    index = place_of_secret(command)
    if index is not None:
        raise UsageError(
            f"word {index + 1} of the token command looks like a secret, and would be kept in a file",
            "let the program read it from a file or a variable, or name a script of yours that does",
        )


def _whole_paths(command: tuple[str, ...], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the same program wherever it is run from: its whole path, also for what ./ and ../ begin.
    Raises UsageError where a name leads to no program."""
    import os

    from airflowctl.core.programs import find_program

    if not command:
        return command
    # A shell expands `~` only where it stands unquoted, and the words are kept for runs without a shell.
    program = os.path.expanduser(command[0])
    if not os.path.isabs(program):
        program = find_program(program, environ)
    if not program:
        raise UsageError(f"there is no program {command[0]} that could print a token", "give its whole path")
    own_folder = (f".{os.sep}", f"..{os.sep}")
    return (program, *(os.path.abspath(w) if w.startswith(own_folder) else w for w in command[1:]))


def _implied_method(values: Mapping[str, str], options: Mapping[str, object]) -> str:
    """Return the way that the options of a line already say."""
    if "token" in values or options.get("token_file"):
        return "static"
    if "password" in values or options.get("password"):
        return "password"
    if "client_secret" in values:
        return "client-credentials"
    if options.get("issuer"):
        return "oidc-pkce"
    return ""


def _texts(options: Mapping[str, object], name: str) -> list[str]:
    result = options.get(name)
    return [str(text) for text in result] if isinstance(result, tuple) else []
