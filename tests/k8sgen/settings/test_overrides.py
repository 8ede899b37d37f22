"""A YAML file laid over a value changes what it names, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.errors import K8sgenError, Location, Problems, ProjectError
from k8sgen.settings.overrides import apply
from k8sgen.settings.value import Value

SHOWN = Path("environments/here.yaml")


@attrs.frozen(kw_only=True)
class Leaf:
    """A value in a value."""

    text: str = "text"
    count: int = 1
    share: float = 0.5
    on: bool = False


@attrs.frozen(kw_only=True)
class Tree:
    """A value of every kind that settings have."""

    leaf: Leaf = Leaf()
    maybe: Leaf | None = None
    word: str | None = "word"
    words: Sequence[str] = ("a", "b")
    numbers: list[int] = attrs.field(factory=list)
    labels: Mapping[str, str] = attrs.field(factory=dict)
    leaves: Sequence[Leaf] = ()
    named: Mapping[str, Leaf] = attrs.field(factory=dict)
    anything: Any = None


def laid(text: str, folder: Path, value: Any = None) -> Any:
    """
    Lay *text* over *value*.
    """
    file = folder / "here.yaml"
    file.write_text(text, "utf-8")
    return apply(value or Tree(), file, SHOWN)


def problems(text: str, folder: Path) -> list[str]:
    """
    Return what is wrong with *text*, the hints aside.
    """
    with pytest.raises(K8sgenError) as caught:
        laid(text, folder)
    found = getattr(caught.value, "problems", [caught.value])
    return [f"{error.location}: {error.problem}" for error in found]


LEAF: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(st.characters(min_codepoint=32, max_codepoint=0x24F)),
        "count": st.integers(),
        "share": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9),
        "on": st.booleans(),
    },
)
TREE: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "leaf": LEAF,
        "maybe": st.none() | LEAF,
        "word": st.none() | st.sampled_from(["yes", "1e3", "0755", "null", "~", "1:30", ""]),
        "words": st.lists(st.sampled_from(["no", "12", "x"])),
        "numbers": st.lists(st.integers()),
        "labels": st.dictionaries(st.sampled_from(["a", "on", "1"]), st.text("ab1", max_size=3)),
        "leaves": st.lists(LEAF, max_size=2),
        "named": st.dictionaries(st.sampled_from(["x", "y"]), LEAF, max_size=2),
    },
)


def expected(value: Tree, changes: Mapping[str, Any]) -> Tree:
    """
    Say by hand what *changes* make of *value*.
    """
    made = dict(changes)
    if "leaf" in made:
        made["leaf"] = attrs.evolve(value.leaf, **made["leaf"])
    if made.get("maybe") is not None:
        made["maybe"] = Leaf(**made["maybe"])
    for name in ("words", "leaves"):
        if name in made:
            made[name] = tuple(Leaf(**x) if isinstance(x, dict) else x for x in made[name])
    if "named" in made:
        made["named"] = {key: Leaf(**item) for key, item in made["named"].items()}
    return attrs.evolve(value, **made)


@given(changes=TREE)
def test_what_is_named_is_replaced_and_the_rest_stays(
    changes: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Values are merged field by field, lists and mappings are replaced."""
    folder = tmp_path_factory.mktemp("overrides")
    assert laid(yaml.safe_dump(changes), folder).value == expected(Tree(), changes)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "null\n"])
def test_an_empty_file_changes_nothing(text: str, tmp_path: Path) -> None:
    """Nor does one that is missing."""
    value = Tree()
    assert laid(text, tmp_path, value).value is value
    assert apply(value, tmp_path / "missing.yaml", SHOWN).value is value


def test_each_overridden_setting_knows_its_line(tmp_path: Path) -> None:
    """By dotted path; a value in a value is not named itself, unless it is left out."""
    text = "word: x\nleaf:\n  count: 2\n  text: y\nmaybe: null\nwords:\n- z\n"
    assert laid(text, tmp_path).lines == {
        "word": Location(SHOWN, 1),
        "leaf.count": Location(SHOWN, 3),
        "leaf.text": Location(SHOWN, 4),
        "maybe": Location(SHOWN, 5),
        "words": Location(SHOWN, 6),
    }


