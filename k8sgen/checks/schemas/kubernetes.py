"""The schemas of Kubernetes' own kinds, from the data of the package kubernetes-validate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from k8sgen.checks.schemas.validator import Validator
from k8sgen.errors import UsageError
from k8sgen.tools.programs import install

_REMOTE = "/api/_definitions.json#/"
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


def missing() -> str:
    """Return which package of the extra `schemas` is not installed, in words; empty for none."""
    packages = ("kubernetes_validate", "jsonschema_rs")
    found = next((name for name in packages if find_spec(name) is None), "")
    return f"the package {found.replace('_', '-')} is missing" if found else ""


@cache
def versions() -> tuple[str, ...]:
    """Return the Kubernetes versions that there are schemas of, the oldest first."""
    folders = _data().glob("v*-local-strict")
    minors = sorted(int(folder.name.split(".")[1]) for folder in folders)
    return tuple(f"1.{minor}" for minor in minors)


def following(version: str) -> str | None:
    """Return the next minor version, where there are schemas of it."""
    major, minor = version.split(".")[:2]
    found = f"{major}.{int(minor) + 1}"
    return found if found in versions() else None


def known(version: str) -> str:
    """
    Return *version* as `major.minor`.

    Raises:
        UsageError: There are no schemas of it.
    """
    short = ".".join(version.removeprefix("v").split(".")[:2])
    if short not in versions():
        msg = f"there are no schemas of Kubernetes {version}"
        raise UsageError(msg, hint=f"known: {', '.join(versions())}")
    return short


@cache
def validator(version: str, api_version: str, kind: str) -> Validator | None:
    """Return the validator of one kind; `None` where that version does not serve it."""
    name = _kinds(version).get((api_version, kind))
    if name is None:
        return None
    return Validator({"$ref": f"#/$defs/{name}", "$defs": _definitions(version)})


def api_versions(version: str, kind: str) -> list[str]:
    """Return the API versions that serve *kind*."""
    return [api_version for api_version, known in _kinds(version) if known == kind]


@cache
def serves_group(version: str, api_version: str) -> bool:
    """Return whether the API group is one of Kubernetes' own, which has no custom resources."""
    group = api_version.rpartition("/")[0]
    return any(known.rpartition("/")[0] == group for known, _ in _kinds(version))


@cache
def metadata_validator(version: str) -> Validator:
    """Return the validator of `metadata`, which custom resources share."""
    return Validator({"$ref": f"#/$defs/{METADATA}", "$defs": _definitions(version)})


@cache
def _kinds(version: str) -> Mapping[tuple[str, str], str]:
    """Return the name of the definition by API version and kind."""
    return {
        ("/".join(filter(None, (gvk["group"], gvk["version"]))), gvk["kind"]): name
        for name, definition in _definitions(version).items()
        for gvk in definition.get("x-kubernetes-group-version-kind", [])
    }


@cache
def _definitions(version: str) -> Mapping[str, Any]:
    file = _data() / f"v{version}.0-local-strict" / "_definitions.json"
    text = file.read_text("utf-8").replace(_REMOTE, "#/")
    found: Mapping[str, Any] = json.loads(text)["$defs"]
    return found


@cache
def _data() -> Path:
    # The package's own functions read every file again for every manifest; its data is what counts.
    spec = find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        msg = "the schemas of Kubernetes are missing"
        raise UsageError(msg, hint=f"get them with: {install('schemas')}")
    return Path(spec.submodule_search_locations[0]) / "kubernetes-json-schema"
