"""`diff`: what changes, and what that does to what runs."""

from __future__ import annotations

from collections.abc import Mapping

import click

from k8sgen.actions import compare as comparison
from k8sgen.changes.compare import Changes
from k8sgen.changes.level import Level
from k8sgen.changes.markdown import markdown
from k8sgen.changes.report import report
from k8sgen.changes.terminal import text
from k8sgen.cli.context import context, to_read
from k8sgen.cli.output import as_json, print_json
from k8sgen.errors import UsageError
from k8sgen.project import project
from k8sgen.tools.kubectl import ClusterError

_LEVELS = click.Choice([level.slug for level in Level])


@click.command("diff")
@click.argument("environment", metavar="[ENV]", required=False)
@click.argument("other", metavar="[OTHER]", required=False)
@click.option("--against", metavar="GITREF", help="Compare with dist/ as it is at this commit.")
@click.option("--live", "is_live", is_flag=True, help="Compare with the cluster, through kubectl.")
@context
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    help="markdown is a comment for a pull request.",
)
@click.option("--fail-on", type=_LEVELS, help="Exit 1 only from this consequence on.")
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    environment: str | None,
    other: str | None,
    against: str | None,
    is_live: bool,
    context: str | None,
    form: str,
    fail_on: str | None,
    as_json: bool,
) -> None:
    """Show what changes in ENV (in all environments when none is named), and what that does.

    The code as it is now is compared with what is committed in dist/ (git's HEAD; the files
    themselves outside a repository). With OTHER: what it takes to make ENV like OTHER.

    Exit status 1 when something differs, or does what --fail-on names or worse.
    """
    if sum(map(bool, (other, against, is_live))) > 1:
        raise UsageError("OTHER, --against and --live exclude each other", hint="give one of them")
    if context and not is_live:
        raise UsageError("--context chooses a cluster for --live alone", hint="add --live")
    found = project.load(ctx.obj, [name for name in (environment, other) if name])
    contexts: dict[str, str | None] = {}
    if environment and other:
        every = [comparison.with_other(found, environment, other)]
    elif is_live:
        contexts = {name: to_read(found, name, context) for name in found.environments}
        every = comparison.with_cluster(found, contexts)
    else:
        every = comparison.with_commit(found, against, gone=environment is None)
    _print(every, "json" if as_json else form, contexts)
    unread = [f"{changes.name}: {title}" for changes in every for title in changes.unread]
    if unread:
        msg = f"not compared, because kubectl may not read it: {', '.join(unread)}"
        raise ClusterError(msg, hint="get the right to read it, or compare without --live")
    if _fails(every, fail_on):
        ctx.exit(1)


def _print(every: list[Changes], form: str, contexts: Mapping[str, str | None]) -> None:
    if form == "json":
        found = [report(changes) for changes in every]
        clusters = [{"context": contexts[c.name]} if c.name in contexts else {} for c in every]
        print_json({"environments": [{**f, **c} for f, c in zip(found, clusters, strict=True)]})
    else:
        click.echo(text(every) if form == "text" else markdown(every))


def _fails(every: list[Changes], fail_on: str | None) -> bool:
    differing = [changes for changes in every if changes.count]
    if fail_on is None:
        return bool(differing)
    return any(changes.level >= Level.of(fail_on) for changes in differing)
