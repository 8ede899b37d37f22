"""Kubernetes deployments as Python classes, written as a proved kustomize tree."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from k8sgen.api import *  # noqa: F403


def __getattr__(name: str) -> Any:
    # cdk8s starts Node when it is imported: only who asks for a construct pays for that.
    if name.startswith("_"):
        raise AttributeError(name)
    import_module("k8sgen.node").prepare()
    try:
        return getattr(import_module("k8sgen.api"), name)
    except AttributeError:
        msg = f"module 'k8sgen' has no attribute {name!r}"
        raise AttributeError(msg) from None
