"""The rules about schemas: fields, types, API versions that end, and what cannot be checked."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, nearest, rule
from k8sgen.checks.schemas import custom, kubernetes
from k8sgen.checks.schemas.deprecated import DEPRECATIONS
from k8sgen.checks.schemas.validator import SchemaError
from k8sgen.kubernetes.manifest import Body, label


def _errors(rendered: Rendered, version: str, body: Body) -> Iterator[SchemaError]:
    """Return what does not fit; empty where there is no schema."""
    own = kubernetes.validator(version, body["apiVersion"], body["kind"])
    if own:
        yield from own.errors(body)
        return
    folders = rendered.context.schema_folders
    found = custom.validator(folders, body["apiVersion"], body["kind"])
    if found:
        yield from found.errors(body)
        for error in kubernetes.metadata_validator(version).errors(body["metadata"]):
            yield SchemaError(f"metadata.{error.where}", error.message, error.hint)


def _issues(rendered: Rendered, version: str, body: Body) -> Iterator[Issue]:
    for error in _errors(rendered, version, body):
        yield Issue(body, f"{label(body)}: {error.where}: {error.message}", error.hint)


@rule("schema", fix="write the manifest as the API reference of its kind describes it")
def schema(rendered: Rendered) -> Iterator[Issue]:
    """Every manifest has only the fields, of only the types, that the cluster's version knows."""
    version = kubernetes.known(rendered.context.kubernetes_version)
    for body in rendered.manifests:
        api_version, kind = body["apiVersion"], body["kind"]
        if kubernetes.validator(version, api_version, kind) is None and (
            kubernetes.serves_group(version, api_version)
        ):
            if (api_version, kind) not in DEPRECATIONS:
                message = f"Kubernetes {version} does not serve {kind} in {api_version}"
                hint = nearest(api_version, kubernetes.api_versions(version, kind))
                yield Issue(body, f"{label(body)}: {message}", hint)
            continue
        yield from _issues(rendered, version, body)


@rule("schema-next", severity="warning", fix="change it before the cluster is upgraded")
def schema_next(rendered: Rendered) -> Iterator[Issue]:
    """Every manifest that fits the cluster's version fits the next minor version of Kubernetes."""
    version = kubernetes.known(rendered.context.kubernetes_version)
    following = kubernetes.following(version)
    if following is None:
        return
    for body in rendered.manifests:
        if not kubernetes.validator(version, body["apiVersion"], body["kind"]):
            continue
        if kubernetes.validator(following, body["apiVersion"], body["kind"]) is None:
            message = f"{label(body)}: Kubernetes {following} no longer serves {body['apiVersion']}"
            yield Issue(body, message)
        before = {error.where for error in _errors(rendered, version, body)}
        for error in _errors(rendered, following, body):
            if error.where not in before:
                where = f"{label(body)}: in Kubernetes {following}: {error.where}"
                yield Issue(body, f"{where}: {error.message}", error.hint)


def _minor(version: str) -> int:
    return int(version.split(".")[1])


@rule("api-removed", fix="write the API version that replaces it")
def api_removed(rendered: Rendered) -> Iterator[Issue]:
    """No manifest uses an API version that the cluster no longer serves."""
    minor = _minor(kubernetes.known(rendered.context.kubernetes_version))
    for body in rendered.manifests:
        found = DEPRECATIONS.get((body["apiVersion"], body["kind"]))
        if found and found.removed is not None and found.removed <= minor:
            message = f"{label(body)}: {body['apiVersion']} was removed in Kubernetes"
            yield Issue(body, f"{message} 1.{found.removed}", f"use {found.instead}")


@rule("api-deprecated", severity="warning", fix="write the API version that replaces it")
def api_deprecated(rendered: Rendered) -> Iterator[Issue]:
    """No manifest uses an API version that is deprecated, though the cluster still serves it."""
    minor = _minor(kubernetes.known(rendered.context.kubernetes_version))
    for body in rendered.manifests:
        found = DEPRECATIONS.get((body["apiVersion"], body["kind"]))
        if found and (found.since or 0) <= minor < (found.removed or minor + 1):
            end = f", removed in 1.{found.removed}" if found.removed else ""
            message = f"{label(body)}: {body['apiVersion']} {body['kind']} is deprecated{end}"
            yield Issue(body, message, f"use {found.instead}")
        folders = rendered.context.schema_folders
        said = custom.deprecation(folders, body["apiVersion"], body["kind"])
        if said:
            yield Issue(body, f"{label(body)}: {said}")


@rule(
    "schema-missing",
    severity="warning",
    fix="fetch the schema with `k8sgen schemas pull`, or name its folder in [tool.k8sgen] schemas",
)
def schema_missing(rendered: Rendered) -> Iterator[Issue]:
    """Every custom resource has a schema; one without is unchecked, not passed."""
    version = kubernetes.known(rendered.context.kubernetes_version)
    folders = rendered.context.schema_folders
    for body in rendered.manifests:
        key = (body["apiVersion"], body["kind"])
        if kubernetes.validator(version, *key) or custom.validator(folders, *key):
            continue
        if key not in DEPRECATIONS and not kubernetes.serves_group(version, key[0]):
            yield Issue(body, f"{label(body)}: unchecked: no schema of {key[0]} {key[1]} is here")


RULES = (schema, schema_next, api_removed, api_deprecated, schema_missing)
