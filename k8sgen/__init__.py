"""Kubernetes deployments as Python classes, written as a kustomize tree."""

from __future__ import annotations

# Nothing more: until `k8sgen.__main__` has begun, Ctrl-C would show a traceback.
from k8sgen.tools import node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from k8sgen.api import *  # noqa: F403

node.prepare()  # here, because whatever comes first may import cdk8s, which starts Node


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415

    # Only who asks for a construct pays for that start.
    if not name.startswith("_") and find_spec(f"k8sgen.{name}") is None:
        api = import_module("k8sgen.api")
        if name in api.__all__:
            return getattr(api, name)
    msg = f"module 'k8sgen' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    from importlib import import_module  # noqa: PLC0415

    return list(import_module("k8sgen.api").__all__)
