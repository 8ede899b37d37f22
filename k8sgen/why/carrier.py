"""The file of the output tree that carries a field: of the base, or of the overlay."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from k8sgen.errors import Location
from k8sgen.why.body import Steps

_KEYS = ("name", "mountPath", "containerPort", "port", "topologyKey", "key", "path", "host", "type")
_NAMES = (("apiVersion",), ("kind",), ("metadata", "name"))
Node = yaml.Node


def carrier(
    files: Mapping[str, str], folder: str, body: Mapping[str, Any], steps: Steps
) -> Location | None:
    """
    Find where the field at *steps* of *body* is set; what kustomize applies last is searched first.

    Args:
        files: {path below `dist/`: text}.
        folder: That of the service's overlay.

    Returns:
        The file below `dist/` and the line.
    """
    name = f"{folder}/kustomization.yaml"
    if name not in files:
        return None
    root = _node(files[name])
    line = _own_field(root, body, steps)
    if line:
        return Location(Path(name), line)
    named = steps in _NAMES  # a patch has these only to find its target
    for patch in () if named else reversed(_texts(_get(root, "patches"), "path")):
        line = _line(files.get(f"{folder}/{patch}", ""), body, steps)
        if line:
            return Location(Path(f"{folder}/{patch}"), line)
    return _resource(files, folder, root, body, steps)


def _resource(
    files: Mapping[str, str], folder: str, root: Node | None, body: Mapping[str, Any], steps: Steps
) -> Location | None:
    for entry in _texts(_get(root, "resources")):
        place = posixpath.normpath(posixpath.join(folder, entry))
        inside = [file for file in sorted(files) if file == place or file.startswith(f"{place}/")]
        for file in inside:
            line = _line(files[file], body, steps)
            if line:
                return Location(Path(file), line)
    return None


def _own_field(root: Node | None, body: Mapping[str, Any], steps: Steps) -> int | None:
    """Find the line of the kustomization that sets the field."""
    name = body["metadata"]["name"]
    if steps == ("metadata", "namespace"):
        return _key_line(root, "namespace")
    if steps[:2] == ("metadata", "labels") and len(steps) == 3:
        for entry in _items(_get(root, "labels")):
            line = _key_line(_get(entry, "pairs"), str(steps[2]))
            if line:
                return line
    if steps == ("spec", "replicas"):
        return _entry(root, "replicas", lambda entry: entry.get("name") == name)
    if steps[-1] == "image":
        image = str(_value(body, steps))
        return _entry(root, "images", lambda entry: _sets(entry, image))
    return None


def _sets(entry: Mapping[str, str], image: str) -> bool:
    name = entry.get("newName") or entry.get("name", "")
    rest = image.removeprefix(name)
    return image.startswith(name) and rest[:1] in (":", "@", "")


def _entry(root: Node | None, field: str, fits: Any) -> int | None:
    for node in _items(_get(root, field)):
        values = {k.value: v.value for k, v in node.value if isinstance(v, yaml.ScalarNode)}
        if fits(values):
            return int(node.start_mark.line) + 1
    return None


def _line(text: str, body: Mapping[str, Any], steps: Steps) -> int | None:
    """Find the line of a field in a file, if the file is about the same resource and has it."""
    root = _node(text)
    if isinstance(root, yaml.SequenceNode):
        return _operation(root, steps)
    if _scalar(root, "kind") != body["kind"]:
        return None
    if _scalar(_get(root, "metadata"), "name") != body["metadata"]["name"]:
        return None
    return _find(root, body, steps)


def _find(node: Node | None, value: Any, steps: Steps) -> int | None:
    line = None
    for step in steps:
        value = value[step]
        if isinstance(step, int):
            node = _item(node, value, step)
            line = int(node.start_mark.line) + 1 if node else None
        else:
            line, node = _key_line(node, step), _get(node, step)
        if node is None:
            return None
    return line


def _operation(root: Node, steps: Steps) -> int | None:
    """Find the JSON 6902 operation that sets a field or what contains it."""
    pointer = "".join(f"/{str(s).replace('~', '~0').replace('/', '~1')}" for s in steps)
    for node in reversed(_items(root)):
        where = _scalar(node, "path")
        if _scalar(node, "op") != "remove" and f"{pointer}/".startswith(f"{where}/"):
            return int(node.start_mark.line) + 1
    return None


def _value(body: Any, steps: Steps) -> Any:
    for step in steps:
        body = body[step]
    return body


def _item(node: Node | None, value: Any, index: int) -> Node | None:
    """
    Find the item for *value*, of which a patch may contain only a part.

    An item without a name is found by its place: such lists are replaced whole.
    """
    items = _items(node)
    for key in _KEYS:
        if isinstance(value, Mapping) and isinstance(value.get(key), str | int):
            return next((each for each in items if _scalar(each, key) == str(value[key])), None)
    return items[index] if index < len(items) else None


def _node(text: str) -> Node | None:
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _items(node: Node | None) -> list[Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _texts(node: Node | None, field: str = "") -> list[str]:
    return [_scalar(each, field) if field else str(each.value) for each in _items(node)]


def _get(node: Node | None, name: str) -> Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _key_line(node: Node | None, name: str) -> int | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    lines = (int(key.start_mark.line) + 1 for key, _ in node.value if key.value == name)
    return next(lines, None)


def _scalar(node: Node | None, name: str) -> str:
    found = _get(node, name)
    return str(found.value) if isinstance(found, yaml.ScalarNode) else ""
