"""Kubernetes deployments as Python classes, written as a proved kustomize tree."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from k8sgen.api import *  # noqa: F403


def __getattr__(name: str) -> Any:
    # cdk8s starts Node when it is imported: only who asks for a construct pays for that.
    if not name.startswith("_") and find_spec(f"k8sgen.{name}") is None:
        import_module("k8sgen.node").prepare()
        api = import_module("k8sgen.api")
        if name in api.__all__:
            return getattr(api, name)
    msg = f"module 'k8sgen' has no attribute {name!r}"
    raise AttributeError(msg)
