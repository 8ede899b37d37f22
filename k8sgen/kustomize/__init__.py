"""The difference of two sets of manifests as a kustomize base and overlay, and its proof."""

from k8sgen.kustomize.equality import Difference, equal, first_difference
from k8sgen.kustomize.errors import BuildError
from k8sgen.kustomize.evaluate import Mismatch, compare, evaluate, prove
from k8sgen.kustomize.overlay import base, overlay

__all__ = [
    "BuildError",
    "Difference",
    "Mismatch",
    "base",
    "compare",
    "equal",
    "evaluate",
    "first_difference",
    "overlay",
    "prove",
]
