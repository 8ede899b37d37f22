"""Ingress: the way in from outside."""

from __future__ import annotations

import pytest

from k8sgen import Cluster, Environment, Ingress, Stack
from tests.stacks import HTTP, Settings, Web, composed, found


def exposed(stack: Stack, *hosts: str) -> None:
    """
    Let the world in.
    """
    web = Web(stack, Settings())
    Ingress(web, web.endpoint(HTTP), hosts=hosts)


class TestIngress:
    """The way in from outside."""

    def test_it_leads_hosts_to_the_endpoint(self) -> None:
        """Each once, sorted, by the port's name."""
        composition = composed(lambda stack: exposed(stack, "b.example", "a.example", "b.example"))
        spec = found(composition, "Ingress")["spec"]
        assert spec["ingressClassName"] == "traefik"
        assert [rule["host"] for rule in spec["rules"]] == ["a.example", "b.example"]
        (path,) = spec["rules"][0]["http"]["paths"]
        assert path["backend"] == {"service": {"name": "web", "port": {"name": "http"}}}
        assert "tls" not in spec

    def test_the_controller_and_nobody_else_is_let_in(self) -> None:
        """To that port."""
        environment = Environment(name="here")
        policy = found(
            composed(lambda stack: exposed(stack, "a.example"), environment), "NetworkPolicy", "web"
        )
        assert policy["spec"]["ingress"] == [
            {
                "from": environment.cluster.ingress_controller.party("").peers(),
                "ports": [{"protocol": "TCP", "port": 8000}],
            }
        ]

    def test_an_issuer_signs_its_hosts(self) -> None:
        """By cert-manager's annotation, into a Secret of its own."""
        environment = Environment(name="here", cluster=Cluster(issuer="letsencrypt"))
        ingress = found(composed(lambda stack: exposed(stack, "a.example"), environment), "Ingress")
        annotations = ingress["metadata"]["annotations"]
        assert annotations == {"cert-manager.io/cluster-issuer": "letsencrypt"}
        assert ingress["spec"]["tls"] == [{"hosts": ["a.example"], "secretName": "web-tls"}]

    @pytest.mark.parametrize("hosts", [[], ["A.example"], ["a.example", "https://b.example"]])
    def test_a_host_is_a_host(self, hosts: list[str]) -> None:
        """And there is one at least."""
        with pytest.raises(Exception, match="hosts: "):
            composed(lambda stack: exposed(stack, *hosts))
