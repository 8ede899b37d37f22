"""What the API server refuses in how pods are placed on nodes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from k8sgen.checks.accepted.fault import (
    LABEL_KEY,
    LABEL_VALUE,
    Fault,
    Part,
    at,
    between,
    each,
    expression,
    is_key,
    named,
    needs,
    selector,
    word,
)
from k8sgen.kubernetes.manifest import get

_MUST, _MAY = (
    f"{word}DuringSchedulingIgnoredDuringExecution" for word in ("required", "preferred")
)


def toleration(toleration: Part) -> Iterator[Fault]:
    """Judge a toleration."""
    operator = toleration.get("operator") or "Equal"
    yield from word(toleration, "operator", ("", "Exists", "Equal"))
    yield from word(toleration, "effect", ("", "NoSchedule", "PreferNoSchedule", "NoExecute"))
    if operator == "Exists" and toleration.get("value"):
        yield Fault("value", "Exists takes none")
    yield from named(toleration, "key", LABEL_KEY)
    if operator == "Equal" and not LABEL_VALUE.fullmatch(str(toleration.get("value", ""))):
        yield Fault("value", f"{toleration['value']!r} is not a label's value")
    if not toleration.get("key") and operator != "Exists":
        yield Fault("operator", "without a key it is Exists")
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        yield Fault("effect", "tolerationSeconds needs NoExecute")


def spread(spread: Part) -> Iterator[Fault]:
    """Judge a topology spread constraint."""
    yield from needs("topologyKey", "whenUnsatisfiable", "maxSkew")(spread)
    yield from between(spread, "maxSkew", 1)
    yield from between(spread, "minDomains", 1)
    yield from at(spread, "labelSelector", selector)
    if spread.get("minDomains") and spread.get("whenUnsatisfiable") != "DoNotSchedule":
        yield Fault("minDomains", "it needs DoNotSchedule")
    for key in spread.get("matchLabelKeys") or ():
        if not is_key(key):
            yield Fault("matchLabelKeys", f"{key!r} is not a label's key")
        if key in get(spread, "labelSelector", "matchLabels", default={}):
            yield Fault("matchLabelKeys", f"{key} is in the labelSelector already")


def affinity(affinity: Part) -> Iterator[Fault]:
    """Judge an affinity to nodes or pods."""
    for name in ("podAffinity", "podAntiAffinity"):
        yield from at(affinity, name, _between_pods)
    yield from at(affinity, "nodeAffinity", _to_nodes)


def _to_nodes(affinity: Part) -> Iterator[Fault]:
    yield from at(
        affinity,
        _MUST,
        needs("nodeSelectorTerms"),
        lambda must: each(must, "nodeSelectorTerms", _node_term),
    )
    yield from each(affinity, _MAY, _weight, lambda may: at(may, "preference", _node_term))


def _node_term(term: Part) -> Iterator[Fault]:
    for name in ("matchExpressions", "matchFields"):
        yield from each(term, name, partial(expression, operators=("Gt", "Lt")))


def _between_pods(affinity: Part) -> Iterator[Fault]:
    yield from each(affinity, _MUST, _pod_term)
    yield from each(affinity, _MAY, _weight, lambda may: at(may, "podAffinityTerm", _pod_term))


def _weight(term: Part) -> Iterator[Fault]:
    yield from needs("weight")(term)
    yield from between(term, "weight", 1, 100)


def _pod_term(term: Part) -> Iterator[Fault]:
    yield from needs("topologyKey")(term)
    yield from named(term, "topologyKey", LABEL_KEY)
    yield from at(term, "labelSelector", selector)
    yield from at(term, "namespaceSelector", selector)
