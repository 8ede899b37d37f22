"""
The files of a base and of an overlay: the smallest readable ones that build what is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k8sgen.kustomize.evaluate import FILE
from k8sgen.kustomize.kustomization import Kustomization
from k8sgen.kustomize.names import file_stems, main_name
from k8sgen.kustomize.plan import make_plan, pair
from k8sgen.kustomize.resource import identify, require_sound
from k8sgen.serialize import Body, to_yaml


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
    files: dict[str, Any] = {f"{stems[identify(body)]}.yaml": body for body in manifests}
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
        base_path: The base's folder, relative to the overlay's; None if the base lacks the service.
        namespace: Where the environment lives, if it is of one namespace.
        service: As for `base`.

    Returns:
        {path relative to that folder: text}; {} where nothing is wanted.

    Raises:
        BuildError: kustomize would refuse the manifests themselves.
        NotProvedError: No overlay was found that builds them.
    """
    require_sound(wanted)
    if not wanted:
        return {}
    pairs = pair(base, wanted, namespace) if base_path is not None else ()
    known = base if pairs else ()
    extras = [body for body in wanted if not any(body is new for _, new in pairs)]
    stems = file_stems([*known, *extras], service or main_name(known or wanted))
    files: dict[str, Any] = {f"{stems[identify(body)]}.yaml": body for body in extras}
    resources = [*([base_path] if pairs and base_path else []), *files]
    if not pairs:
        return _texts(Kustomization(resources=resources), files)
    plan = make_plan(base, wanted, pairs, stems, namespace)
    files |= {patch.path: patch.content for patch in plan.patches}
    return _texts(
        Kustomization(resources=resources, patches=plan.patches, fields=plan.fields), files
    )


def _texts(kustomization: Kustomization, files: Mapping[str, Any]) -> dict[str, str]:
    return {FILE: to_yaml(kustomization.to_dict())} | {
        path: to_yaml(content) for path, content in files.items()
    }
