"""
Hydra and Oathkeeper themselves, with the files, arguments and variables of the rendered pods.

PostgreSQL is behind them, and a small server in the place of the product's own services.
"""

from __future__ import annotations

import base64
import http.client
import json
import random
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import attrs
import joserfc.jwt
import jwt
import pytest
import yaml
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from k8sgen.kubernetes.quantity import parse_quantity
from k8sgen.project.compose import Composition, compose_each
from k8sgen.project.contract import needs
from k8sgen.project.project import load
from k8sgen.secrets.rotation.values import make
from services import hydra
from tests.conformance import postgres_server
from tests.conformance.pods import LocalPod, Secrets, free_port, values
from tests.services.stacks import Composed
from tests.stacks import ROOT
from tests.tools import server, tool

pytestmark = pytest.mark.slow

PORTS = ("4444", "4445", "4455", "4456", "9000")
PASSWORD = "of-the-client"


@attrs.frozen
class Answer:
    """What was answered, and the headers that the service behind was sent."""

    status: int
    text: str
    behind: Mapping[str, str]


@attrs.define
class Behind:
    """A server in the place of backend and auth-handler; it keeps what it was sent last."""

    headers: dict[str, str] = attrs.field(factory=dict)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Return its address, while it runs."""
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kept.headers = dict(self.headers.items())
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(str(len(body)).encode())

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
            threading.Thread(target=found.serve_forever, daemon=True).start()
            yield f"127.0.0.1:{found.server_port}"
            found.shutdown()


@attrs.define
class Ory:
    """
    Both servers in one environment.

    Args:
        ports: Those of here, by those of the pods.
        client: How the client of the tests tells Hydra who it is.
    """

    composition: Composition
    made: Composed
    secrets: Secrets
    ports: Mapping[str, int]
    behind: Behind
    folder: Path
    address: str
    client: str = ""
    gateway: subprocess.Popen[bytes] | None = None

    @property
    def replace(self) -> dict[str, str]:
        """What stands in the configuration files, and what stands for it here."""
        found = {f"port: {old}": f"port: {new}" for old, new in self.ports.items()}
        for host, port in (("hydra-public", "4444"), ("hydra-admin", "4445")):
            found[f"http://{host}:{port}"] = f"http://127.0.0.1:{self.ports[port]}"
        for host in ("backend:8000", "auth-handler:3000"):
            found[f"http://{host}"] = f"http://{self.address}"
        return found

    def ask(
        self, host: str, path: str, *, method: str = "GET", body: str = "", **headers: str
    ) -> Answer:
        """Send a request through the gateway, as the ingress controller does."""
        sent = {**self.forwarded(host), **{k.replace("_", "-"): v for k, v in headers.items()}}
        self.behind.headers = {}
        status, text = request(self.ports["4455"], method, path, body, sent)
        return Answer(status, text, self.behind.headers)

    def forwarded(self, host: str) -> dict[str, str]:
        """Return what the ingress controller says of a request to a public *host*."""
        environment: Any = self.composition.environment
        name = environment.host(host)
        scheme = environment.cluster.scheme
        return {"Host": name, "X-Forwarded-Proto": scheme, "X-Forwarded-Host": name}

    def form(self, path: str, **fields: str) -> Answer:
        """Post a form to Hydra through the gateway, as the client."""
        kind = "application/x-www-form-urlencoded"
        body, who = urlencode(fields), f"Basic {self.client}"
        return self.ask("id", path, method="POST", body=body, Authorization=who, Content_Type=kind)

    def register(self) -> None:
        """Tell Hydra of a client."""
        client = {"client_secret": PASSWORD, "grant_types": ["client_credentials"]}
        kind = {"Content-Type": "application/json"}
        admin = self.ports["4445"]
        _, text = request(admin, "POST", "/admin/clients", json.dumps(client), kind)
        who = f"{json.loads(text)['client_id']}:{PASSWORD}"
        self.client = base64.b64encode(who.encode()).decode()

    def token(self) -> str:
        """Fetch an access token."""
        answer = self.form("/oauth2/token", grant_type="client_credentials")
        assert answer.status == 200, answer
        return str(json.loads(answer.text)["access_token"])

    def id_token(self) -> str:
        """Call backend with an access token, and return what it is sent."""
        answer = self.ask("api", "/api/x", Authorization=f"Bearer {self.token()}")
        assert answer.status == 200, answer
        return answer.behind["Authorization"].removeprefix("Bearer ")

    @contextmanager
    def hydra(self) -> Iterator[None]:
        """Migrate the database as the pod does, and run Hydra until the block ends."""
        pod = LocalPod(self.made, "hydra", self.secrets, replace=self.replace)
        for _ in range(2):  # each pod does it
            line = [server("hydra"), *pod.command("migrate")]
            done = pod.run(line, pod.env("migrate"))
            assert done.returncode == 0, done.stderr
        log = self.folder / "hydra.log"
        with pod.running([server("hydra"), *pod.command("hydra")], pod.env("hydra"), log):
            wait_for(self.ports["4444"], log)
            yield
        pod.remove()

    @contextmanager
    def oathkeeper(self, secrets: Secrets) -> Iterator[None]:
        """Run Oathkeeper with *secrets* until the block ends."""
        pod = LocalPod(self.made, "oathkeeper", secrets, replace=self.replace)
        log = self.folder / "oathkeeper.log"
        line = [server("oathkeeper"), *pod.command("oathkeeper")]
        with pod.running(line, pod.env("oathkeeper"), log) as self.gateway:
            wait_for(self.ports["4456"], log)
            yield
        pod.remove()

    def peak(self) -> int:
        """Return how much memory the gateway has used at most, in bytes."""
        assert self.gateway
        status = Path(f"/proc/{self.gateway.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def request(
    port: int, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Return status and text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body or None, headers or {})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(errors="replace")
    connection.close()
    return found


def wait_for(port: int, log: Path, path: str = "/health/ready") -> None:
    """Wait until a server is ready."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError):
            if request(port, "GET", path)[0] == 200:
                return
        time.sleep(0.1)
    pytest.fail(log.read_text())


