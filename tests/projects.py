"""Small projects to throw away, and the command line run on them in this process."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import attrs

from k8sgen.cli import main
from k8sgen.project.compose import Composition, compose
from k8sgen.project.project import Project, load

SHOP = Path(__file__).parent / "fixtures/shop"

CACHE = """\
import attrs

from k8sgen import Claim, Endpoint, Image, Pod, Port, Probes, Service, ServiceSettings, Stack
from k8sgen import StatefulSet, Storage

PORT = Port("redis", 6379)


@attrs.frozen(kw_only=True)
class CacheSettings(ServiceSettings):
    image: Image = Image("redis", "8.0")
    storage: Storage = Storage(size="1Gi")


class Cache(Service):
    def __init__(self, scope: Stack, settings: CacheSettings) -> None:
        super().__init__(scope, settings)
        self.port: Endpoint = self.endpoint(PORT)
        data = {"/data": Claim("data", settings.storage)}
        probes = Probes.exec(["redis-cli", "ping"])
        StatefulSet(self, Pod(self.container(ports=[PORT], mounts=data, probes=probes)))
"""

WEB = """\
import attrs

from k8sgen import Deployment, Endpoint, Image, Pod, Port, Probes, Service, ServiceSettings, Stack

HTTP = Port("http", 8000)


@attrs.frozen(kw_only=True)
class WebSettings(ServiceSettings):
    image: Image = Image("ghcr.io/example/web", "1.0.0")
    log_level: str = "info"


class Web(Service):
    def __init__(self, scope: Stack, settings: WebSettings, *, cache: Endpoint) -> None:
        super().__init__(scope, settings, given=[cache])
        self.http = self.endpoint(HTTP)
        config = self.config({"web.toml": f'level = "{settings.log_level}"\\ntimeout = 30\\n'})
        container = self.container(
            ports=[HTTP],
            env={"LOG_LEVEL": settings.log_level, "CACHE": cache.address},
            mounts={"/etc/web": config},
            probes=Probes.http("/healthz", "/readyz"),
        )
        Deployment(self, Pod(container))
"""

STACK = """\
import attrs
import constructs

import k8sgen
from k8sgen import host_name
from services.cache import Cache, CacheSettings
from services.web import Web, WebSettings


@attrs.frozen(kw_only=True)
class Environment(k8sgen.Environment):
    domain: str = attrs.field(default="example.localhost", validator=host_name)
    cache: CacheSettings | None = CacheSettings()
    web: WebSettings | None = WebSettings()


class Stack(k8sgen.Stack):
    part_of = "example"

    def __init__(self, scope: constructs.Construct, environment: Environment) -> None:
        super().__init__(scope, environment)
        if environment.cache:
            cache = Cache(self, environment.cache)
        if environment.web:
            web = Web(self, environment.web, cache=cache.port)
            k8sgen.Ingress(web, web.http, hosts=[f"www.{environment.domain}"])
"""

PRODUCTION = """\
from k8sgen import Compute, Resources
from services.cache import CacheSettings
from services.stack import Environment
from services.web import WebSettings

production = Environment(
    name="production",
    domain="example.com",
    cache=CacheSettings(),
    web=WebSettings(
        replicas=3,
        resources=Resources(
            requests=Compute(cpu="100m", memory="128Mi"),
            limits=Compute(cpu="1", memory="256Mi"),
        ),
    ),
)
"""

STAGING = """\
from services.stack import Environment
from services.web import WebSettings

staging = Environment(name="staging", web=WebSettings(replicas=2))
"""

FILES: Mapping[str, str] = {
    "services/__init__.py": "",
    "services/cache.py": CACHE,
    "services/web.py": WEB,
    "services/stack.py": STACK,
    "environments/__init__.py": "",
    "environments/production.py": PRODUCTION,
    "environments/staging.py": STAGING,
}
"""A project of two services, one of which needs the other, and two environments."""


@attrs.frozen
class Ran:
    """What a run of the command line printed, and its exit status."""

    status: int
    out: str
    err: str


def shop(root: Path) -> Path:
    """
    Copy the shop, the project of a product team with all that the library knows, to *root*.
    """
    shutil.copytree(SHOP, root, ignore=shutil.ignore_patterns("__pycache__", ".mypy_cache"))
    return root


def write_project(root: Path, changes: Mapping[str, str | bytes] | None = None) -> Path:
    """
    Write the small project to *root*, with *changes* (path to text) on top.
    """
    for path, text in {**FILES, **(changes or {})}.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def edited(path: str, old: str, new: str) -> dict[str, str | bytes]:
    """
    Return the change of the small project's file *path* that puts *new* where *old* stands once.
    """
    assert FILES[path].count(old) == 1, f"{old!r} does not stand once in {path}"
    return {path: FILES[path].replace(old, new)}


def run(root: Path, *arguments: str) -> Ran:
    """
    Run the command line on the project at *root*, in this process.
    """
    out, err = io.StringIO(), io.StringIO()
    with own_imports(), redirect_stdout(out), redirect_stderr(err):
        status = main(["--project", str(root), *arguments])
    return Ran(status, out.getvalue(), err.getvalue())


@contextmanager
def own_imports() -> Iterator[None]:
    """
    Keep the modules of another project, and no compiled files of this one.
    """
    path, no_bytecode = list(sys.path), sys.dont_write_bytecode
    modules = {name: module for name, module in sys.modules.items() if _is_project(name)}
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = no_bytecode
        sys.path[:] = path
        for name in [name for name in sys.modules if _is_project(name)]:
            del sys.modules[name]
        sys.modules.update(modules)


def _is_project(name: str) -> bool:
    return name.partition(".")[0] in ("services", "environments")


def tree(folder: Path) -> dict[str, bytes]:
    """
    Read every file below *folder*.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {os.fspath(path.relative_to(folder)): path.read_bytes() for path in files}


def compositions(root: Path) -> dict[str, Composition]:
    """
    Compose the base and every environment of the project at *root*.
    """
    with own_imports():
        return compositions_of(load(root))


def compositions_of(project: Project) -> dict[str, Composition]:
    """
    Compose the base and every environment of *project*.
    """
    every = [project.base, *project.environments.values()]
    return {each.name: compose(project.stack, each, project.root) for each in every}
