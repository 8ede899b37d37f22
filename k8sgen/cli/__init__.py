"""The command line: one small file a command; only this room prints or exits."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from k8sgen.errors import K8sgenError

COMMANDS = ("synth", "render", "diff", "validate", "list", "schemas", "doctor")


class Commands(click.Group):
    """Finds each command in a file of its own, so that a start loads only what it needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"k8sgen.cli.{cmd_name}").command
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The project's directory; this one unless told.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="k8sgen")
@click.pass_context
def cli(ctx: click.Context, root: Path, debug: bool) -> None:
    """Kubernetes deployments as Python classes, written as a proved kustomize tree.

    Exit status: 0 fine, 1 the answer is "no" (findings, differences, drift), 2 wrong use or
    broken input.
    """
    ctx.obj = root
    ctx.meta["debug"] = debug


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Args:
        arguments: Without the program's name; those of the process unless told.

    Returns:
        The exit status.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        status = cli.main(list(arguments), prog_name="k8sgen", standalone_mode=False)
    except click.exceptions.Abort:
        status = 130
    except click.ClickException as error:
        error.show()
        status = 2
    except BrokenPipeError:
        sys.stderr.close()  # whoever reads our output has seen enough
        status = 0
    except Exception as error:
        status = _failed(error, debug="--debug" in arguments)
    return status if isinstance(status, int) else 0


def _failed(error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    elif isinstance(error, K8sgenError):
        for problem in getattr(error, "problems", [error]):
            _show(problem)
    else:
        _show(K8sgenError(f"{type(error).__name__}: {error}", hint="--debug shows the traceback"))
    return getattr(error, "status", 2)


def _show(error: K8sgenError) -> None:
    first, *hint = str(error).splitlines()
    click.echo(f"error: {first}", err=True)
    for line in hint:
        click.echo(f"  {line}", err=True)
