"""
The two kinds of patch that a kustomization applies, and their targets.

Source:
    kustomize v5.8.1 api/internal/builtins/PatchTransformer.go, api/resource/resource.go
    ApplySmPatch, api/types/selector.go
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import split_api_version
from k8sgen.kustomize.build.errors import BuildError
from k8sgen.kustomize.build.jsonpatch import Operation, apply
from k8sgen.kustomize.build.merge import merge
from k8sgen.kustomize.build.resource import BuiltManifest, Id, identify


@attrs.frozen
class MergePatch:
    """
    A strategic-merge patch in a file of its own.

    Args:
        path: The file, beside the kustomization.
        body: What differs, with the apiVersion, kind and metadata of its target.
    """

    path: str
    body: Body

    @property
    def content(self) -> Any:
        """What the file holds."""
        return self.body

    @property
    def entry(self) -> Body:
        """Its entry in `patches`."""
        return {"path": self.path}

    def apply(self, resources: Sequence[BuiltManifest]) -> list[BuiltManifest]:
        """
        Merge it into the one manifest that it names.

        Raises:
            BuildError: There is no such manifest, or several.
            UnsureError: What kustomize would do is not certain.
        """
        wanted = identify(self.body)
        met = [each for each in resources if wanted in each.ids]
        if len(met) != 1:
            raise BuildError(f"{self.path} meets {len(met)} manifests instead of one")
        merged = [self._merged(each) if each is met[0] else each for each in resources]
        return [each for each in merged if each is not None]

    def _merged(self, resource: BuiltManifest) -> BuiltManifest | None:
        body = merge(resource.body, self.body)
        if body is None:
            return None
        old = resource.body["metadata"]
        metadata = {**(body.get("metadata") or {}), "name": old["name"]}
        metadata.pop("namespace", None)
        if "namespace" in old:
            metadata["namespace"] = old["namespace"]
        return attrs.evolve(resource, body={**body, "metadata": metadata})


@attrs.frozen
class JsonPatch:
    """
    A JSON 6902 patch in a file of its own.

    Args:
        path: The file, beside the kustomization.
        operations: In their order.
        target: Fields of the manifests that it changes, as regular expressions.
    """

    path: str
    operations: Sequence[Operation]
    target: Mapping[str, str]

    @property
    def content(self) -> Any:
        """What the file holds."""
        return [list(self.operations)]

    @property
    def entry(self) -> Body:
        """Its entry in `patches`."""
        return {"path": self.path, "target": dict(self.target)}

    def apply(self, resources: Sequence[BuiltManifest]) -> list[BuiltManifest]:
        """
        Apply the operations to every manifest that the target selects.

        Raises:
            BuildError: An operation finds nothing at its path.
            UnsureError: kustomize would lose a value on the way.
        """
        return [self._patched(each) if self._selects(each) else each for each in resources]

    def _patched(self, resource: BuiltManifest) -> BuiltManifest:
        noted = resource.noted()
        return attrs.evolve(noted, body=apply(resource.body, self.operations))

    def _selects(self, resource: BuiltManifest) -> bool:
        group, version = split_api_version(resource.body["apiVersion"])
        exact = {"group": group, "version": version, "kind": resource.body["kind"]}
        ends = (resource.ids[0], resource.ids[-1])
        return all(self._fits(name, value) for name, value in exact.items()) and all(
            any(self._fits(name, end[index]) for end in ends)
            for name, index in (("namespace", 2), ("name", 3))
        )

    def _fits(self, name: str, value: str) -> bool:
        pattern = self.target.get(name, "")
        return not pattern or re.fullmatch(pattern, value) is not None


Patch: TypeAlias = MergePatch | JsonPatch


def target_of(resource: Id) -> dict[str, str]:
    """
    Make the target that selects one manifest; kustomize reads its values as regular expressions.
    """
    api_version, kind, namespace, name = resource
    group, version = split_api_version(api_version)
    target = {"group": group, "version": version, "kind": kind, "name": name}
    if namespace not in ("", "default"):
        target["namespace"] = namespace
    return {key: value.replace(".", r"\.") for key, value in target.items() if value}
