"""How much of a quota is used."""

from __future__ import annotations

from typing import Any

from k8sgen.report.quota import quota_use


def quota(**hard: str) -> dict[str, Any]:
    """Make a ResourceQuota."""
    keys = {key.replace("_", "."): value for key, value in hard.items()}
    metadata = {"name": "platform"}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata,
        "spec": {"hard": keys},
    }


def deployment(*, replicas: int, cpu: str, memory: str) -> dict[str, Any]:
    """Make a Deployment whose rollouts add one pod."""
    resources = {"requests": {"cpu": cpu, "memory": memory}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "strategy": {"rollingUpdate": {"maxSurge": 1}},
            "template": {"spec": {"containers": [{"name": "web", "resources": resources}]}},
        },
    }


def test_it_counts_the_pods_of_a_rollout() -> None:
    """Three replicas and one more of 250m each are one core."""
    uses = list(
        quota_use(
            [
                quota(requests_cpu="4", requests_memory="3Gi", pods="4"),
                deployment(replicas=3, cpu="250m", memory="256Mi"),
            ]
        )
    )
    assert [(use.name, use.text(), use.percent) for use in uses] == [
        ("CPU requests", "1 of 4 cores", 25),
        ("memory requests", "1 of 3 GiB", 34),
        ("pods", "4 of 4 pods", 100),
    ]


def test_more_than_the_quota_is_more_than_a_hundred_percent() -> None:
    """Shares are rounded up, so that too much never looks like enough."""
    (use,) = quota_use(
        [quota(requests_cpu="1000m"), deployment(replicas=1, cpu="501m", memory="1Mi")]
    )
    assert (use.percent, use.text()) == (101, "1.01 of 1 cores")


def test_a_quota_of_nothing_is_either_kept_or_broken() -> None:
    """There is no share of zero."""
    (kept,) = quota_use([quota(requests_cpu="0")])
    (broken,) = quota_use([quota(pods="0"), deployment(replicas=1, cpu="1m", memory="1Mi")])
    assert (kept.percent, broken.percent) == (0, 101)


def test_without_a_quota_there_is_nothing_to_compare() -> None:
    """The base has none."""
    assert list(quota_use([deployment(replicas=1, cpu="1m", memory="1Mi")])) == []
