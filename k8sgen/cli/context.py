"""Which cluster a command speaks to: the environment's, whatever kubectl's current one is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from k8sgen.errors import Location, UsageError, suggest
from k8sgen.project.lines import line_of
from k8sgen.tools.kubectl import kubeconfig

if TYPE_CHECKING:
    from k8sgen.project.project import Project

SETTING = "cluster.context"

context = click.option("--context", help="Of the kubeconfig, where ENV does not name its own.")


def named(project: Project, environment: str, asked: str | None) -> str | None:
    """
    Return the kubeconfig context of an environment's cluster, or else the one that is *asked* for.

    Raises:
        UsageError: Both are named, and differ.
    """
    own = project.environments[environment].cluster.context
    if asked and own and asked != own:
        msg = f"{environment} runs at the context {own!r}, not at {asked!r}"
        place = line_of(project, environment, SETTING)
        raise UsageError(msg, hint="leave out --context", location=place)
    return own or asked


def required(project: Project, environment: str, asked: str | None) -> str:
    """
    Return the kubeconfig context of the cluster that is to change.

    Raises:
        UsageError: Neither the environment nor the command names one.
    """
    found = named(project, environment, asked)
    if not found:
        msg = f"{environment} does not name its cluster, and kubectl's current one may be another"
        hint = 'write cluster=Cluster(context="…") there, or pass --context'
        raise UsageError(msg, hint=hint, location=line_of(project, environment, SETTING))
    return found


def to_write(project: Project, environment: str, asked: str | None) -> str:
    """
    Return the kubeconfig context of the cluster that is to change, which kubectl knows.
    """
    return _known(project, environment, required(project, environment, asked))


def to_read(project: Project, environment: str, asked: str | None) -> str | None:
    """
    Return the kubeconfig context of the cluster to look at; see `current` where none is named.
    """
    found = named(project, environment, asked)
    return _known(project, environment, found) if found else current(environment)


def current(subject: str) -> str | None:
    """
    Return kubectl's current context, and say on standard error that *subject* is read there.

    `None` is the cluster that kubectl finds without a kubeconfig, as in a pod.
    """
    found = kubeconfig().current or None
    shown = f"kubectl's current context, {found}" if found else "what kubectl finds without context"
    click.echo(f"{subject}: read from {shown}", err=True)
    return found


def _known(project: Project, environment: str, context: str) -> str:
    own = project.environments[environment].cluster.context
    place = line_of(project, environment, SETTING) if own else None
    return known(context, place)


def known(context: str, place: Location | Path | None = None) -> str:
    """
    Return *context*, which the kubeconfig has.

    Args:
        place: What names it.

    Raises:
        UsageError: The kubeconfig does not have it.
    """
    contexts = kubeconfig().contexts
    if context not in contexts:
        msg = f"the kubeconfig has no context {context!r}"
        hint = suggest(context, contexts)
        raise UsageError(msg, hint=hint, location=place)
    return context