def secrets_of(composition: Composition, before: Secrets | None = None) -> Secrets:
    """Make all values, as `secrets generate` does; or the key set anew, and what follows."""
    found: Secrets = dict(before or {})
    for key in needs(composition).in_order():
        if before is None or "jwks" in key.key:
            found[key.name] = make(key, found)
    return found


@pytest.fixture(scope="module", params=["local", "production"])
def ory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ory]:
    """
    Hydra and its database in an environment, and the gateway before it.
    """
    for program in ("hydra", "oathkeeper"):
        server(program)
    tool("postgres")
    folder = tmp_path_factory.mktemp("ory")
    composition = compose_each(load(ROOT, [request.param]))[request.param]
    bodies = {(r.body["kind"], r.body["metadata"]["name"]): r.body for r in composition.resources}
    secrets = secrets_of(composition)
    with ExitStack() as stack:
        database = postgres_server.wired("hydra")
        there = values(database.stack, suffix=postgres_server.PASSWORD_END)
        log = folder / "postgres.log"
        postgres = stack.enter_context(postgres_server.running(database, there, log))
        pool = secrets["hydra/dsn"].partition("?")[2]
        secrets["hydra/dsn"] = f"{postgres.url('hydra').partition('?')[0]}?{pool}"
        behind = Behind()
        address = stack.enter_context(behind.running())
        ports = {port: free_port() for port in PORTS}
        made = Composed(composition.stack, bodies)
        found = Ory(composition, made, secrets, ports, behind, folder, address)
        stack.enter_context(found.hydra())
        stack.enter_context(found.oathkeeper(secrets))
        found.register()
        yield found


def test_the_api_asks_for_a_token(ory: Ory) -> None:
    """
    One of Hydra's, which clients fetch through the gateway; a browser is told the same.
    """
    token = ory.token()
    assert ory.ask("api", "/api/x", Authorization=f"Bearer {token}").status == 200
    assert ory.ask("api", "/api/x", Authorization="Bearer wrong").status == 401
    for accept in ("application/json", "text/html"):
        assert ory.ask("api", "/api/x", Accept=accept).status == 401


def test_a_revoked_token_is_refused_when_the_cache_forgets_it(ory: Ory) -> None:
    """
    That is the setting `introspection_ttl`.
    """
    token = ory.token()
    assert ory.ask("api", "/api/x", Authorization=f"Bearer {token}").status == 200
    assert ory.form("/oauth2/revoke", token=token).status == 200
    config = yaml.safe_load(ory.made.files("oathkeeper")["oathkeeper.yaml"])
    cache = config["authenticators"]["oauth2_introspection"]["config"]["cache"]
    time.sleep(int(cache["ttl"].removesuffix("s")) + 2)
    assert ory.ask("api", "/api/x", Authorization=f"Bearer {token}").status == 401


def test_only_what_has_a_route_is_reached(ory: Ory) -> None:
    """
    Of Hydra, what is public and has pages.
    """
    found = ory.ask("id", "/.well-known/openid-configuration")
    environment: Any = ory.composition.environment
    assert json.loads(found.text)["issuer"] == environment.url("id")
    for path in ("/oauth2/device/auth", "/admin/clients", "/health/ready", "/metrics"):
        assert ory.ask("id", path).status == 404


def test_id_tokens_are_verified_before_during_and_after_a_rotation(ory: Ory) -> None:
    """
    By two libraries, with what backend is given: keys, issuer and audience; by nothing else.
    """
    first = ory.secrets
    tokens = {0: ory.id_token()}
    generations = [first, secrets_of(ory.composition, first)]
    generations.append(secrets_of(ory.composition, generations[-1]))
    for number, generation in enumerate(generations[1:], 1):
        ports = {port: free_port() for port in ("4455", "4456", "9000")}
        other_pod = attrs.evolve(ory, ports={**ory.ports, **ports})
        with other_pod.oathkeeper(generation):
            tokens[number] = other_pod.id_token()
    signed = {jwt.get_unverified_header(token)["kid"] for token in tokens.values()}
    assert len(signed) == len(generations)
    for number, generation in enumerate(generations):
        for other in (number - 1, number, number + 1):  # pods roll one after the other
            if other in tokens:
                assert verified(ory, generation, tokens[other]) == [True, True]
    assert verified(ory, generations[2], tokens[0]) == [False, False]
    assert verified(ory, first, tokens[0], audience="another") == [False, False]
    assert verified(ory, first, tokens[0], issuer="https://another") == [False, False]


