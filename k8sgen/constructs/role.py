"""Role: what a service may do through the API server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.value import Value, each

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service

GROUP = "rbac.authorization.k8s.io"


def _not_everything(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if value == "*":
        msg = f"{attribute.name}: '*' also grants what does not exist yet; name each"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class PolicyRule(Value):
    """
    Some verbs on some resources of the namespace.

    Args:
        groups: API groups; the empty one is that of Pods, Secrets, ConfigMaps.
        names: Only the resources of these names; empty is all. Not for `create` and `list`.
    """

    verbs: Sequence[str] = attrs.field(validator=each(_not_everything, least=1))
    resources: Sequence[str] = attrs.field(validator=each(_not_everything, least=1))
    groups: Sequence[str] = attrs.field(default=("",), validator=each(_not_everything, least=1))
    names: Sequence[str] = ()


class Role(Manifest):
    """
    What the service's account may do in its namespace, with the RoleBinding that grants it.

    Only pods with `Pod(…, token=True)` get a token of the account, and only they may reach the
    API server.
    """

    def __init__(
        self, service: Service, rules: Sequence[PolicyRule], *, name: str | None = None
    ) -> None:
        name = name or service.name
        metadata = {"name": name, "labels": service.labels()}
        super().__init__(
            service,
            service.id_of("role", name),
            {
                "apiVersion": f"{GROUP}/v1",
                "kind": "Role",
                "metadata": metadata,
                "rules": [
                    {
                        "apiGroups": list(rule.groups),
                        "resources": list(rule.resources),
                        "resourceNames": list(rule.names) or None,
                        "verbs": list(rule.verbs),
                    }
                    for rule in rules
                ],
            },
        )
        Manifest(
            service,
            service.id_of("role-binding", name),
            {
                "apiVersion": f"{GROUP}/v1",
                "kind": "RoleBinding",
                "metadata": metadata,
                "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": name},
                "subjects": [
                    {
                        "kind": "ServiceAccount",
                        "name": service.name,
                        "namespace": service.stack.namespace_name,
                    }
                ],
            },
        )
