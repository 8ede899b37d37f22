"""kubectl for one cluster: the context is always given, whatever the current one is."""

from __future__ import annotations

import json
import re
import shlex
import subprocess

import attrs

from k8sgen.errors import K8sgenError
from k8sgen.tools.programs import require

SERVER_SIDE = ("--server-side", "--field-manager=k8sgen", "--force-conflicts")
"""How to apply: k8sgen owns each field that it generates, whoever applied it first."""

_SECONDS = 60
_NOISE = re.compile(r"[EFIW]\d{4} |Warning: ")  # of klog, and of the API server


class ClusterError(K8sgenError):
    """kubectl could not do what it was asked."""


@attrs.frozen(kw_only=True)
class Kubeconfig:
    """
    The clusters that kubectl knows.

    Args:
        current: The context that it uses by default; empty where there is none.
    """

    current: str
    contexts: tuple[str, ...]


def kubeconfig() -> Kubeconfig:
    """
    Read the contexts that kubectl knows, without a request to any cluster.

    Raises:
        K8sgenError: kubectl is missing.
        ClusterError: Its configuration is broken.
    """
    found = json.loads(ask(None, "config", "view", "--output=json"))
    names = tuple(context["name"] for context in found["contexts"] or ())
    return Kubeconfig(current=found["current-context"], contexts=names)


def ask(context: str | None, *arguments: str, text: str = "") -> str:
    """
    Run kubectl at the cluster of *context*, and return what it prints.

    Args:
        context: Of the kubeconfig; `None` where there is none, as in a pod.
        text: Its standard input.

    Raises:
        K8sgenError: kubectl is missing.
        ClusterError: It fails, or does not answer; with its first line, because others may quote
            its input.
    """
    select = ["--context", context] if context else []
    command = [require("kubectl"), *select, *arguments]
    hint = f"try: {shlex.join(['kubectl', *select, 'get', 'namespaces'])}"
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise ClusterError(f"kubectl gave no answer in {_SECONDS} seconds", hint=hint) from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line and not _NOISE.match(line)]
        raise ClusterError(f"kubectl: {lines[0] if lines else 'it said nothing'}", hint=hint)
    return done.stdout
