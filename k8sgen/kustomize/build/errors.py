"""What can go wrong between a difference and its proof."""

from __future__ import annotations

from k8sgen.errors import K8sgenError


class BuildError(K8sgenError):
    """kustomize would refuse to build these files."""


class UnsureError(Exception):
    """
    What kustomize makes of this is not modelled; the caller says it another way.

    It never leaves the package.
    """
