"""Every command shows how it is used, and what it shows is a line that the parser takes."""

from __future__ import annotations

import re

from airflowctl.core.command import Command
from airflowctl.core.parse import parse_tokens
from airflowctl.session import registry
from completers.tokenizer import words
from tests.support.rows import every_row


@every_row("command", registry.all_commands(), ids=lambda command: command.line)
def test_the_examples_of_a_command_are_lines_of_it(command: Command) -> None:
    assert command.examples
    for example in command.examples:
        line = re.split(r" [<>|] ", re.sub(r"^export \w+=\$\((.*)\)$", r"\1", example))[0]
        tokens = words(line)
        assert tokens[0] == "airflowctl"
        call = parse_tokens(tokens[1:], registry).bind()
        assert call.command is command, example
