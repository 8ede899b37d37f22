"""
Manifests to YAML and back, so that no reader of YAML 1.1 or 1.2 takes a string for something else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from k8sgen.errors import Location, ProjectError

_WORDS = frozenset(
    ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "nan", "inf", "infinity")
)
"""What some reader takes for a boolean, a null or a number, in lower case."""

_NUMBER_LIKE = re.compile(r"[-+]?\.?[0-9][0-9a-fA-F_.:xXoOtTzZ +-]*")
"""A superset of what any reader takes for a number, a sexagesimal or a date."""

_GO_SCALARS: Sequence[tuple[str, str, str]] = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("merge", r"<<", "<"),
)
"""
What a plain scalar is to kustomize and kubectl, with the characters that it may start with.

Source:
    go.yaml.in/yaml/v3 resolve.go (but no dates: Kubernetes has none)
"""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads plain scalars as kustomize does: no dates, no sexagesimals, `on` is a string."""


def _construct_float(loader: Any, node: yaml.ScalarNode) -> float | str:
    """Read a number; one beyond all bounds, as 12e4567, stays a string as it does for Go."""
    number = float(str(loader.construct_scalar(node)).replace("_", ""))
    return number if math.isfinite(number) else str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:float", _construct_float)
_Loader.add_constructor("tag:yaml.org,2002:merge", _Loader.construct_yaml_str)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _GO_SCALARS:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first)
    )
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""]
)


class _Dumper(yaml.SafeDumper):
    """
    Writes block style, and quotes what some reader would take for more than a string.

    It is the Python one, because libyaml's output differs in bytes and is not on every machine.
    """

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Write shared parts in full, without anchors."""
        return True


_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Line breaks of YAML 1.1 alone, which only double quotes keep for every reader."""


def _represent_string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    block = "|" if "\n" in text else None
    style = '"' if ambiguous(text) or _OTHER_BREAKS.search(text) else block
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_string)


def to_yaml(documents: Mapping[str, Any] | Sequence[Any]) -> str:
    """
    Write one mapping, or several documents as one stream, in block style; keys keep their order.

    Args:
        documents: A mapping is one document, a sequence one document for each of its items.

    Raises:
        TypeError: A value is not one of YAML for Kubernetes (a date, a set, an infinite number).
    """
    several = [documents] if isinstance(documents, Mapping) else documents
    for each in several:
        _require_plain(each)
    texts = (
        yaml.dump(each, Dumper=_Dumper, sort_keys=False, width=math.inf, allow_unicode=True)
        for each in several
    )
    return "---\n".join(texts)


def _require_plain(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                msg = f"the key {key!r} is not a string"
                raise TypeError(msg)
            _require_plain(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _require_plain(item)
    elif not isinstance(value, str | int | float | None) or (
        isinstance(value, float) and not math.isfinite(value)
    ):
        msg = f"{value!r} cannot be written in the YAML of Kubernetes"
        raise TypeError(msg)


def from_yaml(text: str, *, source: Path | None = None) -> list[Any]:
    """
    Read every document of *text* that is not empty; dates and times stay strings.

    Args:
        text: A YAML stream.
        source: The file to name in an error.

    Raises:
        ProjectError: It is not YAML; names the line.
    """
    try:
        return [each for each in yaml.load_all(text, Loader=_Loader) if each is not None]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProjectError(
            f"not valid YAML: {error.problem}" + ("" if source else f" (line {line})"),
            hint="correct the indentation or the quotes there",
            location=Location(source, line) if source else None,
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ProjectError(f"not valid YAML: {error}", location=source) from None


def ambiguous(text: str) -> bool:
    """
    Return whether any reader could take *text*, written without quotes, for more than a string.
    """
    return text.lstrip("+-.").lower() in _WORDS or _NUMBER_LIKE.fullmatch(text) is not None


def breaks_go_yaml(text: str) -> bool:
    """
    Return whether go-yaml, left to choose the style of *text*, writes what it cannot read.
    """
    return text.startswith("\t") and "\n" in text
