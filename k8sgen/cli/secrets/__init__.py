"""`secrets`: make, check, rotate and apply what `dist/secrets/` holds encrypted."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = (
    "init",
    "generate",
    "status",
    "check",
    "edit",
    "encrypt",
    "rotate",
    "audit",
    "apply",
)


class Commands(click.Group):
    """Finds each subcommand in a file of its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"k8sgen.cli.secrets.{cmd_name}").command
        return found


@click.command("secrets", cls=Commands, no_args_is_help=False)
def command() -> None:
    """Make, check, rotate and apply the encrypted secrets of an environment.

    Values pass between k8sgen, sops and kubectl in pipes alone.
    """
