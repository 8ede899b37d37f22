"""
The files of a base and of an overlay: the smallest readable ones that build what is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.kustomize.build.evaluate import FILE
from k8sgen.kustomize.build.kustomization import Kustomization
from k8sgen.kustomize.build.resource import Id, identify, require_sound
from k8sgen.kustomize.overlay.fields import Pair
from k8sgen.kustomize.overlay.names import file_stems, main_name
from k8sgen.kustomize.overlay.plan import make_plan, pair


def base(manifests: Sequence[Body], *, service: str | None = None) -> dict[str, str]:
    """
    Write the files of `base/<service>/`: a kustomization and one file a manifest.

    Args:
        manifests: At least one, in the order of the kustomization.
        service: Whose manifests are in files called by their kind alone; by default the name
            that most of them carry.

    Returns:
        {path relative to that folder: text}.

    Raises:
        BuildError: kustomize would refuse them.
    """
    require_sound(manifests)
    stems = file_stems(manifests, service or main_name(manifests))
    files = _files(manifests, stems)
    return _texts(Kustomization(resources=list(files)), files)


def overlay(
    base: Sequence[Body],
    wanted: Sequence[Body],
    *,
    base_path: str | None,
    namespace: str | None,
    service: str | None = None,
) -> dict[str, str]:
    """
    Write the files of `overlays/<environment>/<service>/`, which turn *base* into *wanted*.

    Args:
        base: The manifests of the base; ignored without *base_path*.
        wanted: The manifests of the environment.
        base_path: The base's folder, relative to the overlay's; None if it has no such service.
        namespace: Where the environment lives, if it is of one namespace.
        service: As for `base`.

    Returns:
        {path relative to that folder: text}; {} where nothing is wanted.

    Raises:
        BuildError: kustomize would refuse the manifests themselves.
    """
    require_sound(wanted)
    if not wanted:
        return {}
    pairs = pair(base, wanted, namespace) if base_path is not None else ()
    if pairs:
        require_sound(base)
        found = _on_base(base, wanted, pairs, namespace, service or main_name(base))
        if found:
            kustomization, files = found
            resources = [str(base_path), *kustomization.resources]
            return _texts(attrs.evolve(kustomization, resources=resources), files)
    files = _files(wanted, file_stems(wanted, service or main_name(wanted)))
    return _texts(Kustomization(resources=list(files)), files)


def _on_base(
    base: Sequence[Body],
    wanted: Sequence[Body],
    pairs: Sequence[Pair],
    namespace: str | None,
    service: str,
) -> tuple[Kustomization, dict[str, Any]] | None:
    paired = [new for _, new in pairs]
    extras = [body for body in wanted if not any(body is new for new in paired)]
    stems = file_stems([*base, *extras], service)
    plan = make_plan(base, wanted, pairs, stems, namespace)
    if plan is None:
        return None
    files = _files(extras, stems)
    kustomization = Kustomization(resources=list(files), patches=plan.patches, fields=plan.fields)
    return kustomization, files | {patch.path: patch.content for patch in plan.patches}


def _files(bodies: Sequence[Body], stems: Mapping[Id, str]) -> dict[str, Any]:
    return {f"{stems[identify(body)]}.yaml": body for body in bodies}


def _texts(kustomization: Kustomization, files: Mapping[str, Any]) -> dict[str, str]:
    return {FILE: to_yaml(kustomization.to_dict())} | {
        path: to_yaml(content) for path, content in files.items()
    }
