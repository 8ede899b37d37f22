"""What a namespace has before any service runs in it."""

from __future__ import annotations

from k8sgen import Compute, Environment, Priority, Quota, Resources, Storage
from tests.stacks import composed, found

ENVIRONMENT = Environment(
    name="here",
    quota=Quota(
        requests=Compute(cpu="2", memory="4Gi"),
        limits=Compute(cpu="4", memory="8Gi"),
        pods=7,
        storage=Storage(size="9Gi"),
    ),
    default_resources=Resources(
        requests=Compute(cpu="10m", memory="16Mi"), limits=Compute(cpu="20m", memory="32Mi")
    ),
    priority=Priority(name="high", value=1000),
)
PLATFORM = composed(lambda _: None, ENVIRONMENT)


def test_it_is_the_whole_of_an_empty_environment() -> None:
    """Namespace, quota, limits, no traffic, priority."""
    assert [body["kind"] for body in PLATFORM.groups()["platform"]] == [
        "Namespace",
        "ResourceQuota",
        "LimitRange",
        "NetworkPolicy",
        "PriorityClass",
    ]


def test_the_namespace_admits_restricted_pods_only() -> None:
    """And warns and audits by the same level."""
    labels = found(PLATFORM, "Namespace", "here")["metadata"]["labels"]
    levels = {k: v for k, v in labels.items() if k.startswith("pod-security")}
    assert levels == {
        f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
    }


def test_the_quota_bounds_what_all_pods_ask_for() -> None:
    """As Kubernetes names it."""
    assert found(PLATFORM, "ResourceQuota")["spec"]["hard"] == {
        "requests.cpu": "2",
        "requests.memory": "4Gi",
        "limits.cpu": "4",
        "limits.memory": "8Gi",
        "requests.storage": "9Gi",
        "pods": "7",
    }


def test_containers_that_name_no_resources_get_the_defaults() -> None:
    """Else the quota would refuse them."""
    assert found(PLATFORM, "LimitRange")["spec"]["limits"] == [
        {
            "type": "Container",
            "defaultRequest": {"cpu": "10m", "memory": "16Mi"},
            "default": {"cpu": "20m", "memory": "32Mi"},
        }
    ]


def test_nobody_talks_to_anybody_unless_a_policy_allows_it() -> None:
    """The policy of all pods allows nothing, in either direction."""
    assert found(PLATFORM, "NetworkPolicy")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }


def test_the_priority_is_no_default_for_others() -> None:
    """The class is the cluster's, but only our pods have it."""
    priority = found(PLATFORM, "PriorityClass")
    assert (priority["metadata"]["name"], priority["value"]) == ("high", 1000)
    assert priority["globalDefault"] is False
    assert "namespace" not in priority["metadata"]