def test_all_problems_are_reported_at_their_lines(tmp_path: Path) -> None:
    """Also those within lists and mappings."""
    text = """\
wrod: x
leaf: {count: 1.5}
leaves:
- count: 1
- cuont: 1
named:
  x:
    on: maybe
labels:
  1: one
  a: [b]
  b: c
  b: d
numbers: 7
"""
    assert problems(text, tmp_path) == [
        f"{SHOWN}:1: unknown setting 'wrod'",
        f"{SHOWN}:2: leaf.count: 1.5 is a number, not a whole number",
        f"{SHOWN}:5: unknown setting 'leaves[1].cuont'",
        f"{SHOWN}:8: named.x.on: 'maybe' is a string, not a boolean",
        f"{SHOWN}:10: labels: 1 is a whole number, not a string",
        f"{SHOWN}:11: labels.a: ['b'] is a list, not a string",
        f"{SHOWN}:13: 'labels.b' is set twice",
        f"{SHOWN}:14: numbers: 7 is a whole number, not a list",
    ]


def test_what_a_class_refuses_is_reported_at_its_line(tmp_path: Path) -> None:
    """A field's own check at the field, a check of the whole at the whole."""

    def even(_: object, attribute: attrs.Attribute[int], value: int) -> None:
        if value % 2:
            msg = f"{attribute.name}: {value} is odd"
            raise ValueError(msg)

    @attrs.frozen
    class Pair:
        low: int = attrs.field(default=0, validator=even)
        high: int = attrs.field(default=0, validator=even)

        def __attrs_post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError("low is high")

    for text, line, problem in [
        ("high: 2\nlow: 1\n", 2, "low: 1 is odd"),
        ("# here\nlow: 2\n", 2, "low is high"),
    ]:
        with pytest.raises(Problems) as caught:
            laid(text, tmp_path, Pair())
        (only,) = caught.value.problems
        assert (only.location, only.problem) == (Location(SHOWN, line), problem)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Such as a folder of that name."""
    with pytest.raises(ProjectError, match=r"^environments/here.yaml: cannot be read: Is a dir"):
        apply(Tree(), tmp_path, SHOWN)


def test_anchors_work(tmp_path: Path) -> None:
    """They are YAML's own way to say a thing once."""
    found = laid("leaf: &leaf {count: 5}\nmaybe: *leaf\n", tmp_path).value
    assert (found.leaf.count, found.maybe) == (5, Leaf(count=5))


@attrs.frozen(kw_only=True)
class Bounded(Value):
    """A value with a check that looks at two of its fields."""

    least: int = 1
    most: int = attrs.field(default=5)

    @most.validator
    def _not_less(self, _: attrs.Attribute[int], value: int) -> None:
        if value < self.least:
            msg = f"most: {value} is less than {self.least}"
            raise ValueError(msg)


def test_a_check_of_two_fields_sees_both(tmp_path: Path) -> None:
    """It is asked of the whole value, and names the file and the line."""
    file = tmp_path / "x.yaml"
    file.write_text("most: 7\n")
    assert apply(Bounded(), file, Path("x.yaml")).value == Bounded(most=7)
    file.write_text("\nmost: 0\n")
    with pytest.raises(Problems, match=r"x\.yaml:2: most: 0 is less than 1"):
        apply(Bounded(), file, Path("x.yaml"))


@attrs.frozen(kw_only=True)
class Bounds(Value):
    """One of several ways to say a number."""

    low: int
    high: int


@attrs.frozen(kw_only=True)
class Share(Value):
    """Another one."""

    share: float
    low: int = 0


@attrs.frozen(kw_only=True)
class Choice(Value):
    """A value that is one of several."""

    amount: int | Bounds | Share = 1


@pytest.mark.parametrize("before", [1, Bounds(low=1, high=2), Share(share=0.5)])
@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("amount: 5\n", 5),
        ("amount: {low: 3, high: 4}\n", Bounds(low=3, high=4)),
        ("amount: {share: 0.1}\n", Share(share=0.1)),
    ],
)
def test_a_value_of_one_class_is_overridden_by_one_of_another(
    before: Any, text: str, after: Any, tmp_path: Path
) -> None:
    """The keys tell which class is meant, and a number is a number."""
    assert laid(text, tmp_path, Choice(amount=before)).value.amount == after


def test_of_classes_that_fit_alike_the_value_keeps_its_own(tmp_path: Path) -> None:
    """What the file does not name stays."""
    found = laid("amount: {low: 3}\n", tmp_path, Choice(amount=Share(share=0.5))).value
    assert found.amount == Share(share=0.5, low=3)
    found = laid("amount: {low: 1}\n", tmp_path, Choice(amount=Bounds(low=0, high=2))).value
    assert found.amount == Bounds(low=1, high=2)
