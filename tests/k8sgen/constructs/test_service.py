"""A service of twenty lines gets everything that a service has in production."""

from __future__ import annotations

import inspect
from typing import Any

import attrs

from k8sgen import (
    Autoscaling,
    Cluster,
    ConfigMap,
    Deployment,
    Endpoint,
    Environment,
    Image,
    Ingress,
    Pod,
    Pods,
    Port,
    Priority,
    Probes,
    Random,
    Service,
    ServiceSettings,
    Stack,
)
from k8sgen.project.compose import Composition
from tests.restricted import violations
from tests.stacks import HTTP, Settings, Web, composed, found


@attrs.frozen(kw_only=True)
class ShopSettings(ServiceSettings):
    """What the shop is told."""

    image: Image = Image("ghcr.io/example/shop", "1.0.0")
    currency: str = "EUR"


class Shop(Service):
    """A service as its engineers write it."""

    def __init__(self, scope: Stack, settings: ShopSettings, *, cache: Endpoint) -> None:
        super().__init__(scope, settings, given=[cache])
        port = Port("http", 8000)
        config = self.config({"shop.toml": f'currency = "{settings.currency}"\n'})
        container = self.container(
            ports=[port],
            env={"CACHE": cache.http, "KEY": self.secret("key", Random())},
            mounts={"/etc/shop": config},
            probes=Probes.http("/healthz", "/readyz"),
        )
        self.scrape(port)
        Ingress(self, self.endpoint(port), hosts=["shop.example.com"])
        Deployment(self, Pod(container))


SCALING = Autoscaling(min_replicas=3, max_replicas=9)
SOMEWHERE = Environment(
    name="somewhere",
    priority=Priority(name="high", value=9),
    cluster=Cluster(scrapers=Pods(namespace="metrics")),
)


def shop(settings: ShopSettings, environment: Environment = SOMEWHERE) -> Composition:
    """
    Compose the shop, and a cache that it uses.
    """

    def make(stack: Stack) -> None:
        cache = Web(stack, Settings())
        Shop(stack, settings, cache=cache.endpoint(HTTP))

    return composed(make, environment)


def kinds(composition: Composition) -> list[str]:
    """
    List the kinds of the shop's manifests.
    """
    return sorted(body["kind"] for body in composition.groups()["shop"])


def test_the_shop_is_short() -> None:
    """Its settings and its class have twenty lines."""
    sources = [*inspect.getsourcelines(ShopSettings)[0], *inspect.getsourcelines(Shop)[0]]
    assert len([line for line in sources if line.strip()]) == 20


def test_it_gets_all_that_a_service_has() -> None:
    """One replica in the base; three, scaled with the load, in production."""
    one = [
        "ConfigMap",
        "Deployment",
        "Ingress",
        "NetworkPolicy",
        "Service",
        "ServiceAccount",
    ]
    assert kinds(shop(ShopSettings())) == one
    several = [*one, "PodDisruptionBudget"]
    assert kinds(shop(ShopSettings(replicas=2))) == sorted(several)
    scaled = [*several, "HorizontalPodAutoscaler"]
    assert kinds(shop(ShopSettings(replicas=SCALING))) == sorted(scaled)


def test_its_pods_are_admitted_by_the_restricted_standard() -> None:
    """Without a word of it in the service."""
    template = found(shop(ShopSettings()), "Deployment")["spec"]["template"]
    assert violations(template["spec"]) == []


def test_its_container_has_probes_and_resources() -> None:
    """Requests and limits; startup, liveness and readiness."""
    (container,) = found(shop(ShopSettings()), "Deployment")["spec"]["template"]["spec"][
        "containers"
    ]
    assert container["resources"] == {
        "requests": {"cpu": "50m", "memory": "64Mi"},
        "limits": {"cpu": "500m", "memory": "256Mi"},
    }
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}


def test_its_account_has_no_token() -> None:
    """Neither does the pod mount one."""
    composition = shop(ShopSettings())
    account = found(composition, "ServiceAccount", "shop")
    pod = found(composition, "Deployment")["spec"]["template"]["spec"]
    assert account["automountServiceAccountToken"] is False
    assert pod["automountServiceAccountToken"] is False
    assert pod["serviceAccountName"] == "shop"


def test_its_account_pulls_images_by_the_clusters_secret() -> None:
    """Where the cluster names one."""
    private = Environment(name="here", cluster=Cluster(pull_secret="registry"))
    account = found(shop(ShopSettings(), private), "ServiceAccount", "shop")
    assert account["imagePullSecrets"] == [{"name": "registry"}]
    assert "imagePullSecrets" not in found(shop(ShopSettings()), "ServiceAccount", "shop")


