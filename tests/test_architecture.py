"""The directions of the design: who may import whom, and who may print."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
JSII = {"cdk8s", "constructs", "jsii"}
FLOORS: Sequence[Sequence[str]] = (
    ("__main__",),
    ("cli",),
    ("report",),
    ("actions", "why"),
    ("topology",),
    ("project",),
    ("k8sgen", "api"),
    ("constructs",),
    ("secrets",),
    ("checks", "changes", "settings"),
    ("kustomize",),
    ("kubernetes", "output"),
    ("tools",),
    ("errors",),
)
"""The rooms from the top down: each may use those on the floors below it."""
WITHOUT_NODE = (
    "changes", "checks", "errors", "kubernetes", "kustomize", "output", "secrets", "settings",
    "tools", "topology",
)  # fmt: skip


@cache
def _modules(package: str) -> dict[str, ast.Module]:
    files = (ROOT / package).rglob("*.py")
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            file.read_text("utf-8")
        )
        for file in sorted(files)
    }


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Walk *node*, but not what only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from _statements(child)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _target(name: str) -> str:
    """Find the module that the import of *name* loads."""
    if name in _modules("k8sgen") or not name.startswith("k8sgen."):
        return name
    parent = name.rpartition(".")[0]
    return "k8sgen.api" if parent == "k8sgen" else parent


@cache
def _graph() -> Mapping[str, set[str]]:
    """Return the modules that each module imports."""
    return {
        module: {_target(name) for name in _imports(tree)} - {module}
        for module, tree in _modules("k8sgen").items()
    }


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


@cache
def _rooms() -> Mapping[str, set[str]]:
    """Return the rooms (files or folders of `k8sgen/`) that each room imports."""
    rooms: dict[str, set[str]] = {}
    for module, imported in _graph().items():
        inside = {_room(name) for name in imported if name.startswith("k8sgen.")}
        rooms.setdefault(_room(module), set()).update(inside - {_room(module)})
    return rooms


def _floor(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def test_every_room_has_a_floor() -> None:
    """A new room says where it belongs."""
    assert sorted(_rooms()) == sorted(room for rooms in FLOORS for room in rooms)


@pytest.mark.parametrize("room", [room for rooms in FLOORS for room in rooms])
def test_a_room_uses_only_those_below_it(room: str) -> None:
    """There is no cycle, and what is below can be read without what is above."""
    assert not [other for other in sorted(_rooms()[room]) if _floor(other) <= _floor(room)]


def test_nothing_imports_the_command_line() -> None:
    """It is the top."""
    importers = {room for room, imported in _rooms().items() if "cli" in imported}
    assert importers == {"__main__"}


def _way_to_jsii(module: str, way: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Find how *module* comes to import cdk8s; empty where it does not."""
    here = (*way, module)
    for imported in sorted(_graph().get(module, ())):
        if imported.partition(".")[0] in JSII:
            return (*here, imported)
        if imported in _graph() and imported not in way:
            found = _way_to_jsii(imported, here)
            if found:
                return found
    return ()


@pytest.mark.parametrize("room", WITHOUT_NODE)
def test_a_room_below_the_constructs_needs_no_node(room: str) -> None:
    """It never imports cdk8s, not even through others."""
    ways = [_way_to_jsii(module) for module in _graph() if _room(module) == room]
    assert not any(ways), " -> ".join(next(way for way in ways if way))


@pytest.mark.parametrize(
    ("package", "above"),
    [("k8sgen", {"services", "environments", "tests"}), ("services", {"environments", "tests"})],
)
def test_a_package_does_not_know_those_above(package: str, above: set[str]) -> None:
    """The environments use the services, and these use the library."""
    imported = {
        f"{module} imports {name}"
        for module, tree in _modules(package).items()
        for name in _imports(tree)
        if name.partition(".")[0] in above
    }
    assert not imported


def _speaks(node: ast.AST) -> bool:
    """Return whether *node* prints or exits."""
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        return called in {"print", "exit", "quit", "sys.exit", "os._exit", "input"} or (
            called.startswith(("click.", "rich.", "sys.stdout.", "sys.stderr."))
        )
    return isinstance(node, ast.Raise) and "SystemExit" in ast.unparse(node)


def test_only_the_command_line_prints_or_exits() -> None:
    """The rooms below return values and raise errors."""
    spoken = {
        f"{module}:{node.lineno}: {ast.unparse(node)}"
        for module, tree in _modules("k8sgen").items()
        if _room(module) not in ("cli", "__main__")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call | ast.Raise) and _speaks(node)
    }
    assert not spoken


def test_a_name_is_one_class() -> None:
    """No two classes of the library have one name, so that a word means one thing."""
    names = [
        node.name
        for tree in _modules("k8sgen").values()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []
