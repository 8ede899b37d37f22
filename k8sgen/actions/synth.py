"""The files of `dist/`: the base once, and the overlay of each environment."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from k8sgen.actions.meetings import require_apart
from k8sgen.errors import NotProvedError
from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.kustomize.build.evaluate import compare, evaluate
from k8sgen.kustomize.overlay.files import base as base_files
from k8sgen.kustomize.overlay.files import overlay
from k8sgen.output.header import File
from k8sgen.output.status import compare as compare_files
from k8sgen.project.compose import Composition, compose_base, compose_each
from k8sgen.project.contract import needs
from k8sgen.project.files import environment_file
from k8sgen.project.project import Project, load
from k8sgen.secrets.contract.stubs import secret_files

STACK_FILE = "services/stack.py"


@attrs.frozen(kw_only=True)
class Synthesis:
    """
    What `synth` is about to write.

    Args:
        files: Path below `dist/` to file.
        compositions: What each overlay comes out as, by environment.
        folders: Those below `dist/` that hold nothing but these files.
    """

    files: Mapping[str, File]
    compositions: Mapping[str, Composition]
    folders: tuple[str, ...]

    def owns(self, path: str) -> bool:
        """Return whether a file at *path* below `dist/` would be of this making."""
        return path.startswith(self.folders)

    def require_proof(self, build: Callable[[str], Sequence[Body]]) -> None:
        """
        Compare what each overlay builds with its composition, resource by resource.

        Args:
            build: Returns what the folder at a path below `dist/` builds.

        Raises:
            NotProvedError: An overlay builds something else.
        """
        for name, composition in self.compositions.items():
            folder = f"overlays/{name}"
            mismatches = compare(build(folder), composition.bodies())
            if mismatches:
                msg = f"{folder} does not build {mismatches[0]}"
                raise NotProvedError(msg, hint="please report this; nothing was written")


def synthesize_for(dist: Path, root: Path, names: Sequence[str]) -> Synthesis:
    """
    Synthesize the environments *names*, or all where the base in *dist* is another one now.

    An overlay written for the old base would build something else, unproved.

    Raises:
        Problems: Two environments would meet.
    """
    project = load(root, names)
    whole = project if project.is_whole else load(root)
    synthesis = synthesize(project, whole)
    if not project.is_whole and _others(dist, project):
        drift = compare_files(dist, synthesis.files, owns=synthesis.owns).drift
        if any(path.startswith("base/") for path in drift):
            synthesis = synthesize(whole, whole)
    require_apart(whole, synthesis.compositions, dist)
    return synthesis


def _others(dist: Path, project: Project) -> bool:
    """Return whether *dist* has overlays of environments that were not asked for."""
    return any(folder.name not in project.environments for folder in dist.glob("overlays/*/"))


def synthesize(project: Project, whole: Project) -> Synthesis:
    """
    Compose the base and the environments of *project*, and write and prove their kustomize tree.

    Args:
        whole: The project with all of its environments, for `.sops.yaml` names them all.

    Raises:
        SynthesisError: A construct could not be built.
        NotProvedError: An overlay does not come out as its environment.
    """
    base = compose_base(project)
    made = compose_each(project)
    files = dict(_base(base, project.root))
    for name, composition in made.items():
        files.update(_overlay(name, composition, base.groups()))
    files.update(secret_files(map(needs, made.values()), whole.environments.values()))
    synthesis = Synthesis(files=files, compositions=made, folders=_folders(project))
    texts = {path: file.text for path, file in files.items()}
    synthesis.require_proof(lambda folder: evaluate(texts, folder))
    return synthesis


def _folders(project: Project) -> tuple[str, ...]:
    """Return the folders to tidy: an environment that was not asked for keeps its overlay."""
    if project.is_whole:
        return "base/", "overlays/", "secrets/"
    own = [f"{room}/{name}/" for room in ("overlays", "secrets") for name in project.environments]
    return "base/", *own


def _base(base: Composition, root: Path) -> Iterator[tuple[str, File]]:
    sources = _sources(base, root)
    for service, bodies in base.groups().items():
        for path, text in base_files(bodies, service=service).items():
            yield f"base/{service}/{path}", File(text, sources.get(service, STACK_FILE))


def _overlay(
    name: str, composition: Composition, bases: Mapping[str, Sequence[Body]]
) -> Iterator[tuple[str, File]]:
    source = environment_file(name).as_posix()
    groups = composition.groups()
    for service, bodies in groups.items():
        files = overlay(
            bases.get(service, ()),
            bodies,
            base_path=f"../../../base/{service}" if service in bases else None,
            namespace=composition.stack.namespace_name,
            service=service,
        )
        for path, text in files.items():
            yield f"overlays/{name}/{service}/{path}", File(text, source)
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": list(groups),
    }
    yield f"overlays/{name}/kustomization.yaml", File(to_yaml(kustomization), source)


def _sources(composition: Composition, root: Path) -> dict[str, str]:
    """Return the file that defines each service's class."""
    found = {s.name: Path(inspect.getfile(type(s))) for s in composition.stack.services}
    return {
        name: file.relative_to(root).as_posix() if file.is_relative_to(root) else STACK_FILE
        for name, file in found.items()
    }
