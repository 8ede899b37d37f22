"""Ingress: the way in from outside, by an Ingress or by the Gateway API."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen import Cluster, Environment, Gateway, Ingress, Port, Stack
from k8sgen.actions.validate import validate
from k8sgen.project.compose import Composition
from k8sgen.topology import topology
from tests.stacks import HTTP, ROOT, Settings, Web, composed, found

ISSUER = Cluster(issuer="letsencrypt")
EDGE = Cluster(gateway=Gateway(name="public", namespace="gateways"))


def exposed(stack: Stack, *hosts: str, **options: Any) -> None:
    """
    Let the world in.
    """
    web = Web(stack, Settings(replicas=2))
    web.deployment()
    Ingress(web, web.endpoint(HTTP), hosts=hosts, **options)


def at(cluster: Cluster, **options: Any) -> Composition:
    """
    Compose a service that is open at one host of *cluster*.
    """
    environment = Environment(name="here", cluster=cluster)
    return composed(lambda stack: exposed(stack, "a.example", **options), environment)


def findings(composition: Composition, *ids: str) -> list[str]:
    """
    Return what some rules find.
    """
    report = validate(composition, ROOT)
    return [finding.message for finding in report.findings if finding.rule in ids]


def test_it_leads_hosts_to_the_endpoint() -> None:
    """Each once, sorted, by the port's name."""
    composition = composed(lambda stack: exposed(stack, "b.example", "a.example", "b.example"))
    spec = found(composition, "Ingress")["spec"]
    assert spec["ingressClassName"] == "traefik"
    assert [rule["host"] for rule in spec["rules"]] == ["a.example", "b.example"]
    (path,) = spec["rules"][0]["http"]["paths"]
    assert path["backend"] == {"service": {"name": "web", "port": {"name": "http"}}}
    assert "tls" not in spec


@pytest.mark.parametrize("cluster", [Cluster(), EDGE])
def test_the_controller_and_nobody_else_is_let_in(cluster: Cluster) -> None:
    """To that port."""
    policy = found(at(cluster), "NetworkPolicy", "web")
    assert policy["spec"]["ingress"] == [
        {
            "from": cluster.ingress_controller.party("").peers(),
            "ports": [{"protocol": "TCP", "port": 8000}],
        }
    ]


def test_an_issuer_signs_its_hosts() -> None:
    """By cert-manager's annotation, into a Secret of its own."""
    ingress = found(at(ISSUER), "Ingress")
    annotations = ingress["metadata"]["annotations"]
    assert annotations == {"cert-manager.io/cluster-issuer": "letsencrypt"}
    assert ingress["spec"]["tls"] == [{"hosts": ["a.example"], "secretName": "web-tls"}]


def test_a_certificate_may_be_made_by_others() -> None:
    """Then nobody is asked to sign, and no rule misses an issuer."""
    composition = at(ISSUER, tls_secret="wildcard")
    ingress = found(composition, "Ingress")
    assert ingress["spec"]["tls"] == [{"hosts": ["a.example"], "secretName": "wildcard"}]
    assert "annotations" not in ingress["metadata"]
    assert findings(composition, "host-tls", "network-blocked", "selector") == []


def test_an_annotation_that_the_cluster_sets_is_not_set_twice() -> None:
    """One of them would be without effect."""
    middlewares = "traefik.ingress.kubernetes.io/router.middlewares"
    with pytest.raises(Exception, match=f"annotations: {middlewares} is 'here-web-hsts@"):
        at(Cluster(issuer="x", hsts=60), annotations={middlewares: "here-own@kubernetescrd"})


