"""
The ways in, as Traefik serves them: http leads to https, and browsers are told to remember it.

Nothing here installs Traefik. With `traefik` in a folder, and its definitions and those of the
Gateway API in its folder `crds`: `K8SGEN_TRAEFIK=FOLDER python -m pytest -n0 -m by_hand`.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from k8sgen import Cluster, Environment, Gateway, Ingress, Pods
from tests.conformance.control_plane import api_server, kubeconfig
from tests.conformance.pods import free_port
from tests.stacks import HTTP, Settings, Web, composed
from tests.tools import shared, tool

pytestmark = pytest.mark.by_hand

HOST = "shop.example.com"
YEAR = 31_536_000
Body = dict[str, Any]


class Backend(BaseHTTPRequestHandler):
    """Answers every path."""

    def do_GET(self) -> None:
        """Say that it was reached."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the backend")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@attrs.frozen(kw_only=True)
class Site:
    """
    Traefik in front of the service.

    Args:
        web: The port of the entry point for http.
        secure: The port of the entry point for https.
    """

    web: int
    secure: int

    def get(self, path: str, *, secure: bool) -> http.client.HTTPResponse:
        """Ask for a path of the host; certificates are not looked at."""
        context = ssl._create_unverified_context()  # noqa: S323
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.secure, context=context, timeout=5)
            if secure
            else http.client.HTTPConnection("127.0.0.1", self.web, timeout=5)
        )
        with closing(connection):
            connection.request("GET", path, headers={"Host": HOST})
            answer = connection.getresponse()
            answer.read()
            return answer

    def wait(self, log: Path) -> None:
        """Wait until the routes are there."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if self.get("/shop", secure=True).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.5)
        pytest.fail(f"Traefik does not serve the host:\n{log.read_text()[-3000:]}")


def manifest(kind: str, name: str, version: str = "v1", **content: Any) -> Body:
    """Make a manifest of the namespace."""
    metadata = {"name": name, "namespace": "here"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **content}


def certificate(name: str) -> Body:
    """Make a Secret with a certificate of the host, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    data = {"tls.crt": signed.public_bytes(pem), "tls.key": private}
    encoded = {name: base64.b64encode(value).decode() for name, value in data.items()}
    return manifest("Secret", name, type="kubernetes.io/tls", data=encoded)


def slice_of(port: int) -> Body:
    """Make the EndpointSlice of the service, in the place of pods."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; an API server refuses loopback addresses
        address = probe.getsockname()[0]
    body = manifest(
        "EndpointSlice",
        "web-1",
        "discovery.k8s.io/v1",
        addressType="IPv4",
        endpoints=[{"addresses": [address], "conditions": {"ready": True}}],
        ports=[{"name": "http", "port": port, "protocol": "TCP"}],
    )
    body["metadata"]["labels"] = {"kubernetes.io/service-name": "web"}
    return body


def the_clusters_own(site: Site) -> list[Body]:
    """Return what a cluster's operators bring: the class, and a Gateway with two listeners."""
    controller = {"controller": "traefik.io/ingress-controller"}
    gateway = {"controllerName": "traefik.io/gateway-controller"}
    tls = {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "web-tls"}]}
    listeners = [
        {"name": "http", "protocol": "HTTP", "port": site.web},
        {"name": "https", "protocol": "HTTPS", "port": site.secure, "tls": tls},
    ]
    group = "gateway.networking.k8s.io/v1"
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "here"}},
        manifest("IngressClass", "traefik", "networking.k8s.io/v1", spec=controller),
        manifest("GatewayClass", "traefik", group, spec=gateway),
        manifest(
            "Gateway",
            "public",
            group,
            spec={"gatewayClassName": "traefik", "listeners": listeners},
        ),
        certificate("web-tls"),
    ]


def of_the_product(cluster: Cluster) -> list[Body]:
    """Return the Kubernetes Service and its way in, as they are composed."""

    def make(stack: Any) -> None:
        web = Web(stack, Settings(replicas=2))
        web.deployment()
        Ingress(web, web.endpoint(HTTP), hosts=[HOST], path="/shop")

    made = composed(make, Environment(name="here", cluster=cluster)).resources
    kinds = ("Service", "Ingress", "Middleware", "HTTPRoute")
    return [resource.body for resource in made if resource.body["kind"] in kinds]


CLUSTERS: Mapping[str, Cluster] = {
    "ingress": Cluster(issuer="letsencrypt", redirect=True, hsts=YEAR),
    "gateway": Cluster(
        gateway=Gateway(name="public", namespace="here"),
        ingress_controller=Pods(namespace="traefik"),
        redirect=True,
        hsts=YEAR,
    ),
}


@pytest.fixture(params=CLUSTERS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Traefik, which reads the manifests from an API server, and a backend."""
    folder = shared("K8SGEN_TRAEFIK")
    found = Site(web=free_port(), secure=free_port())
    with ExitStack() as stack:
        backend = stack.enter_context(HTTPServer(("0.0.0.0", 0), Backend))  # noqa: S104
        threading.Thread(target=backend.serve_forever, daemon=True).start()
        stack.callback(backend.shutdown)
        config = tmp_path / "kubeconfig"
        address = stack.enter_context(api_server(tmp_path))
        kubeconfig(config, {"here": address}, current="here")
        kubectl = [tool("kubectl"), "--kubeconfig", str(config)]
        crds = [*kubectl, "apply", "--server-side", "--filename", str(folder / "crds")]
        subprocess.run(crds, check=True, capture_output=True)
        wait = [*kubectl, "wait", "--for=condition=Established", "crd", "--all"]
        subprocess.run(wait, check=True, capture_output=True)
        bodies = [
            *the_clusters_own(found),
            *of_the_product(CLUSTERS[request.param]),
            slice_of(backend.server_port),
        ]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": bodies})
        apply = [*kubectl, "apply", "--server-side", "--filename", "-"]
        subprocess.run(apply, input=text, text=True, check=True, capture_output=True)
        command = [
            str(folder / "traefik"),
            f"--entrypoints.web.address=127.0.0.1:{found.web}",
            f"--entrypoints.websecure.address=127.0.0.1:{found.secure}",
            "--providers.kubernetesingress=true",
            "--providers.kubernetesingress.strictprefixmatching=true",
            "--providers.kubernetescrd=true",
            "--providers.kubernetesgateway=true",
            "--global.sendanonymoususage=false",
            "--global.checknewversion=false",
        ]
        log = stack.enter_context((tmp_path / "traefik.log").open("wb"))
        environment = {**os.environ, "KUBECONFIG": str(config)}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        stack.enter_context(process)
        stack.callback(process.terminate)
        found.wait(tmp_path / "traefik.log")
        yield found


def test_http_leads_to_https_and_browsers_remember_it(site: Site) -> None:
    """A redirect for good at every path below the route's, and the header where it leads to."""
    for path in ("/shop", "/shop/cart?a=b"):
        plain = site.get(path, secure=False)
        assert plain.status == 301
        place = str(plain.getheader("Location"))
        assert place.startswith(f"https://{HOST}")
        assert place.endswith(path)
        secure = site.get(path, secure=True)
        assert secure.status == 200
        assert str(secure.getheader("Strict-Transport-Security")).startswith(f"max-age={YEAR}")
    assert site.get("/shopping", secure=True).status == 404
