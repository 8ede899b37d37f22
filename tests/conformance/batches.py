"""Judging many pairs of sets of manifests by one run of the real kustomize."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from k8sgen.errors import K8sgenError
from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.kustomize.build.evaluate import compare, evaluate
from k8sgen.kustomize.build.kubectl import build
from k8sgen.kustomize.build.resource import identify
from k8sgen.kustomize.overlay.files import base, overlay
from tests.conformance.manifests import MARK, Pair


@attrs.frozen
class Failure:
    """
    A pair whose overlay does not build what is wanted.

    Args:
        reasons: What is wrong, one line each.
    """

    pair: Pair
    reasons: Sequence[str]

    def __str__(self) -> str:
        try:
            files = written(self.pair)
        except K8sgenError:
            files = {}
        shown = "".join(f"# {path}\n{text}" for path, text in files.items())
        return "\n".join([*self.reasons, shown, "# wanted", to_yaml(list(self.pair.wanted))])


def written(pair: Pair) -> dict[str, str]:
    """
    Write a pair's base and overlay, as two folders.
    """
    files = {f"base/{path}": text for path, text in (base(pair.base) if pair.base else {}).items()}
    over = overlay(
        pair.base,
        pair.wanted,
        base_path="../base" if pair.base else None,
        namespace=pair.namespace,
    )
    return files | {f"overlay/{path}": text for path, text in over.items()}


def judge(pairs: Sequence[Pair], kubectl: str) -> list[Failure]:
    """
    Build the overlays of all *pairs* at once; find those that differ from what is wanted.
    """
    numbered = [marked(pair, str(number)) for number, pair in enumerate(pairs)]
    texts: list[dict[str, str] | str] = []
    for pair in numbered:
        try:
            texts.append(written(pair))
        except K8sgenError as error:
            texts.append(f"no overlay: {error}")
    failures = [
        Failure(pair, [text])
        for pair, text in zip(numbered, texts, strict=True)
        if isinstance(text, str) and _can_hold(pair, kubectl)
    ]
    good = [(p, t) for p, t in zip(numbered, texts, strict=True) if not isinstance(t, str)]
    return failures + _judge_files(good, kubectl)


def _judge_files(
    written_pairs: Sequence[tuple[Pair, Mapping[str, str]]], kubectl: str
) -> list[Failure]:
    if not written_pairs:
        return []
    files = {
        f"{n}/{path}": t for n, (_, texts) in enumerate(written_pairs) for path, t in texts.items()
    }
    folders = [f"{number}/overlay" for number in range(len(written_pairs))]
    files["kustomization.yaml"] = to_yaml({"resources": folders})
    try:
        real = _build(files, kubectl)
    except K8sgenError as error:
        if len(written_pairs) > 1:
            half = len(written_pairs) // 2
            parts = (written_pairs[:half], written_pairs[half:])
            return [failure for part in parts for failure in _judge_files(part, kubectl)]
        pair, texts = written_pairs[0]
        if _is_evaluated(texts):
            return [Failure(pair, [f"kustomize refuses what k8sgen evaluates: {error}"])]
        return [Failure(pair, [str(error)])] if _can_hold(pair, kubectl) else []
    found: dict[str, list[Body]] = {}
    for body in real:
        found.setdefault(_number(body), []).append(body)
    return list(_differing(written_pairs, found))


def _differing(
    written_pairs: Sequence[tuple[Pair, Mapping[str, str]]], found: Mapping[str, Sequence[Body]]
) -> Iterator[Failure]:
    for pair, texts in written_pairs:
        real = found.get(_number(pair.wanted[0]), [])
        reasons = [f"kustomize: {mismatch}" for mismatch in compare(real, pair.wanted)]
        try:
            ours = evaluate(texts, "overlay")
        except K8sgenError as error:
            reasons.append(f"k8sgen cannot evaluate: {error}")
        else:
            reasons += [f"k8sgen's evaluation: {m}" for m in compare(ours, pair.wanted)]
            by_id = {identify(body): body for body in real}
            reasons += [
                f"not evaluated to the letter: {identify(body)}"
                for body in ours
                if body != by_id.get(identify(body))
            ]
        if reasons:
            yield Failure(pair, reasons)


def _is_evaluated(texts: Mapping[str, str]) -> bool:
    try:
        return bool(evaluate(texts, "overlay"))
    except K8sgenError:
        return False


def _can_hold(pair: Pair, kubectl: str) -> bool:
    """
    Return whether kustomize builds what is wanted, and the base, when it is given just that.

    What it panics at once a namespace is set, as each environment does, it cannot hold.
    """
    texts = {f"{n}.yaml": to_yaml(body) for n, body in enumerate(pair.wanted)}
    bases = {f"b/{n}.yaml": to_yaml(body) for n, body in enumerate(pair.base)}
    plain = {"kustomization.yaml": to_yaml({"resources": list(texts)}), **texts}
    within = to_yaml({"resources": list(texts), "namespace": "some"})
    below = {"kustomization.yaml": to_yaml({"resources": list(bases)}), **bases}
    try:
        if _panics({**plain, "kustomization.yaml": within}, kubectl):
            return False
        same = not compare(_build(plain, kubectl), pair.wanted)
        return same and (not bases or not compare(_build(below, kubectl), pair.base))
    except (K8sgenError, KeyError):  # what it built of a List may have no kind
        return False


def _panics(files: Mapping[str, str], kubectl: str) -> bool:
    try:
        _build(files, kubectl)
    except K8sgenError as error:
        return "panic" in str(error)
    return False


def _build(files: Mapping[str, str], kubectl: str) -> list[Body]:
    with tempfile.TemporaryDirectory() as name:
        for path, text in files.items():
            file = Path(name, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        return build(Path(name), kubectl=kubectl)


def _number(body: Body) -> str:
    return str(body["metadata"]["name"]).rpartition("-")[2]


def marked(pair: Pair, number: str) -> Pair:
    """
    Put *number* into every name of a pair.
    """
    base_, wanted, namespace = _marked([pair.base, pair.wanted, pair.namespace], number)
    return Pair(base_, wanted, namespace)


def _marked(value: Any, number: str) -> Any:
    if isinstance(value, str):
        return value.replace(MARK, number)
    if isinstance(value, list):
        return [_marked(item, number) for item in value]
    if isinstance(value, dict):
        return {_marked(key, number): _marked(item, number) for key, item in value.items()}
    return value


def minimal(pair: Pair, fails: Callable[[Pair], bool], *, tries: int = 400) -> Pair:
    """
    Leave out of a failing pair what is not needed for it to fail.
    """
    left = tries
    changed = True
    while changed and left > 0:
        changed = False
        for smaller in _smaller(pair):
            left -= 1
            if left <= 0:
                break
            if smaller.wanted and fails(smaller):
                pair, changed = smaller, True
                break
    return pair


def _smaller(pair: Pair) -> Iterator[Pair]:
    if pair.namespace:
        yield attrs.evolve(pair, namespace=None)
    for bodies in _without_one(pair.base):
        yield attrs.evolve(pair, base=bodies)
    for bodies in _without_one(pair.wanted):
        yield attrs.evolve(pair, wanted=bodies)
    twins = [(b, w) for b in pair.base for w in pair.wanted if _key(b) == _key(w)]
    for old, new in twins:
        for left, right in _both_smaller(old, new):
            wanted = _put(pair.wanted, new, right)
            yield attrs.evolve(pair, base=_put(pair.base, old, left), wanted=wanted)
    for body, smaller in _each_smaller(pair.base):
        yield attrs.evolve(pair, base=_put(pair.base, body, smaller))
    for body, smaller in _each_smaller(pair.wanted):
        yield attrs.evolve(pair, wanted=_put(pair.wanted, body, smaller))


def _each_smaller(bodies: Sequence[Body]) -> Iterator[tuple[Body, Body]]:
    for body in bodies:
        for smaller in _parts_less(body):
            yield body, smaller


def _put(bodies: Sequence[Body], old: Body, new: Body) -> list[Body]:
    return [new if body is old else body for body in bodies]


def _key(body: Body) -> tuple[str, str, str]:
    return body["apiVersion"], body["kind"], body["metadata"]["name"]


def _both_smaller(left: Body, right: Body) -> Iterator[tuple[Body, Body]]:
    for name in left:
        if name not in _HEAD and name in right:
            yield _drop(left, name), _drop(right, name)
    for name in left:
        a, b = left[name], right.get(name)
        if isinstance(a, dict) and isinstance(b, dict):
            for x, y in _both_smaller(a, b):
                yield {**left, name: x}, {**right, name: y}


_HEAD = ("apiVersion", "kind", "metadata", "name")


def _drop(body: Body, name: str) -> Body:
    return {key: value for key, value in body.items() if key != name}


def _without_one(items: Sequence[Any]) -> Iterator[list[Any]]:
    for index in range(len(items)):
        yield [*items[:index], *items[index + 1 :]]


def _parts_less(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name in value:
            if name not in _HEAD:
                yield _drop(value, name)
        for name, item in value.items():
            for smaller in _parts_less(item):
                yield {**value, name: smaller}
    if isinstance(value, list):
        yield from _without_one(value)
        for index, item in enumerate(value):
            for smaller in _parts_less(item):
                yield [*value[:index], smaller, *value[index + 1 :]]
