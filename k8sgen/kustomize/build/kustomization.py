"""
The kustomization files that k8sgen writes: their fields, and what a build makes of them.

Source:
    kustomize v5.8.1 api/types/kustomization.go, api/internal/target/kusttarget_configplugin.go
    (the order in which the fields work)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from k8sgen.kubernetes.manifest import Body
from k8sgen.kustomize.build.errors import BuildError
from k8sgen.kustomize.build.images import ImageField, set_images
from k8sgen.kustomize.build.patches import Patch
from k8sgen.kustomize.build.resource import BuiltManifest, require_unique
from k8sgen.kustomize.build.transform import SCALED, set_labels, set_namespace, set_replicas

_HEAD = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


@attrs.frozen(kw_only=True)
class Fields:
    """
    The fields that change every manifest of a kustomization.

    Args:
        namespace: Goes into every manifest that kustomize does not know to have none.
        labels: Go into `metadata.labels` of every manifest.
        replicas: Name of the workload to number of pods.
        images: In the order in which they are applied.
    """

    namespace: str | None = None
    labels: Mapping[str, str] = attrs.Factory(dict)
    replicas: Mapping[str, int] = attrs.Factory(dict)
    images: Sequence[ImageField] = ()

    def transform(self, body: Body) -> Body:
        """
        Apply the fields to one manifest.

        Raises:
            BuildError: kustomize would fail on it.
        """
        if self.namespace:
            body = set_namespace(body, self.namespace)
        if self.labels:
            body = set_labels(body, self.labels)
        for name, count in self.replicas.items():
            body = set_replicas(body, name, count)
        for entry in self.images:
            body = set_images(body, entry)
        return body


@attrs.frozen(kw_only=True)
class Kustomization:
    """
    A kustomization.yaml of the kind that k8sgen writes.

    Args:
        resources: Files and folders, relative to it.
        patches: In the order in which they are applied, before the fields.
    """

    resources: Sequence[str]
    patches: Sequence[Patch] = ()
    fields: Fields = Fields()

    def to_dict(self) -> Body:
        """
        Write it as kustomization.yaml has it; empty fields are left out.
        """
        labels = [{"pairs": dict(self.fields.labels)}] if self.fields.labels else []
        replicas = [{"name": name, "count": n} for name, n in self.fields.replicas.items()]
        rest = {
            "namespace": self.fields.namespace,
            "resources": list(self.resources),
            "labels": labels,
            "patches": [patch.entry for patch in self.patches],
            "images": [dict(entry) for entry in self.fields.images],
            "replicas": replicas,
        }
        return {**_HEAD, **{name: value for name, value in rest.items() if value}}

    def build(self, resources: Sequence[BuiltManifest]) -> list[BuiltManifest]:
        """
        Apply the patches and then the fields to *resources*.

        Raises:
            BuildError: kustomize would fail.
            UnsureError: What kustomize would do is not certain.
        """
        for patch in self.patches:
            resources = patch.apply(resources)
        built = [self._transformed(each) for each in resources]
        if self.fields.namespace:
            require_unique(each.body for each in built)
        self._require_scaled(built)
        return built

    def _transformed(self, resource: BuiltManifest) -> BuiltManifest:
        noted = resource.noted() if self.fields.namespace else resource
        return attrs.evolve(noted, body=self.fields.transform(resource.body))

    def _require_scaled(self, built: Sequence[BuiltManifest]) -> None:
        names = {each.body["metadata"]["name"] for each in built if each.body["kind"] in SCALED}
        for name in self.fields.replicas:
            if name not in names:
                raise BuildError(f"`replicas` names {name!r}, which is not a workload here")