def test_several_lead_to_one_service() -> None:
    """Each with a name, a path and annotations of its own."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        Ingress(web, web.endpoint(HTTP), hosts=["a.example"])
        admin = web.endpoint(Port("admin", 9000))
        notes = {"example.com/limit": "5"}
        options: dict[str, Any] = {"name": "web-admin", "path": "/admin", "annotations": notes}
        Ingress(web, admin, hosts=["a.example"], **options)

    ingress = found(composed(make), "Ingress", "web-admin")
    assert ingress["metadata"]["annotations"] == {"example.com/limit": "5"}
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert (path["path"], path["backend"]["service"]["port"]) == ("/admin", {"name": "admin"})


@pytest.mark.parametrize("hosts", [[], ["A.example"], ["a.example", "https://b.example"]])
def test_a_host_is_a_host(hosts: list[str]) -> None:
    """And there is one at least."""
    with pytest.raises(Exception, match="hosts: "):
        composed(lambda stack: exposed(stack, *hosts))


class TestHttps:
    """http leads to https, and browsers remember it."""

    def test_traefik_does_it_by_middlewares(self) -> None:
        """An Ingress for http alone redirects; the one for https sends the header."""
        composition = at(Cluster(issuer="letsencrypt", redirect=True, hsts=3600))
        prefix = "traefik.ingress.kubernetes.io"
        main = found(composition, "Ingress", "web")["metadata"]["annotations"]
        assert main == {
            "cert-manager.io/cluster-issuer": "letsencrypt",
            f"{prefix}/router.entrypoints": "websecure",
            f"{prefix}/router.tls": "true",
            f"{prefix}/router.middlewares": "here-web-hsts@kubernetescrd",
        }
        redirect = found(composition, "Ingress", "web-redirect")
        assert "tls" not in redirect["spec"]
        assert redirect["metadata"]["annotations"] == {
            f"{prefix}/router.entrypoints": "web",
            f"{prefix}/router.middlewares": "here-web-redirect@kubernetescrd",
        }
        specs = [found(composition, "Middleware", f"web-{n}")["spec"] for n in ("redirect", "hsts")]
        assert specs == [
            {"redirectScheme": {"scheme": "https", "permanent": True}},
            {"headers": {"stsSeconds": 3600}},
        ]
        assert findings(composition, "host-tls", "ingress-twice") == []

    def test_an_ingress_without_the_redirect_is_found(self) -> None:
        """What looks like it, but leads nowhere, serves plain HTTP."""
        composition = at(Cluster(issuer="letsencrypt", redirect=True))
        for resource in composition.resources:
            if resource.body["kind"] == "Middleware":
                resource.body["spec"] = {"headers": {}}
        assert findings(composition, "host-tls") == [
            "Ingress/web-redirect: the host 'a.example' is served without TLS"
        ]

    def test_the_nginx_controller_does_it_by_annotations(self) -> None:
        """And needs nothing more."""
        composition = at(Cluster(issuer="x", controller="nginx", redirect=True, hsts=3600))
        annotations = found(composition, "Ingress")["metadata"]["annotations"]
        assert annotations == {
            "cert-manager.io/cluster-issuer": "x",
            "nginx.org/ssl-redirect": "true",
            "nginx.org/hsts": "true",
            "nginx.org/hsts-max-age": "3600",
        }

    def test_a_gateway_does_it_by_routes(self) -> None:
        """One at the listener without TLS redirects."""
        gateway = Gateway(name="public", namespace="gateways")
        composition = at(Cluster(gateway=gateway, redirect=True, hsts=3600))
        redirect = found(composition, "HTTPRoute", "web-redirect")["spec"]
        assert [parent["sectionName"] for parent in redirect["parentRefs"]] == ["http"]
        assert redirect["rules"][0]["filters"][0]["requestRedirect"]["scheme"] == "https"
        (rule,) = found(composition, "HTTPRoute", "web")["spec"]["rules"]
        (header,) = rule["filters"][0]["responseHeaderModifier"]["set"]
        assert header == {"name": "Strict-Transport-Security", "value": "max-age=3600"}

    @pytest.mark.parametrize("option", ["redirect", "hsts"])
    def test_without_https_there_is_nothing_to_lead_to(self, option: str) -> None:
        """It is said at once."""
        told: dict[str, Any] = {"redirect": True} if option == "redirect" else {"hsts": 60}
        with pytest.raises(ValueError, match=f"^{option}: with plain_http there is no https"):
            Cluster(plain_http=True, **told)


class TestGateway:
    """The same declaration, by the Gateway API."""

    def test_it_is_a_route_at_the_listener_with_tls(self) -> None:
        """Or at the one without, on a developer's machine."""
        spec = found(at(EDGE, path="/api"), "HTTPRoute")["spec"]
        assert spec == {
            "parentRefs": [{"name": "public", "namespace": "gateways", "sectionName": "https"}],
            "hostnames": ["a.example"],
            "rules": [
                {
                    "matches": [{"path": {"type": "PathPrefix", "value": "/api"}}],
                    "backendRefs": [{"name": "web", "port": 8000}],
                }
            ],
        }
        gateway = Gateway(name="public", namespace="gateways")
        plain = found(at(Cluster(gateway=gateway, plain_http=True)), "HTTPRoute")
        assert plain["spec"]["parentRefs"][0]["sectionName"] == "http"

    def test_the_picture_shows_its_hosts(self) -> None:
        """With the scheme of the listener."""
        assert topology(at(EDGE)).urls == ("https://a.example",)

    def test_the_rules_know_its_backends(self) -> None:
        """A Kubernetes Service that is not there is found, a host that is taken too."""
        composition = at(EDGE)
        assert findings(composition, "ingress-backend", "ingress-twice", "host-tls") == []
        route = found(composition, "HTTPRoute")
        route["spec"]["rules"][0]["backendRefs"][0]["name"] = "wep"
        route["spec"]["rules"].append(route["spec"]["rules"][0])
        del route["spec"]["parentRefs"][0]["sectionName"]
        assert findings(composition, "ingress-backend") == [
            "HTTPRoute/web: there is no Kubernetes Service 'wep'"
        ]
        assert findings(composition, "ingress-twice") == [
            "HTTPRoute/web: a.example/ is served by HTTPRoute/web already"
        ]
        assert findings(composition, "host-tls") == [
            "HTTPRoute/web: it names no listener of the Gateway 'public', TLS or not"
        ]

    def test_its_certificates_are_the_gateways(self) -> None:
        """Neither an issuer nor a Secret of one's own."""
        with pytest.raises(ValueError, match=r"^issuer: the listeners of the Gateway have"):
            Cluster(gateway=EDGE.gateway, issuer="letsencrypt")
        with pytest.raises(Exception, match="tls_secret: the listeners of the cluster's Gateway"):
            at(EDGE, tls_secret="own")
