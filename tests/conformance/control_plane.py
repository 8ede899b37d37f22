"""A Kubernetes API server with its etcd, on loopback, and something in the place of a wrong one."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conformance.pods import free_port
from tests.tools import server, tool

TOKEN = "of-the-test"
VIEWER = "of-a-viewer"
"""The token of a user without any right, where rights are asked for."""
_SECONDS = 90


@contextmanager
def api_server(
    folder: Path, controllers: Sequence[str] = (), *, authorization: str = "AlwaysAllow"
) -> Iterator[str]:
    """
    Run an API server whose data is in *folder*, and which lets its one user do everything.

    Args:
        authorization: `RBAC` lets a second user, `viewer`, do what is bound to it.
        controllers: Those of the controller manager to run beside it; a list of names.

    Returns:
        Its address.
    """
    etcd, own = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    port = free_port()
    key, tokens = folder / "service-accounts.key", folder / "tokens.csv"
    key.write_bytes(_private_key())
    tokens.write_text(f"{TOKEN},tester,tester,system:masters\n{VIEWER},viewer,viewer\n")
    with ExitStack() as stack:
        peers = [f"--listen-peer-urls={own}", f"--initial-advertise-peer-urls={own}"]
        clients = [f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}"]
        data = [f"--data-dir={folder / 'etcd'}", f"--initial-cluster=default={own}"]
        _start(stack, folder, ["etcd", *data, "--unsafe-no-fsync", *peers, *clients])
        api = [
            "kube-apiserver",
            f"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={folder / 'certificates'}",
            f"--token-auth-file={tokens}",
            f"--authorization-mode={authorization}",
            "--anonymous-auth=false",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--endpoint-reconciler-type=none",
            "--disable-admission-plugins=ServiceAccount",
        ]
        process = _start(stack, folder, api)
        address = f"https://127.0.0.1:{port}"
        _wait_for(address, process, folder / "kube-apiserver.log")
        if controllers:
            _start(stack, folder, _controller_manager(folder, controllers))
        yield address


def _controller_manager(folder: Path, controllers: Sequence[str]) -> list[str]:
    config = folder / "kubeconfig"  # which the wait has written
    return [
        "kube-controller-manager",
        f"--kubeconfig={config}",
        f"--authentication-kubeconfig={config}",
        f"--authorization-kubeconfig={config}",
        "--bind-address=127.0.0.1",
        f"--secure-port={free_port()}",
        "--leader-elect=false",
        f"--controllers={','.join(controllers)}",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    ]


def kubeconfig(file: Path, servers: dict[str, str], *, current: str, token: str = TOKEN) -> None:
    """
    Write a kubeconfig with a context for each of *servers*, by name.
    """
    clusters = [
        {"name": name, "cluster": {"server": address, "insecure-skip-tls-verify": True}}
        for name, address in servers.items()
    ]
    contexts = [{"name": n, "context": {"cluster": n, "user": "tester"}} for n in servers]
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": current,
        "clusters": clusters,
        "contexts": contexts,
        "users": [{"name": "tester", "user": {"token": token}}],
    }
    file.write_text(json.dumps(content))
    file.chmod(0o600)


class Listener:
    """What only notes whether anybody connects to it."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setblocking(False)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self.socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def was_asked(self) -> bool:
        """Return whether there was a connection since the last question."""
        try:
            self.socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


def _private_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _start(stack: ExitStack, folder: Path, command: Sequence[str]) -> subprocess.Popen[bytes]:
    log = stack.enter_context((folder / f"{command[0]}.log").open("wb"))
    line = [server(command[0]), *command[1:]]
    process = stack.enter_context(subprocess.Popen(line, stdout=log, stderr=log, cwd=folder))
    stack.callback(process.terminate)
    return process


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    config = log.with_name("kubeconfig")
    kubeconfig(config, {"own": address}, current="own")
    ask = [tool("kubectl"), f"--kubeconfig={config}", "get", "--raw=/readyz"]
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        if subprocess.run(ask, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.2)
    raise AssertionError(f"the API server does not come up:\n{log.read_text()[-2000:]}")
