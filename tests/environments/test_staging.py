"""What the staging environment promises: production's shape, in small."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from k8sgen.project.compose import Composition
from tests.environments.pods import of_kind


@pytest.fixture
def staging(compositions: Mapping[str, Composition]) -> Composition:
    """
    The staging environment.
    """
    return compositions["staging"]


def test_stateless_services_run_twice(staging: Composition) -> None:
    """
    What keeps no data has two replicas.
    """
    replicas = {
        b["metadata"]["name"]: b["spec"]["replicas"] for b in of_kind(staging, "Deployment")
    }
    twice = ("template-system", "hydra", "auth-handler", "backend", "oathkeeper")
    assert [replicas[name] for name in twice] == [2] * len(twice)


def test_hosts_have_certificates_of_a_test_authority(staging: Composition) -> None:
    """
    cert-manager gets them where no limit of the public authority can be used up.
    """
    (ingress,) = of_kind(staging, "Ingress")
    annotations = ingress["metadata"]["annotations"]
    assert annotations == {"cert-manager.io/cluster-issuer": "letsencrypt-staging"}
    assert ingress["spec"]["tls"][0]["hosts"] == [
        f"{name}.staging.example.com" for name in ("api", "auth", "id")
    ]
