"""Validation: an environment as the checks want it, its facts taken from the stack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import attrs

from k8sgen.checks.context import Context, Origin
from k8sgen.checks.finding import Report
from k8sgen.checks.run import check
from k8sgen.checks.waiver import Waiver
from k8sgen.constructs.service import Service
from k8sgen.constructs.stack import Stack
from k8sgen.errors import within
from k8sgen.project.compose import Composition
from k8sgen.project.contract import needs
from k8sgen.project.files import configured_folders
from k8sgen.project.stdout import to_stderr
from k8sgen.secrets.contract.check import check_environment
from k8sgen.secrets.contract.keys import Derived, SecretKey

SCHEMAS_VARIABLE = "K8SGEN_SCHEMAS"
# The first two are no fault of the manifests; the other is one of the rules here too.
_SAID_ELSEWHERE = ("secret-not-set-up", "secret-open", "secret-unused")


def validate(
    composition: Composition, root: Path, *, kubernetes_version: str | None = None
) -> Report:
    """
    Check the manifests of one environment, and its encrypted files without decrypting them.

    Args:
        root: The project's directory.
        kubernetes_version: To check against, instead of the cluster's.

    Raises:
        UsageError: There are no schemas of that version, or of Kubernetes at all.
    """
    context = context_of(composition, root)
    if kubernetes_version:
        context = attrs.evolve(context, kubernetes_version=kubernetes_version)
    report = check(composition.bodies(), context)
    secrets = check_environment(needs(composition), root)
    return report.with_findings(f for f in secrets if f.rule not in _SAID_ELSEWHERE)


@to_stderr()
def context_of(composition: Composition, root: Path) -> Context:
    """Return the facts about *composition* that its manifests do not contain."""
    stack, environment = composition.stack, composition.environment
    origins = {
        resource.identity: Origin(
            service=resource.service,
            path=resource.path,
            location=next(iter(resource.trace), None),
        )
        for resource in composition.resources
    }
    return Context(
        environment=environment.name,
        kubernetes_version=environment.cluster.kubernetes_version,
        origins=origins,
        edges=stack.edges(),
        secrets={s.name: dict(_keys(s)) for s in stack.services if s.secrets},
        file_formats=composition.file_formats(),
        certificates=frozenset(name for s in stack.services for name in s.certificates),
        waivers=tuple(_waivers(stack, root)),
        serves_tls=not environment.cluster.plain_http,
        requires_digests=environment.require_digests,
        schema_folders=schema_folders(root),
    )


def _keys(service: Service) -> Iterator[tuple[str, str]]:
    """Return each key of the service's Secret with the template of its value."""
    for name, key in service.secrets.items():
        yield name, _template(key)


def _template(key: SecretKey) -> str:
    if isinstance(key.recipe, Derived):
        return key.recipe.shown()
    return "".join(f"{{{source.name}}}" for source in key.sources)


def _waivers(stack: Stack, root: Path) -> Iterator[Waiver]:
    for waiver in (*stack.waivers, *(w for service in stack.services for w in service.waivers)):
        place = (waiver.location,) if waiver.location else ()
        yield attrs.evolve(waiver, location=next(iter(within(place, root)), None))


def schema_folders(root: Path) -> tuple[Path, ...]:
    """
    Return the folders with schemas of custom resources.

    They are those of `[tool.k8sgen] schemas` in pyproject.toml, then those of $K8SGEN_SCHEMAS.

    Raises:
        ProjectError: pyproject.toml names something else, or a folder that does not exist.
    """
    told = os.environ.get(SCHEMAS_VARIABLE, "")
    outside = [Path(entry) for entry in told.split(os.pathsep) if entry]
    return (*configured_folders(root), *outside)
