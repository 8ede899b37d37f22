"""Which cluster a command speaks to: the environment's, whatever kubectl's current one is."""

from __future__ import annotations

from k8sgen.errors import UsageError
from k8sgen.project.project import environment_file
from k8sgen.settings.environment import Environment


def context_of(environment: Environment, asked: str | None) -> str | None:
    """
    Return the kubeconfig context to read from; `None` is kubectl's current one.

    Raises:
        UsageError: Another one than the environment's is *asked* for.
    """
    own = environment.cluster.context
    if asked and own and asked != own:
        msg = f"{environment.name} runs at the context {own}, not {asked}"
        raise UsageError(msg, hint="leave out --context")
    return own or asked


def writable_context(environment: Environment, asked: str | None) -> str:
    """
    Return the kubeconfig context to write to.

    Raises:
        UsageError: Neither the environment nor the command names one: kubectl's current one may be
            any cluster.
    """
    found = context_of(environment, asked)
    if not found:
        msg = f"{environment.name} does not name its cluster, and the current one may be another"
        file = environment_file(environment.name)
        hint = f"set cluster=Cluster(context=…) in {file}, or pass --context"
        raise UsageError(msg, hint=hint)
    return found
