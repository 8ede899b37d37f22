"""The chain of places that a field's value comes from."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from k8sgen.changes.path import Path as FieldPath
from k8sgen.changes.path import show
from k8sgen.errors import Location
from k8sgen.kubernetes.manifest import label
from k8sgen.project.compose import Resource
from k8sgen.project.files import environment_file
from k8sgen.project.lines import default_at, set_at
from k8sgen.project.project import Project
from k8sgen.why.body import Leaf


@attrs.frozen
class Contribution:
    """
    One place that contributed to a value.

    Args:
        word: `default`, `environment`, `override` (of a setting), `service` (the project's line
            that makes the resource), `edge` (whom a network policy's rule is about), or `output`
            (the file of `dist/` that carries the field).
        name: The setting.
        text: What stands there.
        decides: Whether the value comes from here.
    """

    word: str
    location: Location
    name: str = ""
    text: str = ""
    decides: bool = False

    @property
    def rank(self) -> int:
        """How near the place is to the environment."""
        return ("default", "environment", "override").index(self.word) if self.name else -1


@attrs.frozen
class Answer:
    """
    Where the value of one field comes from.

    Args:
        resource: `KIND/NAME`.
        settings: Those that move the field.
        links: From the first default to the file that carries it.
    """

    resource: str
    path: FieldPath
    value: Any
    settings: tuple[str, ...]
    links: tuple[Contribution, ...]

    @property
    def field(self) -> str:
        """The field's name."""
        return show(self.path)

    @property
    def decision(self) -> Contribution:
        """The place that the value comes from; of several, the nearest to this environment."""
        return max((link for link in self.links if link.decides), key=lambda link: link.rank)


@attrs.frozen(kw_only=True)
class Scene:
    """
    What an explanation is made from.

    Args:
        resource: The one that has the field.
    """

    project: Project
    environment: str
    resource: Resource

    def explain(self, leaf: Leaf, settings: Sequence[str]) -> Answer:
        """Find the chain of one field, without the file that carries it."""
        chains = [list(self._setting(setting)) for setting in settings]
        deciding = [chain for chain in chains if _is_set(chain)] or chains
        links = [
            attrs.evolve(link, decides=link is chain[-1] and chain in deciding)
            for chain in chains
            for link in chain
        ]
        made = Contribution("service", self.made, text=self._says(self.made), decides=not links)
        title = label(self.resource.body)
        return Answer(title, leaf.path, leaf.value, tuple(settings), (*links, made))

    @property
    def made(self) -> Location:
        """The project's line that makes the resource; a base class that is called is no reason."""
        trace = self.resource.trace
        return next((place for place in trace if _SUPER not in self._says(place)), trace[0])

    def _setting(self, setting: str) -> Iterator[Contribution]:
        """Return where a setting is set: its default, the environment, the override."""
        project, name = self.project, self.environment
        default = default_at(project, setting)
        if default:
            text = _assigned(setting, _at(project.base, setting))
            yield Contribution("default", default, setting, text)
        written = set_at(project, name, setting)
        if written.file == environment_file(name):
            text = _assigned(setting, _at(_as_written(name), setting))
            yield Contribution("environment", written, setting, text)
        override = project.overridden[name].get(setting)
        if override:
            text = _assigned(setting, _at(project.environments[name], setting))
            yield Contribution("override", override, setting, text)

    def _says(self, place: Location) -> str:
        return linecache.getline(str(self.project.root / place.file), place.line).strip()


def _is_set(chain: Sequence[Contribution]) -> bool:
    return not chain[-1].text.endswith(_NOT_SET)


_NOT_SET = " is not set"
_SUPER = "super().__init__("


def _assigned(setting: str, value: Any) -> str:
    return f"{setting}{_NOT_SET}" if value is None else f"{setting} = {value!r}"


def _at(value: Any, setting: str) -> Any:
    """Return the setting at a dotted path; `None` where a part of it does not exist."""
    for step in setting.split("."):
        value = getattr(value, step, None)
    return value


def _as_written(name: str) -> Any:
    """Return the value of `environments/<name>.py`, before its overrides."""
    variable = environment_file(name).stem
    return getattr(sys.modules[f"environments.{variable}"], variable)
