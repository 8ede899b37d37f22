"""What network policies open, against a simulation of every connection."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8sgen.changes.level import Level
from tests.k8sgen.changes.cases import BODIES, change
from tests.k8sgen.changes.judging import added, changed, removed, verdicts

Body = dict[str, Any]
POLICY = BODIES["NetworkPolicy"]
WEB = BODIES["Deployment"]
APPS, SPACES, PORTS = ("web", "front", "back"), ("default", "other"), (80, 443)


def _levels(before: list[Body], after: list[Body]) -> set[Level]:
    return {level for _, level, _ in verdicts(before, after)}


@pytest.mark.parametrize(
    ("rules", "level"),
    [
        ([{}], Level.WIDENS_ACCESS),
        ([{"from": [{"podSelector": {}}]}], Level.WIDENS_ACCESS),
        ([{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}], Level.WIDENS_ACCESS),
        ([*POLICY["spec"]["ingress"], {"ports": [{"port": 9090}]}], Level.WIDENS_ACCESS),
        ([], Level.MAY_INTERRUPT),
    ],
)
def test_another_peer_or_port_widens_access(rules: Any, level: Level) -> None:
    """
    What more may be received widens; what may no longer be received may interrupt.
    """
    assert level in changed("NetworkPolicy", "spec.ingress", rules, WEB)


def test_a_narrower_rule_widens_nothing() -> None:
    """
    A part of what was allowed is not more.
    """
    wide = change(POLICY, "spec.ingress.0", {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]})
    narrow = change(POLICY, "spec.ingress.0", {"from": [{"ipBlock": {"cidr": "10.1.0.0/16"}}]})
    assert Level.WIDENS_ACCESS not in _levels([wide, WEB], [narrow, WEB])
    assert Level.WIDENS_ACCESS in _levels([narrow, WEB], [wide, WEB])


def test_a_rule_that_another_policy_has_widens_nothing() -> None:
    """
    All policies of a pod count together.
    """
    second = change(POLICY, "metadata.name", "second")
    assert Level.WIDENS_ACCESS not in added(second, POLICY, WEB)


def test_the_last_policy_to_go_opens_everything() -> None:
    """
    A pod that no policy selects is open to all.
    """
    found = {level: reason for _, level, reason in verdicts([POLICY, WEB], [WEB])}
    assert "everywhere" in found[Level.WIDENS_ACCESS]


def test_a_policy_for_pods_of_nobody_here_is_judged_too() -> None:
    """
    Pods that a controller makes are opened by policies as well.
    """
    deny = change(POLICY, "metadata.name", "deny")
    deny["spec"] = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert Level.WIDENS_ACCESS in added(POLICY, deny)
    assert not removed(WEB).keys() - {Level.MAY_INTERRUPT}


def test_pods_that_lose_the_label_of_their_policy_are_open() -> None:
    """
    It is the labels of pods that policies hang on.
    """
    bare = change(WEB, "spec.template.metadata.labels", {"app": "other"})
    found = verdicts([POLICY, WEB], [POLICY, bare])
    assert ("Deployment/web", Level.WIDENS_ACCESS) in [each[:2] for each in found]


_SELECTOR = st.sampled_from([{}, *({"matchLabels": {"app": app}} for app in APPS)])
_SPACE = st.sampled_from(
    [{}, *({"matchLabels": {"kubernetes.io/metadata.name": name}} for name in SPACES)]
)
_PEER = st.one_of(
    st.fixed_dictionaries({"podSelector": _SELECTOR}),
    st.fixed_dictionaries({"namespaceSelector": _SPACE}),
    st.fixed_dictionaries({"namespaceSelector": _SPACE, "podSelector": _SELECTOR}),
)
_PORT = st.sampled_from([{"port": 80}, {"port": 443}, {"port": 80, "endPort": 443}, {}])
_RULE = st.fixed_dictionaries(
    {},
    optional={
        "from": st.lists(_PEER, max_size=2),
        "ports": st.lists(_PORT.map(lambda p: {"protocol": "TCP", **p}), max_size=2),
    },
)
_POLICIES = st.lists(st.tuples(_SELECTOR, st.lists(_RULE, max_size=2)), min_size=0, max_size=2)


def _policy(index: int, selector: Any, rules: Any) -> Body:
    spec = {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": rules}
    return {**POLICY, "metadata": {"name": f"p{index}", "namespace": "default"}, "spec": spec}


def _picks(selector: Any, labels: dict[str, str]) -> bool:
    return all(labels.get(k) == v for k, v in selector.get("matchLabels", {}).items())


def _receives(policies: list[Body], app: str, space: str, port: int) -> bool:
    """Whether the pods of the Deployment answer one peer on one port, as Kubernetes would."""
    mine = [p for p in policies if _picks(p["spec"]["podSelector"], {"app": "web"})]
    return not mine or any(
        _lets_in(rule, app, space, port) for p in mine for rule in p["spec"]["ingress"]
    )


def _lets_in(rule: Any, app: str, space: str, port: int) -> bool:
    ports = rule.get("ports")
    if ports and not any(
        "port" not in p or p["port"] <= port <= p.get("endPort", p["port"]) for p in ports
    ):
        return False
    peers = rule.get("from")
    if not peers:
        return True
    name = {"kubernetes.io/metadata.name": space}
    return any(
        _picks(peer.get("podSelector", {}), {"app": app})
        and (
            _picks(peer["namespaceSelector"], name)
            if "namespaceSelector" in peer
            else space == "default"
        )
        for peer in peers
    )


@given(old=_POLICIES, new=_POLICIES)
@settings(max_examples=150, deadline=None)
def test_no_new_connection_goes_unnoticed(old: Any, new: Any) -> None:
    """
    Whenever some peer reaches the pods on some port and did not before, access widens.
    """
    before, after = (
        [_policy(i, selector, rules) for i, (selector, rules) in enumerate(each)]
        for each in (old, new)
    )
    opened = any(
        _receives(after, *peer) and not _receives(before, *peer)
        for peer in product(APPS, SPACES, PORTS)
    )
    if opened:
        assert Level.WIDENS_ACCESS in _levels([*before, WEB], [*after, WEB])


FRONT = {"matchLabels": {"app": "front"}}


@pytest.mark.parametrize(
    "selector",
    [
        {"matchExpressions": [{"key": "app", "operator": "In", "values": ["front"]}]},
        {"matchLabels": {"app": "front"}, "matchExpressions": []},
        {
            "matchLabels": {"app": "front"},
            "matchExpressions": [{"key": "app", "operator": "Exists"}],
        },
        {
            "matchLabels": {"app": "front"},
            "matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["back"]}],
        },
    ],
)
def test_an_equal_selector_in_another_form_is_no_change(selector: dict[str, Any]) -> None:
    """
    A label may be asked for in several ways.
    """
    one, other = (
        change(POLICY, "spec.ingress.0.from.0.podSelector", each) for each in (FRONT, selector)
    )
    assert not _levels([one, WEB], [other, WEB]) - {Level.NONE}
    assert not _levels([other, WEB], [one, WEB]) - {Level.NONE}
