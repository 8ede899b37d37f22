"""`secrets`: make, check, rotate and apply what `dist/secrets/` holds encrypted."""

from __future__ import annotations

import click

from k8sgen.cli.group import CommandGroup
from k8sgen.secrets.files.memory import sweep

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


@click.command(
    "secrets",
    cls=CommandGroup,
    package=__name__,
    names=COMMANDS,
    without_node=("audit",),
    no_args_is_help=False,
)
def command() -> None:
    """Make, check, rotate and apply the encrypted secrets of an environment.

    Values pass between k8sgen, sops and kubectl in pipes alone.
    """
    sweep()
