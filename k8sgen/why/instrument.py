"""
Modules whose literals are tracked.

Every string and integer literal in the source of such a module becomes a `Text` or `Number`
with its file and line as the module runs, keys of dicts included. Only `why` works so; nothing is
written to disk.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from k8sgen.why.tracked import Number, Source, Text, origins, track

_LITERAL = "__k8sgen_literal__"
_JOIN = "__k8sgen_join__"
_PART = "__k8sgen_part__"
_EXACT = frozenset(("glob", "rglob", "intern"))
"""Methods that need exact strings."""
_BUILTINS = {"str": "__k8sgen_str__", "type": "__k8sgen_type__"}
_TRACKED = (
    "k8sgen.api",
    "k8sgen.constructs",
    "k8sgen.settings",
    "k8sgen.secrets",
    "services",
    "environments",
)
"""The modules that make manifests."""
_PLAIN = ("k8sgen.settings.overrides", "k8sgen.settings.typed")
"""Those among them that check exact types."""
_LOADERS = ("k8sgen.project.project", "k8sgen.project.compose")
"""The modules that import them, and must tell the tracked from the plain."""


@contextmanager
def tracking() -> Iterator[None]:
    """
    Load the project and the library's constructs anew, with their literals tracked.

    Afterwards all modules are as they were.
    """
    held = {name: module for name, module in sys.modules.items() if _reloaded(name)}
    finder = _Finder()
    _drop()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _drop()
        for name, module in held.items():
            sys.modules[name] = module
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                setattr(sys.modules[parent], child, module)


def _drop() -> None:
    for name in [name for name in sys.modules if _reloaded(name)]:
        parent, _, child = name.rpartition(".")
        del sys.modules[name]
        if parent in sys.modules:
            vars(sys.modules[parent]).pop(child, None)


def _reloaded(name: str) -> bool:
    return _wanted(name) or name in _LOADERS


def _wanted(name: str) -> bool:
    return _below(name, _TRACKED) and not _below(name, _PLAIN)


def _below(name: str, modules: Sequence[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


class _Finder(MetaPathFinder):
    """Finds the modules to track, and leaves every other to the usual finders."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if _wanted(fullname) else None
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _LiteralLoader(spec.loader.name, str(spec.loader.path))
        return spec


class _LiteralLoader(SourceFileLoader):
    """Loads a module with its literals wrapped."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        tree = _Wrapping().visit(ast.parse(self.get_data(path), path))
        return compile(ast.fix_missing_locations(tree), path, "exec")

    def exec_module(self, module: ModuleType) -> None:
        file = str(module.__file__)
        module.__dict__[_LITERAL] = lambda value, *at: track(value, Source(file, *at))
        module.__dict__[_JOIN] = lambda parts, *at: _join(parts, Source(file, *at))
        module.__dict__[_PART] = _part
        module.__dict__[_BUILTINS["str"]] = _str
        module.__dict__[_BUILTINS["type"]] = _type
        super().exec_module(module)


def _join(parts: Sequence[str], place: Source) -> str:
    return Text("".join(parts), (*origins(parts), place))


def _part(value: Any, conversion: int, spec: str) -> str:
    convert = {ord("r"): repr, ord("s"): _str, ord("a"): ascii}.get(conversion)
    return format(convert(value) if convert else value, spec)


def _str(value: Any) -> str:
    """Behave like `str`, which itself must drop the origins: pathlib needs exact strings."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Number):
        return Text(int.__repr__(value), value.origins)
    return str(value)


def _type(value: Any) -> type:
    if isinstance(value, Text):
        return str
    return int if isinstance(value, Number) else type(value)


class _Wrapping(ast.NodeTransformer):
    """Wraps literals where they become values, and nowhere else."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        tracked = type(node.value) in (str, int)
        return self._call(_LITERAL, node, node) if tracked else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts = [
            each if isinstance(each, ast.Constant) else self._formatted(each)
            for each in node.values
        ]
        return self._call(_JOIN, node, ast.List(parts, ast.Load()))

    def _formatted(self, node: ast.expr) -> ast.expr:
        if not isinstance(node, ast.FormattedValue):
            return node
        value = self.visit(node.value)
        spec = node.format_spec or ast.Constant("")
        arguments = [value, ast.Constant(node.conversion), spec]
        return ast.copy_location(ast.Call(ast.Name(_PART, ast.Load()), arguments, []), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id in _BUILTINS and len(node.args) == 1:
            name = ast.Name(_BUILTINS[node.func.id], ast.Load())
            node.func = ast.copy_location(name, node.func)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _EXACT:
            plain = ast.Name("str", ast.Load())
            arguments = [self.visit(each) for each in node.args]
            node.args = [ast.Call(plain, [each], []) for each in arguments]
            return node
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.value = self.visit(node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        node.value = self.visit(node.value) if node.value else None
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        names = [each.id for each in node.targets if isinstance(each, ast.Name)]
        return node if any(name.startswith("__") for name in names) else self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        returns, node.returns = node.returns, None
        self.generic_visit(node)
        node.returns = returns
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.pattern:
        return node

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.pattern:
        return node

    def _call(self, name: str, node: ast.expr, value: ast.expr) -> ast.expr:
        places = [ast.Constant(node.lineno), ast.Constant(node.col_offset)]
        call = ast.Call(ast.Name(name, ast.Load()), [value, *places], [])
        return ast.copy_location(call, node)
