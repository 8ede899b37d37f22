"""
Manifests to YAML and back, so that no reader of YAML 1.1 or 1.2 takes a string for something else.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from k8sgen.errors import Location, ProjectError

Body = dict[str, Any]
"""One resource in Kubernetes' own camelCase: dicts, lists, str, int, float, bool and None."""

_WORDS = frozenset(
    ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity")
)
"""What some reader takes for a boolean, a null or a number, in lower case."""

_NUMBER_LIKE = re.compile(r"[-+]?\.?[0-9][0-9a-fA-F_.:xXoOtTzZ +-]*")
"""A superset of what any reader takes for a number, a sexagesimal or a date."""

_PLAIN = re.compile(
    r"(?:[A-Za-z0-9_/.$(]|-(?=[A-Za-z0-9_/.]|-[A-Za-z]))(?:[!-9;-~]| (?=[^ #])|:(?=[!-~]))*"
)
"""One line of ASCII whose punctuation needs no quotes."""

_UNPRINTABLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_LITERAL = re.compile(rf"[^\s{_UNPRINTABLE}][^{_UNPRINTABLE}]*")
"""Lines that a `|` block keeps to the byte: printable, not indented at the start."""

_SPACE_AT_END = re.compile(r"[ \t]$|\n\n\Z", re.MULTILINE)
_ESCAPED = re.compile(f"[{_UNPRINTABLE}]")

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


def to_yaml(documents: Mapping[str, Any] | Sequence[Any]) -> str:
    """
    Write one mapping, or several documents as one stream, in block style; keys keep their order.

    It is not PyYAML that writes: its bytes depend on whether libyaml was there when it was built.

    Args:
        documents: A mapping is one document, a sequence one document for each of its items.

    Raises:
        TypeError: A value has no word in Kubernetes' YAML (a date, a set, an infinite number).
    """
    several = [documents] if isinstance(documents, Mapping) else documents
    return "---\n".join("\n".join(_document(each)) + "\n" for each in several)


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
    Say whether any reader could take *text*, written without quotes, for more than a string.
    """
    return text.lstrip("+-.").lower() in _WORDS or _NUMBER_LIKE.fullmatch(text) is not None


def breaks_go_yaml(text: str) -> bool:
    """
    Say whether go-yaml, left to choose the style of *text*, writes what it cannot read.
    """
    return text.startswith("\t") and "\n" in text


def _document(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield from _mapping(value, "")
    elif _is_list(value) and value:
        yield from _sequence(value, "")
    else:
        yield _scalar(value, "")


def _mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, item in value.items():
        name = f"{indent}{_key(key)}:"
        if isinstance(item, Mapping) and item:
            yield name
            yield from _mapping(item, indent + "  ")
        elif _is_list(item) and item:
            yield name
            yield from _sequence(item, indent)
        else:
            yield f"{name} {_scalar(item, indent)}"


def _sequence(value: Sequence[Any], indent: str) -> Iterator[str]:
    inner = indent + "  "
    for item in value:
        if isinstance(item, Mapping) and item:
            lines = _mapping(item, inner)
        elif _is_list(item) and item:
            lines = _sequence(item, inner)
        else:
            yield f"{indent}- {_scalar(item, indent)}"
            continue
        yield f"{indent}- {next(lines)[len(inner) :]}"
        yield from lines


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _key(key: Any) -> str:
    if not isinstance(key, str):
        msg = f"the key {key!r} is not a string"
        raise TypeError(msg)
    return _string(key)


def _scalar(value: Any, indent: str) -> str:
    if isinstance(value, str):
        return _block(value, indent + "  ") if "\n" in value else _string(value)
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping) or _is_list(value):
        return "{}" if isinstance(value, Mapping) else "[]"
    if isinstance(value, float) and math.isfinite(value):
        mantissa, exponent, power = repr(value).partition("e")
        return f"{mantissa}{'' if '.' in mantissa else '.0'}{exponent}{power}"
    msg = f"{value!r} has no word in the YAML of Kubernetes"
    raise TypeError(msg)


_CONSTANTS = {None: "null", True: "true", False: "false"}


def _block(text: str, indent: str) -> str:
    if not _LITERAL.fullmatch(text) or _SPACE_AT_END.search(text):
        return _quoted(text)
    lines = text.split("\n")
    header = "|-" if lines[-1] else "|"
    body = lines if lines[-1] else lines[:-1]
    return "\n".join([header, *(indent + line if line else "" for line in body)])


def _string(text: str) -> str:
    if _PLAIN.fullmatch(text) and not ambiguous(text):
        return text
    if ('"' in text or "\\" in text) and text.isascii() and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return _quoted(text)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
