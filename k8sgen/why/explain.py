"""The chain of places that a field's value comes from."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from k8sgen.changes.path import Path as FieldPath
from k8sgen.changes.path import show
from k8sgen.errors import Location
from k8sgen.settings.leaves import Setting
from k8sgen.why.body import Leaf
from k8sgen.why.settings import as_written, at, declared, feeding
from k8sgen.why.tracked import Source, origins

LIBRARY = Path(__file__).parents[1]


@attrs.frozen
class Contribution:
    """
    One place that contributed to a value.

    Args:
        word: `default`, `environment`, `override` (of a setting), `service` (the project's code),
            `library` (k8sgen's code), `edge` (whom a network policy's rule is about), or `output`
            (the file of `dist/` that carries the field).
        name: The setting, or the class and function of the library.
        text: The source there.
        decides: Whether the value comes from here.
    """

    word: str
    location: Location
    name: str = ""
    text: str = ""
    decides: bool = False


@attrs.frozen
class Answer:
    """
    Where the value of one field comes from.

    Args:
        links: From the first default to the file that carries it.
    """

    path: FieldPath
    value: Any
    links: tuple[Contribution, ...]

    @property
    def field(self) -> str:
        """The field's name."""
        return show(self.path)

    @property
    def decision(self) -> Contribution:
        """The place that the value comes from; of several, the strongest."""
        return [link for link in self.links if link.decides][-1]


@attrs.frozen(kw_only=True)
class Scene:
    """
    What an explanation is made from.

    Args:
        root: The project's directory.
        base: The environment that holds only defaults.
        environment: The one that was composed, its overrides placed.
        service: The one that the resource belongs to.
        homes: The line of each service's class, by its name.
        trace: The project's lines that made the resource, the innermost first.
    """

    root: Path
    base: Any
    environment: Any
    service: str
    homes: Mapping[str, Location]
    trace: Sequence[Location]

    def explain(self, leaf: Leaf) -> Answer:
        """Find the chain of one field, without the file that carries it."""
        places = origins(leaf.value)
        fed = feeding(self.environment, self.service, places)
        chain = [link for setting in fed for link in self._setting(setting)]
        users = [self._at(place) for place in places if self._is_users(place.file)]
        if chain:
            chain += [self._service(line) for line in users if line not in _places(chain)]
        else:
            chain = list(self._code(leaf, places))
        chain += [link for link in self._made(leaf) if link.location not in _places(chain)]
        return Answer(leaf.path, leaf.value, tuple(_deciding(chain)))

    def _setting(self, setting: Setting) -> Iterator[Contribution]:
        path = setting.path
        first, written = at(self.base, path), at(as_written(self.environment.name), path)
        where = declared(self.base, path)
        if where:
            shown = f"{path} = {first!r}" if first is not None else f"{path} is not set"
            yield Contribution(
                "default", self._default(first) or self._short(where[0]), where[1], shown
            )
        if origins(written) != origins(first):
            yield Contribution(
                "environment", self._at(origins(written)[0]), path, f"{path} = {written!r}"
            )
        if origins(setting.value) != origins(written):
            place = self._at(origins(setting.value)[0])
            yield Contribution("override", place, path, f"{path} = {setting.value!r}")

    def _default(self, value: Any) -> Location | None:
        return self._at(origins(value)[0]) if origins(value) else None

    def _code(self, leaf: Leaf, places: Sequence[Source]) -> Iterator[Contribution]:
        """Return the lines of a value that is not a setting."""
        own = [place for place in places if self._is_users(place.file)]
        if not own and not places:
            own = [
                place
                for item in leaf.items
                for name in ("name", "key", "mountPath")
                for place in origins(item.get(name))
                if self._is_users(place.file)
            ][:1]
        for place in own:
            yield self._service(self._at(place))
        if not own and places:
            yield self._library(places[0])
        elif not own and (home := self.homes.get(str(leaf.value))):
            yield Contribution(
                "service", home, str(leaf.value), "the service's name, after its class"
            )

    def _made(self, leaf: Leaf) -> Iterator[Contribution]:
        """Return the lines that put the field into the manifest."""
        for place in origins(leaf.key)[:1]:
            yield (
                self._service(self._at(place))
                if self._is_users(place.file)
                else self._library(place)
            )
        for line in self.trace[:1]:
            yield self._service(line)

    def _service(self, place: Location) -> Contribution:
        return Contribution(
            "service", place, _enclosing(self.root / place.file, place.line), self._says(place)
        )

    def _library(self, place: Source) -> Contribution:
        name = _enclosing(Path(place.file), place.line)
        where = self._at(place)
        return Contribution(
            "library", where, name, linecache.getline(place.file, place.line).strip()
        )

    def _says(self, place: Location) -> str:
        return linecache.getline(str(self.root / place.file), place.line).strip()

    def _is_users(self, file: str) -> bool:
        return Path(file).is_relative_to(self.root) and not Path(file).is_relative_to(LIBRARY)

    def _at(self, place: Source) -> Location:
        return self._short(Location(Path(place.file), place.line))

    def _short(self, place: Location) -> Location:
        file = place.file
        if file.is_relative_to(LIBRARY):
            file = file.relative_to(LIBRARY.parent)
        elif file.is_relative_to(self.root):
            file = file.relative_to(self.root)
        return Location(file, place.line)


def _places(links: Sequence[Contribution]) -> set[Location]:
    return {link.location for link in links}


def _deciding(chain: Sequence[Contribution]) -> Iterator[Contribution]:
    """Mark the last place of each setting, or else the first one."""
    last = {link.text.partition(" ")[0]: link for link in chain if link.word in _SETTING}
    deciding = list(last.values()) or chain[:1]
    for link in chain:
        yield attrs.evolve(link, decides=any(link is each for each in deciding))


_SETTING = ("default", "environment", "override")


def _enclosing(file: Path, line: int) -> str:
    """Return the class and function, or the constant, that contains a line."""
    names: list[str] = []
    nodes: list[ast.stmt] = ast.parse(file.read_text("utf-8")).body
    while inside := [n for n in nodes if n.lineno <= line <= (n.end_lineno or n.lineno)]:
        node = inside[0]
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            names += [target.id] if isinstance(target, ast.Name) and len(names) < 2 else []
        nodes = getattr(node, "body", [])
    return ".".join(names)
