"""Which keys of which Secrets some manifests use; knows only dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import NAME_LABEL, label
from k8sgen.kubernetes.uses import pod_specs, uses


@attrs.frozen(kw_only=True)
class Reference:
    """
    One use of a Secret.

    Args:
        key: `None` uses all that are there.
        user: `Kind/name` of the manifest.
        service: The service that the manifest is labelled with.
        way: `env NAME` or `file PATH`.
        optional: Whether the pod starts without it.
    """

    secret: str
    key: str | None
    user: str
    way: str
    service: str = ""
    optional: bool = False


def references(bodies: Iterable[Mapping[str, Any]]) -> list[Reference]:
    """
    Find every `secretKeyRef`, `secretRef`, secret volume and image pull secret in *bodies*.

    Certificates of an Ingress are not among them: their Secrets are cert-manager's.
    """
    return [
        Reference(
            secret=use.name,
            key=".dockerconfigjson" if use.way == "pull" else use.key,
            user=label(body),
            way=use.way,
            service=body["metadata"].get("labels", {}).get(NAME_LABEL, ""),
            optional=use.optional,
        )
        for body in bodies
        for spec in pod_specs(body)
        for use in uses(spec, "Secret")
        if use.way
    ]
