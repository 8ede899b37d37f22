"""kubectl for one cluster: the context is always given, whatever the current one is."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Sequence

import attrs

from k8sgen.errors import K8sgenError
from k8sgen.tools.programs import require

SERVER_SIDE = ("--server-side", "--field-manager=k8sgen", "--force-conflicts")
"""How to apply: k8sgen owns each field that it generates, whoever applied it first."""

_SECONDS = 60
_FORBIDDEN = "(Forbidden)"
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
    done = _run(context, arguments, text)
    if done.returncode:
        raise _failure(context, done)
    return done.stdout


def ask_most(context: str | None, *arguments: str, text: str = "") -> tuple[str, tuple[str, ...]]:
    """
    Run kubectl as `ask` does, and accept that it may not do a part of what is asked.

    Returns:
        What it prints, and what it was forbidden to do, in its words.

    Raises:
        K8sgenError: kubectl is missing.
        ClusterError: It fails at all that is asked, or for another reason, or does not answer.
    """
    done = _run(context, arguments, text)
    problems = _problems(done) if done.returncode else []
    if problems and not (done.stdout.strip() and all(_FORBIDDEN in each for each in problems)):
        raise _failure(context, done)
    return done.stdout, tuple(dict.fromkeys(problems))


def _run(
    context: str | None, arguments: Sequence[str], text: str
) -> subprocess.CompletedProcess[str]:
    command = [require("kubectl"), *_select(context), *arguments]
    try:
        return subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        msg = f"kubectl gave no answer in {_SECONDS} seconds"
        raise ClusterError(msg, hint=_try(context)) from None


def _failure(context: str | None, done: subprocess.CompletedProcess[str]) -> ClusterError:
    first = next(iter(_problems(done)), "it said nothing")
    return ClusterError(f"kubectl: {first}", hint=_try(context))


def _problems(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if line and not _NOISE.match(line)]


def _try(context: str | None) -> str:
    return f"try: {shlex.join(['kubectl', *_select(context), 'get', 'namespaces'])}"


def _select(context: str | None) -> list[str]:
    return ["--context", context] if context else []
