"""Whether a value is of its annotated type, in words for the person who wrote it."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import attrs

_WORDS = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "a boolean",
    type(None): "nothing",
    Callable: "a function",
}


def check_fields(value: Any) -> None:
    """
    Check that each field of the attrs value is of its annotated type.

    Raises:
        ValueError: One does not; names the field.
    """
    problem = _misfit_of_fields(value)
    if problem:
        raise ValueError(problem)


def check_arguments(
    function: Callable[..., Any], arguments: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """
    Check that what a method is called with is of its annotated types.

    Args:
        arguments: Without the object itself.

    Raises:
        ValueError: One is not; names the parameter.
        TypeError: The method cannot be called so.
    """
    signature, kinds = _signature(inspect.unwrap(function))
    bound = signature.bind(None, *arguments, **named).arguments
    for name, kind in kinds.items():
        for value in _given(signature.parameters[name], bound):
            if problem := misfit(value, kind):
                msg = f"{name}: {problem}"
                raise ValueError(msg)


@cache
def _signature(function: Callable[..., Any]) -> tuple[inspect.Signature, Mapping[str, Any]]:
    """Return a method's signature, and the types of its parameters where they can be checked."""
    signature = inspect.signature(function)
    kinds = {
        name: kind
        for name, parameter in signature.parameters.items()
        if (kind := _annotation(function, parameter.annotation)) is not None
    }
    return signature, kinds


def _given(parameter: inspect.Parameter, bound: Mapping[str, Any]) -> Iterable[Any]:
    """Return the values that a call gives a parameter."""
    if parameter.name not in bound:
        return ()
    value = bound[parameter.name]
    match parameter.kind:
        case inspect.Parameter.VAR_POSITIONAL:
            return tuple(value)
        case inspect.Parameter.VAR_KEYWORD:
            return tuple(value.values())
    return (value,)


def _annotation(function: Callable[..., Any], annotation: Any) -> Any:
    """Return the type that an annotation means; `None` where only a type checker knows it."""
    if annotation is inspect.Parameter.empty:
        return None
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, function.__globals__)  # noqa: S307 - the user's own
    except (NameError, AttributeError, TypeError):
        return None


def misfit(value: Any, kind: Any) -> str | None:
    """
    Return why *value* is not of *kind*; `None` where it is, or where *kind* cannot be checked.
    """
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return None if value in get_args(kind) else f"{_shown(value)} is not {_words(kind)}"
    if is_union(kind):
        return _misfit_of_union(value, get_args(kind))
    origin = get_origin(kind) or kind
    if not isinstance(origin, type):
        return None
    if not _is_instance(value, origin):
        return _not(value, [kind])
    if attrs.has(origin):
        return None if getattr(value, "checks_itself", False) else _misfit_of_fields(value)
    return _first(_misfits_inside(value, get_args(kind)))


def is_union(kind: Any) -> bool:
    """Return whether *kind* is `A | B`, however it is written."""
    return get_origin(kind) in (Union, types.UnionType)


def _misfit_of_fields(value: Any) -> str | None:
    cls = type(value)
    try:
        attrs.resolve_types(cls)
    except NameError:  # an annotation that only a type checker can resolve
        return None
    for field in attrs.fields(cls):
        problem = misfit(getattr(value, field.name), field.type)
        if problem:
            return f"{field.name}: {problem}"
    return None


def _misfit_of_union(value: Any, kinds: Sequence[Any]) -> str | None:
    problems = [misfit(value, kind) for kind in kinds]
    if None in problems:
        return None
    inside = [
        problem
        for kind, problem in zip(kinds, problems, strict=True)
        if isinstance(origin := get_origin(kind) or kind, type) and _is_instance(value, origin)
    ]
    return _first(inside) or _not(value, kinds)


def _is_instance(value: Any, kind: type) -> bool:
    if kind in (int, float) and isinstance(value, bool):
        return False
    if kind is float:
        return isinstance(value, int | float)
    if issubclass(kind, Sequence) and not issubclass(kind, str):
        return isinstance(value, list | tuple)
    try:
        return isinstance(value, kind)
    except TypeError:  # a protocol, Any, or whatever else only a type checker can check
        return True


def _misfits_inside(value: Any, kinds: Sequence[Any]) -> Iterator[str | None]:
    """Judge what is in a list or a mapping."""
    if isinstance(value, Mapping) and len(kinds) == 2:
        for key, item in value.items():
            yield misfit(key, kinds[0])
            problem = misfit(item, kinds[1])
            yield f"{key}: {problem}" if problem else None
    elif isinstance(value, list | tuple) and (len(kinds) == 1 or kinds[1:] == (...,)):
        yield from (misfit(item, kinds[0]) for item in value)


def _first(problems: Iterable[str | None]) -> str | None:
    return next((problem for problem in problems if problem), None)


def _not(value: Any, kinds: Iterable[Any]) -> str:
    *most, last = [_words(kind) for kind in kinds if kind is not type(None)] or ["nothing"]
    expected = f"{', '.join(most)} or {last}" if most else last
    if value is None:
        return f"{expected} is required"
    if attrs.has(type(value)):
        return f"this is {_words(type(value))}, not {expected}"
    return f"{_shown(value)} is {_words(type(value))}, not {expected}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _words(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(map(repr, get_args(kind)))
    kind = get_origin(kind) or kind
    if kind in _WORDS:
        return _WORDS[kind]
    name = getattr(kind, "__name__", str(kind))
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return "a mapping"
    if isinstance(kind, type) and issubclass(kind, Sequence):
        return "a list"
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"
