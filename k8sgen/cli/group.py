"""Groups of commands, each in a file of its own."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from k8sgen.errors import UsageError, suggest
from k8sgen.tools import node


class CommandGroup(click.Group):
    """
    Finds each command in a module of its name, so that a run loads only what it needs.

    Args:
        package: That of the modules; each has the attribute `command`.
        names: In the order of the help.
        without_node: Those that do not load the library, for which Node has to be there.
    """

    def __init__(
        self, *, package: str, names: Sequence[str], without_node: Sequence[str], **settings: Any
    ) -> None:
        super().__init__(**settings)
        self.package = package
        self.names = names
        self.without_node = without_node

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.names:
            return None
        if cmd_name not in self.without_node:
            node.require()
        command: click.Command = import_module(f"{self.package}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.names and not args[0].startswith("-"):
            msg = f"there is no command {args[0]!r}"
            raise UsageError(msg, hint=suggest(args[0], self.names))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._summary(name)) for name in self.names])

    def _summary(self, name: str) -> str:
        """Read the first line of a command's file, without loading what the command needs."""
        spec = find_spec(f"{self.package}.{name}")
        text = Path(spec.origin).read_text("utf-8") if spec and spec.origin else ""
        doc = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        summary = doc.partition(": ")[2].replace("`", "")
        return summary[:1].upper() + summary[1:]
