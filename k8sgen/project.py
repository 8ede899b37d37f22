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

from k8sgen.environment import Environment
from k8sgen.errors import K8sgenError, Location, ProjectError, UsageError
from k8sgen.failure import translate
from k8sgen.overrides import apply
from k8sgen.stack import Stack

T = TypeVar("T")
_PACKAGES = ("services", "environments")


@attrs.frozen(kw_only=True)
class Project:
    """
    What the commands work on.

    Args:
        root: The project's directory.
        stack: The class that wires the services.
        base: The environment that holds only defaults.
        environments: By name, in alphabetical order, overrides applied.
        overridden: Environment to dotted setting to the line that overrides it.
    """

    root: Path
    stack: type[Stack]
    base: Environment
    environments: Mapping[str, Environment]
    overridden: Mapping[str, Mapping[str, Location]]

    @property
    def is_whole(self) -> bool:
        """Whether all environments that there are were asked for."""
        return set(self.environments) == set(names(self.root))


def names(root: Path) -> list[str]:
    """Give the names of the environments, without loading anything."""
    files = sorted((root / "environments").glob("[!_]*.py"))
    return [file.stem.replace("_", "-") for file in files]


def load(root: Path, wanted: Sequence[str] = ()) -> Project:
    """
    Load the project at *root*.

    Args:
        wanted: The environments to load; all when empty.

    Raises:
        UsageError: There is no project here, or no environment of that name.
        ProjectError: A file of the project is wrong.
    """
    root = root.resolve()
    known = names(root)
    if not (root / "services" / "stack.py").is_file() or not known:
        msg = f"{root} holds no project: services/stack.py and environments/*.py are missing"
        raise UsageError(msg, hint="go to the project's directory, or name it with --project DIR")
    for name in wanted:
        if name not in known:
            raise UsageError(f"there is no environment {name!r}", hint=_nearest(name, known))
    _prepare_imports(root)
    stack_module = _import("services.stack", root)
    stack = _attribute(stack_module, "Stack", Stack, root)
    kind = _attribute(stack_module, "Environment", Environment, root)
    loaded = {name: _environment(name, root) for name in wanted or known}
    return Project(
        root=root,
        stack=stack,
        base=kind(),
        environments={name: value for name, (value, _) in loaded.items()},
        overridden={name: lines for name, (_, lines) in loaded.items()},
    )


def _prepare_imports(root: Path) -> None:
    """Make `services` and `environments` mean those of *root*, even after another project's."""
    for name in list(sys.modules):
        if name.partition(".")[0] in _PACKAGES:
            del sys.modules[name]
    sys.path[:] = [str(root), *(entry for entry in sys.path if entry != str(root))]
    importlib.invalidate_caches()


def _import(name: str, root: Path) -> ModuleType:
    try:
        return importlib.import_module(name)
    except K8sgenError:
        raise
    except Exception as error:
        raise translate(error, root, name) from error


def _attribute(module: ModuleType, name: str, kind: type[T], root: Path) -> type[T]:
    found = getattr(module, name, None)
    if isinstance(found, type) and issubclass(found, kind) and found is not kind:
        return found
    file = Path(str(module.__file__)).relative_to(root)
    msg = f"there is no class {name} that extends k8sgen.{name}"
    raise ProjectError(msg, location=file, hint=f"write class {name}(k8sgen.{name})")


def _environment(name: str, root: Path) -> tuple[Environment, Mapping[str, Location]]:
    attribute = name.replace("-", "_")
    file = Path("environments") / f"{attribute}.py"
    value = getattr(_import(f"environments.{attribute}", root), attribute, None)
    if not isinstance(value, Environment):
        msg = f"there is no environment value {attribute!r} in it"
        raise ProjectError(
            msg, location=file, hint=f'write {attribute} = Environment(name="{name}", …)'
        )
    if value.name != name:
        msg = f"the environment's name is {value.name!r}, and the file's {name!r}"
        raise ProjectError(msg, location=file, hint="make both the same")
    overrides = file.with_suffix(".yaml")
    result = apply(value, root / overrides, overrides)
    return result.value, result.lines


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    known_text = f"known: {', '.join(known)}"
    return f"did you mean {near[0]!r}? ({known_text})" if near else known_text
