"""Context: what the checks know about an environment besides its manifests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from k8sgen.checks.waiver import Waiver
from k8sgen.errors import Location
from k8sgen.kubernetes.config_file import FileFormats
from k8sgen.kubernetes.edges import Edge
from k8sgen.kubernetes.manifest import Identity


@attrs.frozen(kw_only=True)
class Origin:
    """Where one manifest came from."""

    service: str
    path: str
    location: Location | None = None


@attrs.frozen(kw_only=True)
class Context:
    """
    The facts about one environment that its manifests do not contain.

    Args:
        kubernetes_version: Of the cluster, as in "1.36".
        origins: Where each manifest came from.
        edges: Who talks to whom, as the stack declares; `None` where that is unknown, and the
            network policies are not compared with it.
        secrets: Secret to key to the template that the value is made from, empty where there is
            none; the Secrets themselves are not among the manifests.
        file_formats: What is known of the files in ConfigMaps.
        certificates: The Secrets with certificates that something else makes.
        waivers: The rules that do not apply.
        serves_tls: Whether every host needs a certificate; false on a developer's machine.
        requires_digests: Whether every image must be pinned by its digest.
        schema_folders: Where the schemas of custom resources are.
    """

    environment: str = ""
    kubernetes_version: str = "1.36"
    origins: Mapping[Identity, Origin] = attrs.field(factory=dict)
    edges: Sequence[Edge] | None = None
    secrets: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    file_formats: FileFormats = attrs.field(factory=dict)
    certificates: frozenset[str] = frozenset()
    waivers: Sequence[Waiver] = ()
    serves_tls: bool = True
    requires_digests: bool = False
    schema_folders: tuple[Path, ...] = ()
