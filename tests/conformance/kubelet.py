"""
A kubelet as far as a rotation can tell: pods run, and hold the values that were there at the start.

Volumes follow their Secrets some time later; environment variables never do.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Self

import attrs

from tests.conformance.control_plane import TOKEN
from tests.conformance.pods import Secrets

REFRESH = 2.0
"""Seconds until a volume follows its Secret; a minute or two on a real node."""

Values = Mapping[str, Secrets]
"""The name of each pod to what it holds, by Secret and key."""


@attrs.define
class Api:
    """The API server, for the one who may do everything."""

    address: str
    namespace: str

    def ask(self, method: str, path: str, body: object = None, kind: str = "json") -> Any:
        """Return the answer; `None` where the object is gone, or was changed meanwhile."""
        url = f"{self.address}/api/v1/namespaces/{self.namespace}/{path}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": f"application/{kind}"}
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310
        anybody = ssl._create_unverified_context()  # noqa: S323
        try:
            with urllib.request.urlopen(request, context=anybody, timeout=20) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in (404, 409):
                return None
            raise AssertionError(error.read().decode()) from error

    def secrets(self) -> Secrets:
        """Return all values, by Secret and key."""
        found = {}
        for secret in self.ask("GET", "secrets")["items"]:
            for key, value in (secret.get("data") or {}).items():
                text = base64.b64decode(value).decode()
                found[f"{secret['metadata']['name']}/{key}"] = text
        return found


@attrs.define
class Kubelet:
    """
    Runs all pods of a namespace.

    Args:
        refreshed: Is given all values each time that the volumes follow.
        held: The pods that run, with their service, and what they hold.
        problem: What went wrong in the background.
    """

    api: Api
    refreshed: Callable[[Secrets], None]
    held: dict[str, tuple[str, Secrets]] = attrs.field(factory=dict)
    problem: BaseException | None = None
    _stop: threading.Event = attrs.field(factory=threading.Event)
    _thread: threading.Thread | None = None
    _volumes: float = 0
    _last: Secrets = attrs.field(factory=dict)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread
        self._thread.join()

    def of(self, service: str) -> list[Secrets]:
        """Return what each running pod of *service* holds."""
        return [values for name, values in [*self.held.values()] if name == service]

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                self._turn()
                time.sleep(0.1)
        except BaseException as error:  # the test's thread raises it
            self.problem = error

    def _turn(self) -> None:
        now = self.api.secrets()
        if now != self._last and time.monotonic() - self._volumes > REFRESH:
            self.refreshed(now)
            self._last, self._volumes = now, time.monotonic()
        pods = {pod["metadata"]["name"]: pod for pod in self.api.ask("GET", "pods")["items"]}
        for name in self.held.keys() - pods.keys():
            self.held.pop(name)
        for name, pod in pods.items():
            if "deletionTimestamp" in pod["metadata"]:
                self.held.pop(name, None)  # it has stopped, and then it is gone
                self.api.ask("DELETE", f"pods/{name}", {"gracePeriodSeconds": 0})
            elif name not in self.held:
                service = pod["metadata"]["labels"]["app.kubernetes.io/name"]
                self.held[name] = service, now
                self._run(name)

    def _run(self, name: str) -> None:
        ready = [{"type": kind, "status": "True"} for kind in ("Ready", "ContainersReady")]
        status = {"status": {"phase": "Running", "conditions": ready}}
        self.api.ask("PATCH", f"pods/{name}/status", status, "merge-patch+json")
