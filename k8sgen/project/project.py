"""A project on disk: the stack of `services/` and the values of `environments/`."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import attrs

from k8sgen.constructs.stack import Stack
from k8sgen.errors import K8sgenError, Location, Problems, ProjectError, UsageError, suggest
from k8sgen.project.failure import translated
from k8sgen.project.files import environment_file, names
from k8sgen.project.stdout import to_stderr
from k8sgen.secrets.contract.keys import Revisions
from k8sgen.secrets.files.store import Store, revisions
from k8sgen.settings.environment import BASE, Environment
from k8sgen.settings.overrides import Overridden, apply

T = TypeVar("T")
_PACKAGES = ("services", "environments")
_STACK = "services.stack"
_STACK_FILE = Path("services", "stack.py")


@attrs.frozen(kw_only=True)
class Project:
    """
    What the commands work on.

    Args:
        root: The project's directory.
        stack: The class that wires the services.
        base: The environment that holds only defaults.
        environments: By name, in alphabetical order, overrides applied.
        revisions: Environment to the revisions of its encrypted values.
        overridden: Environment to dotted setting to the line that overrides it.
    """

    root: Path
    stack: type[Stack]
    base: Environment
    environments: Mapping[str, Environment]
    revisions: Mapping[str, Revisions]
    overridden: Mapping[str, Mapping[str, Location]]

    @property
    def is_whole(self) -> bool:
        """Whether all environments were asked for."""
        return set(self.environments) == set(names(self.root))


def _refuse_strays(root: Path) -> None:
    """Refuse override files that no environment reads, and an environment named like the base."""
    folder = root / "environments"
    if (folder / f"{BASE}.py").exists():
        place = Path("environments", f"{BASE}.py")
        msg = "base is the name for what all environments share: the defaults of services/"
        raise ProjectError(msg, location=place, hint="give the environment another name")
    for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        expected = file.with_suffix(".py")
        if file.suffix == ".yml" or not expected.exists():
            place = file.relative_to(root)
            stems = [known.stem for known in folder.glob("[!_]*.py")]
            near = difflib.get_close_matches(file.stem, stems, 1)
            hint = f"name it {near[0]}.yaml" if near else f"write {expected.name} beside it"
            raise ProjectError("no environment reads this file", location=place, hint=hint)


@to_stderr()
def load(root: Path, wanted: Sequence[str] = (), *, skip_damaged: bool = False) -> Project:
    """
    Load the project at *root*.

    Args:
        wanted: The environments to load; all when empty.
        skip_damaged: Whether a damaged encrypted file is no error, for the commands that tell of it
            or correct it. In all others, pods would seem to need no secret of it.

    Raises:
        UsageError: There is no project here, or no environment of that name.
        ProjectError: A file of the project is wrong.
        Problems: Every wrong override, or every damaged encrypted file.
    """
    root = root.resolve()
    if not root.is_dir():
        msg = f"there is no directory {root}"
        raise UsageError(msg, hint="name the project's directory with --project DIR")
    known = names(root)
    if not (root / _STACK_FILE).is_file() or not known:
        msg = f"{root} is not a project: services/stack.py and environments/*.py are missing"
        raise UsageError(msg, hint="go to the project's directory, or name it with --project DIR")
    for name in wanted:
        if name not in known:
            raise UsageError(f"there is no environment {name!r}", hint=suggest(name, known))
    _refuse_strays(root)
    _prepare_imports(root)
    module = _import(_STACK, root)
    stack = _attribute(module, "Stack", Stack)
    if not getattr(stack, "part_of", ""):
        hint = 'write part_of = "…", the name of the product, in it'
        raise ProjectError("class Stack has no part_of", location=_STACK_FILE, hint=hint)
    kind = _attribute(module, "Environment", Environment)
    base = _base(kind, root)
    loaded = _environments(wanted or known, kind, root)
    damaged: list[K8sgenError] = []
    found = {name: revisions(Store(root, name), damaged.append) for name in loaded}
    if damaged and not skip_damaged:
        raise Problems(damaged)
    return Project(
        root=root,
        stack=stack,
        base=base,
        environments={name: each.value for name, each in loaded.items()},
        revisions=found,
        overridden={name: each.lines for name, each in loaded.items()},
    )


def _prepare_imports(root: Path) -> None:
    """Make `services` and `environments` those of *root*, even after another project's."""
    for name in list(sys.modules):
        if name.partition(".")[0] in _PACKAGES:
            del sys.modules[name]
    sys.path[:] = [str(root), *(entry for entry in sys.path if entry != str(root))]
    importlib.invalidate_caches()


def _import(name: str, root: Path) -> ModuleType:
    with translated(root, name):
        return importlib.import_module(name)


def _base(kind: type[Environment], root: Path) -> Environment:
    with translated(root, f"{_STACK}.Environment, of which the base is the defaults"):
        return kind()


def _attribute(module: ModuleType, name: str, kind: type[T]) -> type[T]:
    found = getattr(module, name, None)
    if isinstance(found, type) and issubclass(found, kind) and found is not kind:
        return found
    msg = f"there is no class {name} that extends k8sgen.{name}"
    raise ProjectError(msg, location=_STACK_FILE, hint=f"write class {name}(k8sgen.{name})")


def _environments(
    wanted: Sequence[str], kind: type[Environment], root: Path
) -> dict[str, Overridden]:
    """Load each, and report what is wrong with the overrides of all together."""
    values = {name: _environment(name, kind, root) for name in wanted}
    found: dict[str, Overridden] = {}
    problems: list[K8sgenError] = []
    for name, value in values.items():
        file = environment_file(name).with_suffix(".yaml")
        try:
            found[name] = apply(value, root / file, file)
        except Problems as error:
            problems.extend(error.problems)
            continue
        if "name" in found[name].lines:
            place = found[name].lines["name"]
            msg = "an override cannot rename its environment"
            problems.append(ProjectError(msg, location=place, hint="take the line out"))
    if problems:
        raise Problems(problems)
    return found


def _environment(name: str, kind: type[Environment], root: Path) -> Environment:
    file = environment_file(name)
    attribute = file.stem
    value = getattr(_import(f"environments.{attribute}", root), attribute, None)
    if not isinstance(value, kind):
        msg = f"there is no {attribute!r} in it that is an Environment of services/stack.py"
        hint = f'write {attribute} = Environment(name="{name}", …)'
        raise ProjectError(msg, location=file, hint=hint)
    if value.name != name:
        msg = f"the environment's name is {value.name!r}, and the file's {name!r}"
        raise ProjectError(msg, location=file, hint="make both the same")
    return value
