"""
Image references as kustomize's `images` field reads and rewrites them.

Source:
    kustomize v5.8.1 api/internal/image/image.go, api/filters/imagetag/{legacy,updater}.go,
    api/internal/konfig/builtinpluginconsts/images.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.yaml import ambiguous
from k8sgen.kustomize.build.errors import BuildError
from k8sgen.kustomize.build.fieldspec import set_field

ImageField: TypeAlias = dict[str, str]
"""An entry of `images`: name, and newName, newTag, digest where they are set."""

_PATHS = tuple(
    f"{pod}/{field}"
    for pod in ("spec", "spec/template/spec")
    for field in ("containers[]/image", "initContainers[]/image", "volumes[]/image/reference")
)
_REST = "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]*")


def split(image: str) -> tuple[str, str, str]:
    """
    Split `[host[:port]/]path[:tag][@digest]` into name, tag and digest; "" where there is none.
    """
    slash = max(image.find("/"), 0)
    at, colon = image.find("@", slash), image.find(":", slash)
    if at >= 0 and (colon < 0 or at < colon):
        return image[:at], "", image[at + 1 :]
    if at >= 0:
        return image[:colon], image[colon + 1 : at], image[at + 1 :]
    if colon >= 0:
        return image[:colon], image[colon + 1 :], ""
    return image, "", ""


def is_safe_name(name: str) -> bool:
    """
    Return whether *name* may be in an entry: kustomize takes it for a regular expression.
    """
    return _NAME.fullmatch(name) is not None


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(name + _REST)


def matches(entry: ImageField, image: str) -> bool:
    """
    Return whether kustomize would rewrite *image* by *entry*.
    """
    return _pattern(entry["name"]).fullmatch(image) is not None


def rewrite(entry: ImageField, image: str) -> str:
    """
    Rewrite *image* by *entry* if it matches.
    """
    if not matches(entry, image):
        return image
    name, tag, digest = split(image)
    name = entry.get("newName", name)
    if "newTag" in entry or "digest" in entry:
        tag, digest = entry.get("newTag", ""), entry.get("digest", "")
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def set_images(body: Body, entry: ImageField) -> Body:
    """
    Rewrite every image of a manifest by *entry*.

    Raises:
        BuildError: What looks like containers is something else, on which kustomize fails.
    """
    if body["kind"] == "CustomResourceDefinition":
        return body
    rewritten: Any = _walk(body, entry)
    for path in _PATHS:
        rewritten = set_field(rewritten, path, lambda image: _updated(image, entry))
    result: Body = rewritten
    return result


def container_images(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, str]]:
    """
    Yield each container's place, which names it and what it is in, and its image.
    """
    if isinstance(node, list):
        for index, item in enumerate(node):
            name = item.get("name", index) if isinstance(item, dict) else index
            yield from container_images(item, (*place, str(name)))
    if isinstance(node, dict):
        image = node.get("image")
        if place[-2:-1] in (("containers",), ("initContainers",)) and isinstance(image, str):
            yield place, image
        for name, value in node.items():
            if isinstance(value, dict | list):
                yield from container_images(value, (*place, name))


def _walk(node: Any, entry: ImageField) -> Any:
    if isinstance(node, list):
        return _walk_list(node, entry)
    if not isinstance(node, dict):
        return node
    changed = {}
    for name, value in node.items():
        if not isinstance(value, dict | list):
            continue
        new = _walk(value, entry)
        if name in ("containers", "initContainers") and isinstance(new, list):
            new = [_container(item, entry) for item in new]
        if new is not value:
            changed[name] = new
    return {**node, **changed} if changed else node


def _walk_list(node: list[Any], entry: ImageField) -> list[Any]:
    items = [_walk(item, entry) for item in node]
    return node if all(new is old for new, old in zip(items, node, strict=True)) else items


def _container(item: Any, entry: ImageField) -> Any:
    if not isinstance(item, dict):
        raise BuildError("kustomize's `images` finds a container that is not a map")
    if "image" not in item:
        return item
    image = _updated(item["image"], entry)
    return item if image == item["image"] else {**item, "image": image}


def _updated(image: Any, entry: ImageField) -> str:
    if not isinstance(image, str):
        raise BuildError("kustomize's `images` finds an image that is not a string")
    new = rewrite(entry, image)
    if new != image and ambiguous(new):
        raise BuildError(f"kustomize writes the image {new!r} so that it is no string")
    return new