def test_its_selectors_select_its_pods() -> None:
    """Those of the workload, the Kubernetes Service, the budget and the policy."""
    composition = shop(ShopSettings(replicas=2))
    deployment = found(composition, "Deployment")["spec"]
    labels = deployment["template"]["metadata"]["labels"].items()
    selectors: list[dict[str, Any]] = [
        deployment["selector"]["matchLabels"],
        found(composition, "Service", "shop")["spec"]["selector"],
        found(composition, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        found(composition, "NetworkPolicy", "shop")["spec"]["podSelector"]["matchLabels"],
        *(
            constraint["labelSelector"]["matchLabels"]
            for constraint in deployment["template"]["spec"]["topologySpreadConstraints"]
        ),
    ]
    assert all(selector.items() <= labels for selector in selectors)
    assert len(selectors) == 6


def test_selectors_do_not_depend_on_the_environment() -> None:
    """A workload's selector can never be changed."""
    specs = [
        found(shop(ShopSettings(), environment), "Deployment")["spec"]
        for environment in (Environment(), SOMEWHERE)
    ]
    assert specs[0]["selector"] == specs[1]["selector"]
    assert specs[0]["template"]["metadata"] == specs[1]["template"]["metadata"]


def test_it_is_scraped_where_it_says() -> None:
    """By annotations that scrapers look for."""
    annotations = found(shop(ShopSettings()), "Deployment")["spec"]["template"]["metadata"][
        "annotations"
    ]
    assert {key: value for key, value in annotations.items() if "prometheus" in key} == {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "8000",
        "prometheus.io/path": "/metrics",
    }


def test_its_secret_is_a_reference() -> None:
    """No value stands anywhere."""
    (container,) = found(shop(ShopSettings()), "Deployment")["spec"]["template"]["spec"][
        "containers"
    ]
    (key,) = [env for env in container["env"] if env["name"] == "KEY"]
    assert key == {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "key"}}}


def test_the_autoscaler_moves_the_replicas() -> None:
    """So the Deployment names none."""
    composition = shop(ShopSettings(replicas=SCALING))
    scaler = found(composition, "HorizontalPodAutoscaler")["spec"]
    assert "replicas" not in found(composition, "Deployment")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 9)
    assert scaler["scaleTargetRef"]["name"] == "shop"


def test_the_environments_priority_is_its_pods() -> None:
    """Where it has one."""
    pods = [
        found(shop(ShopSettings(), environment), "Deployment")["spec"]["template"]["spec"]
        for environment in (SOMEWHERE, Environment(name="elsewhere"))
    ]
    assert [pod.get("priorityClassName") for pod in pods] == ["high", None]


def test_a_change_of_its_configuration_rolls_its_pods_and_no_others() -> None:
    """By an annotation of the pods."""

    def checksums(currency: str) -> list[str]:
        def make(stack: Stack) -> None:
            web = Web(stack, Settings())
            web.deployment(mounts={"/etc/web": web.config({"a": "b"})})
            Shop(stack, ShopSettings(currency=currency), cache=web.endpoint(HTTP))

        composition = composed(make)
        return [
            found(composition, "Deployment", name)["spec"]["template"]["metadata"]["annotations"][
                "checksum/config"
            ]
            for name in ("web", "shop")
        ]

    euro, dollar, again = checksums("EUR"), checksums("USD"), checksums("EUR")
    assert euro == again
    assert euro[0] == dollar[0]
    assert euro[1] != dollar[1]


def test_its_name_is_its_classs_in_kebab_case() -> None:
    """Which Kubernetes can use."""

    class OAuth2LoginPage(Web):
        pass

    composition = composed(lambda stack: OAuth2LoginPage(stack, Settings()))
    assert found(composition, "ServiceAccount")["metadata"]["name"] == "oauth2-login-page"


def test_what_stands_in_it_can_find_it() -> None:
    """However deep."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        assert Service.of(web.deployment()) is web
        assert Service.of(web) is web

    composed(make)


def test_names_of_further_configuration_differ() -> None:
    """The first has the service's own name."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        maps: list[ConfigMap] = [web.config({}), web.config({}, name="web-rules")]
        assert [each.volume_name for each in maps] == ["web-config", "web-rules-config"]

    assert [b["kind"] for b in composed(make).groups()["web"]].count("ConfigMap") == 2
