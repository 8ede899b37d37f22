"""Endpoint: a port of a service, as others address it."""

from __future__ import annotations

import pytest

from k8sgen import Endpoint, Port, Stack
from tests.stacks import HTTP, Settings, Web, composed, found

ADMIN = Port("admin", 9000)


class Client(Web):
    """What uses the endpoint."""


class TestEndpoint:
    """A port of a service, as others address it."""

    def test_an_address_is_a_host_and_a_port(self) -> None:
        """The Kubernetes Service's name."""
        made: list[Endpoint] = []
        composed(lambda stack: made.append(Web(stack, Settings()).endpoint(HTTP, name="api")))
        assert (made[0].host, made[0].address, made[0].http) == (
            "api",
            "api:8000",
            "http://api:8000",
        )

    def test_ports_of_one_name_share_a_kubernetes_service(self) -> None:
        """Each once; pods are found by their labels, ports by their names."""

        def make(stack: Stack) -> None:
            web = Web(stack, Settings())
            for port in (HTTP, ADMIN, HTTP):
                web.endpoint(port)

        assert found(composed(make), "Service")["spec"] == {
            "selector": {
                "app.kubernetes.io/name": "web",
                "app.kubernetes.io/component": "server",
            },
            "ports": [
                {"name": "http", "port": 8000, "targetPort": "http", "protocol": "TCP"},
                {"name": "admin", "port": 9000, "targetPort": "admin", "protocol": "TCP"},
            ],
        }

    def test_a_headless_one_has_no_address_of_its_own(self) -> None:
        """Its name resolves to the pods."""
        composition = composed(lambda s: Web(s, Settings()).endpoint(HTTP, name="x", headless=True))
        assert found(composition, "Service")["spec"]["clusterIP"] == "None"

    def test_a_kubernetes_service_may_have_a_port_of_its_own(self) -> None:
        """The address names it; the policies still open the pod's."""

        def make(stack: Stack) -> None:
            web = Web(stack, Settings())
            http = web.endpoint(HTTP, service_port=80)
            assert (http.address, http.port.number) == ("web:80", 8000)
            Client(stack, Settings(), given=[http])

        composition = composed(make)
        (port,) = found(composition, "Service")["spec"]["ports"]
        assert (port["port"], port["targetPort"]) == (80, "http")
        (rule,) = found(composition, "NetworkPolicy", "web")["spec"]["ingress"]
        assert rule["ports"] == [{"protocol": "TCP", "port": 8000}]

    @pytest.mark.parametrize(
        ("port", "service_port"),
        [(HTTP, 81), (Port("other", 9000), 80), (Port("http", 9000), 9000)],
    )
    def test_a_port_leads_to_one_place(self, port: Port, service_port: int) -> None:
        """Neither two numbers for one port nor one number, or name, for two."""

        def make(stack: Stack) -> None:
            web = Web(stack, Settings())
            web.endpoint(HTTP, service_port=80)
            web.endpoint(port, service_port=service_port)

        with pytest.raises(Exception, match="the Kubernetes Service web has http at 80 already"):
            composed(make)

    def test_a_kubernetes_service_leads_to_the_pods_of_one_workload(self) -> None:
        """A name that is taken is refused."""

        def make(stack: Stack) -> None:
            web = Web(stack, Settings())
            web.endpoint(HTTP)
            web.deployment(name="web-worker").endpoint(HTTP, name="web")

        with pytest.raises(Exception, match="Service web leads to other pods already: server"):
            composed(make)
