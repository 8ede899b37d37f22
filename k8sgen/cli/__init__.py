"""The command line: one small file a command; only this room prints or exits."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from k8sgen.cli.group import CommandGroup
from k8sgen.errors import K8sgenError, UsageError, did_you_mean
from k8sgen.tools.programs import DISTRIBUTION

COMMANDS = (
    "synth",
    "render",
    "diff",
    "validate",
    "list",
    "graph",
    "why",
    "affected",
    "report",
    "schemas",
    "secrets",
    "doctor",
)


@click.command(
    cls=CommandGroup,
    package=__name__,
    names=COMMANDS,
    without_node=("schemas", "secrets", "doctor"),  # the first two say it for each of theirs
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,  # no command is wrong use, and reported like all of that
)
@click.option(
    "--project",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The project's directory; the current one by default.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name=DISTRIBUTION)
@click.pass_context
def cli(ctx: click.Context, root: Path, debug: bool) -> None:
    """Kubernetes deployments as Python classes, written as a kustomize tree.

    Exit status: 0 fine, 1 the answer is "no" (findings, differences, drift), 2 wrong use or
    broken input.
    """
    ctx.obj = root
    ctx.meta["debug"] = debug


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Args:
        arguments: Without the program's name; those of the process by default.

    Returns:
        The exit status.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        status = cli.main([*arguments], prog_name="k8sgen", standalone_mode=False)
    except click.exceptions.Abort:
        status = 130
    except click.UsageError as error:
        status = _failed(_misused(error), debug=False)
    except Exception as error:
        status = _failed(error, debug="--debug" in arguments)
    return status if isinstance(status, int) else 0


def _misused(error: click.UsageError) -> UsageError:
    command = error.ctx.command_path if error.ctx else "k8sgen"
    hint = f"{command} --help shows how to use it"
    if not isinstance(error, click.NoSuchOption):
        return UsageError(error.format_message().rstrip("."), hint=hint)
    options = [name for p in error.ctx.command.params for name in p.opts] if error.ctx else []
    msg = f"there is no option {error.option_name!r}"
    return UsageError(msg, hint=did_you_mean(error.option_name, options) or hint)


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
