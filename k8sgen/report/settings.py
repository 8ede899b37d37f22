"""The settings in which environments differ, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.settings.environment import Environment
from k8sgen.settings.service import ServiceSettings

GENERAL = "environment"
_LEFT_OUT = "left out"


@attrs.frozen(kw_only=True)
class SettingDifference:
    """
    One setting that differs between environments.

    Args:
        group: The service, or `environment`.
        setting: Dotted, as in `resources.limits.cpu`.
        default: What the base has.
        values: What each environment has, in their order; empty where it leaves the service out.
    """

    group: str
    setting: str
    default: str
    values: tuple[str, ...]


def differences(
    base: Environment, environments: Sequence[Environment]
) -> tuple[SettingDifference, ...]:
    """Return the settings in which *environments* differ, in the order of the settings' classes."""
    return tuple(
        difference
        for field in attrs.fields(type(base))
        if field.name != "name"
        for difference in _of_field(field.name, base, environments)
    )


def _of_field(
    name: str, base: Environment, environments: Sequence[Environment]
) -> Iterator[SettingDifference]:
    values = [getattr(environment, name) for environment in (base, *environments)]
    of_service = any(isinstance(value, ServiceSettings) for value in values)
    group = name.replace("_", "-") if of_service else GENERAL
    if of_service and None in values:
        runs = [_LEFT_OUT if value is None else "runs" for value in values]
        yield from _difference(group, "", runs)
    found = [{} if of_service and v is None else dict(_nodes(v, "")) for v in values]
    for path in _paths(found):
        setting = path if of_service else f"{name}.{path}".rstrip(".")
        shown = [_shown(nodes.get(path)) if nodes else "" for nodes in found]
        yield from _difference(group, setting, shown)


def _difference(group: str, setting: str, shown: Sequence[str]) -> Iterator[SettingDifference]:
    default, *values = shown
    if len({value for value in values if value}) > 1:
        yield SettingDifference(group=group, setting=setting, default=default, values=tuple(values))


def _paths(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the paths of all that is not a group; one that is a group anywhere is left out."""
    paths = dict.fromkeys(path for nodes in found for path in nodes)
    values = {path: [nodes[path] for nodes in found if path in nodes] for path in paths}
    return [path for path in paths if not _is_group(values[path])]


def _is_group(values: Sequence[Any]) -> bool:
    groups = [attrs.has(type(value)) for value in values if value is not None]
    return bool(groups) and all(groups)


def _nodes(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Return *value* and, where it is a group of settings, all below it."""
    yield path, value
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _nodes(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)