def verified(ory: Ory, secrets: Secrets, token: str, **other: str) -> list[bool]:
    """Return what each library says of a token, asked as backend asks it."""
    told = ory.made.files("backend")
    keys = json.loads(secrets["backend/id-token.jwks.json"])
    assert told["ID_TOKEN_KEYS"].endswith("/id-token.jwks.json")
    expected = {"issuer": told["ID_TOKEN_ISSUER"], "audience": told["ID_TOKEN_AUDIENCE"], **other}
    return [by_pyjwt(token, keys, expected), by_joserfc(token, keys, expected)]


def by_pyjwt(token: str, keys: Any, expected: Mapping[str, str]) -> bool:
    """Verify a token with PyJWT."""
    name = jwt.get_unverified_header(token)["kid"]
    found = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_id == name]
    try:
        (key,) = found
        jwt.decode(token, key, algorithms=["RS256"], **expected)  # type: ignore[arg-type]
    except (ValueError, jwt.InvalidTokenError):
        return False
    return True


def by_joserfc(token: str, keys: Any, expected: Mapping[str, str]) -> bool:
    """Verify a token with joserfc."""
    claims = {
        "iss": {"essential": True, "value": expected["issuer"]},
        "aud": {"essential": True, "value": expected["audience"]},
    }
    try:
        found = joserfc.jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"])
        joserfc.jwt.JWTClaimsRegistry(**claims).validate(found.claims)  # type: ignore[arg-type]
    except (ValueError, JoseError):
        return False
    return True


def test_metrics_are_all_that_is_reached_beside_hydra(ory: Ory, tmp_path: Path) -> None:
    """
    By nginx itself, where the settings ask for it: no other path and no other way of writing one.
    """
    nginx = tool("nginx")
    metrics, port = free_port(), ory.ports["4445"]
    text = hydra.NGINX.replace("listen 9090", f"listen 127.0.0.1:{metrics}")
    text = text.replace("127.0.0.1:4445", f"127.0.0.1:{port}").replace("/tmp/", f"{tmp_path}/")
    (tmp_path / "nginx.conf").write_text(text)
    line = [nginx, "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(line, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(metrics, tmp_path / "log", "/metrics")
            assert "hydra" in request(metrics, "GET", "/metrics")[1]
            for path in PATHS:
                status, answer = request(metrics, "GET", path)
                assert status in (400, 404), path
                assert "kty" not in answer
            assert request(metrics, "POST", "/metrics")[0] == 403
        finally:
            process.terminate()


PATHS = (
    "/",
    "/admin/keys/hydra.openid.id-token",
    "/metrics/../admin/keys/hydra.openid.id-token",
    "/metrics/..%2fadmin/keys/hydra.openid.id-token",
    "/metrics/",
    "//metrics/admin/clients",
    "/health/ready",
)


def test_slow_bodies_come_through(ory: Ory) -> None:
    """
    Seven seconds, which is longer than Oathkeeper's own default lets it read.
    """
    head = {
        **ory.forwarded("api"),
        "Authorization": f"Bearer {ory.token()}",
        "Content-Length": "7",
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", ory.ports["4455"]), timeout=30) as connection:
        connection.sendall(f"POST /api/x HTTP/1.1\r\n{lines}\r\n".encode())
        for _ in range(7):
            connection.sendall(b"x")
            time.sleep(1)
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_many_requests_fit_the_memory_limit(ory: Ory) -> None:
    """
    Twenty thousand, whatever paths people ask for, with or without a token, and however many.
    """
    token = ory.token()
    asks: list[tuple[str, str, dict[str, str]]] = [("id", f"/{n}/x", {}) for n in range(8000)]
    asks += [("api", f"/api/{n}", {"Authorization": f"Bearer {token}"}) for n in range(8000)]
    asks += [("api", f"/api/{n}", {"Authorization": f"Bearer {n}"}) for n in range(4000)]
    random.Random(1).shuffle(asks)  # noqa: S311
    found: Counter[int] = Counter()
    address = http.client.HTTPConnection("127.0.0.1", ory.ports["4455"], timeout=30)
    with closing(address) as connection:
        for host, path, headers in asks:
            connection.request("GET", path, headers={**ory.forwarded(host), **headers})
            answer = connection.getresponse()
            answer.read()
            found[answer.status] += 1
    assert found == {404: 8000, 200: 8000, 401: 4000}
    limit = ory.made.container("oathkeeper")["resources"]["limits"]["memory"]
    print(f"{ory.peak() / 2**20:.0f} MiB of {limit}")  # noqa: T201
    assert ory.peak() < parse_quantity(limit) / 2
    _, metrics = request(ory.ports["9000"], "GET", "/metrics")
    assert len(metrics) < 100_000
