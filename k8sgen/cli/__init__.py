"""The command line: one small file a command; only this room prints or exits."""

from __future__ import annotations

import ast
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from k8sgen.errors import K8sgenError, UsageError, did_you_mean, suggest
from k8sgen.tools import node
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
_WITHOUT_NODE = ("doctor",)


class Commands(click.Group):
    """Finds each command in a file of its own, so that a start loads only what it needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]  # `list` is the command of that name here, once it is loaded

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in _WITHOUT_NODE:
            node.require()
        command: click.Command = import_module(f"k8sgen.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            msg = f"there is no command {args[0]!r}"
            raise UsageError(msg, hint=suggest(args[0], COMMANDS))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name)) for name in COMMANDS])


def _summary(name: str) -> str:
    """Read the first line of a command's file, without loading what the command needs."""
    place = Path(__file__).with_name(name)
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    doc = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    text = doc.partition("\n")[0].partition(": ")[2].replace("`", "")
    return text[:1].upper() + text[1:]


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,  # nothing asked is wrong use, and answered as all of that
)
@click.option(
    "--project",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The project's directory; this one unless told.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name=DISTRIBUTION)
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
