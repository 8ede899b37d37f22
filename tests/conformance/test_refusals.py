"""What the API server refuses is found, and what it takes passes: asked of the real one."""

from __future__ import annotations

import copy
import json
import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from k8sgen.checks.catalog import GROUPS
from k8sgen.checks.context import Context
from k8sgen.checks.run import check
from k8sgen.checks.walk import is_own
from k8sgen.kubernetes.manifest import pod_template
from k8sgen.project.compose import Composition
from tests.conformance.control_plane import TOKEN, api_server
from tests.conformance.random_changes import random_changes
from tests.conformance.refusals import ACCEPTED, GOOD, LATER, REFUSED, Body, Change

pytestmark = pytest.mark.slow

_PLURALS = {
    "NetworkPolicy": "networkpolicies",
    "Ingress": "ingresses",
    "PriorityClass": "priorityclasses",
}
Refusal = Callable[[Body], str]
OTHER_RULES = ("volume-reference", "resources", "rolling-update")
"""Rules of other groups that find what the API server refuses too."""
STRICTER = ("schema", "duplicate")
"""Rules that mind some of what it takes: a field set to null, two variables of one name."""
HARMFUL = (
    "'-1' is not a quantity",  # a bound below zero, under which no pod may start
    "Gt needs one number",  # what no node's label can be compared with
    "Lt needs one number",
    ".medium: ",  # what the kubelet does not know
)
"""What it takes, and what starts no pod all the same."""


@pytest.fixture(scope="module")
def refusal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refusal]:
    """Ask the real API server, without writing anything."""
    with api_server(tmp_path_factory.mktemp("cluster")) as address:
        yield lambda body: _refusal(address, body) or _refusal_of_pod(address, body)


def _refusal(address: str, body: Body) -> str:
    version, kind = body["apiVersion"], body["kind"]
    root = f"apis/{version}" if "/" in version else f"api/{version}"
    plural = _PLURALS.get(kind, f"{kind.lower()}s")
    namespace = body["metadata"].get("namespace")
    place = f"namespaces/{namespace}/{plural}" if namespace else plural
    url = f"{address}/{root}/{place}?dryRun=All&fieldValidation=Strict"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = Request(url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310
    try:
        with urlopen(request, context=ssl._create_unverified_context()) as answer:  # noqa: S310, S323
            answer.read()
    except HTTPError as error:
        said: dict[str, Any] = json.load(error)
        return str(said["message"])
    return ""


def _refusal_of_pod(address: str, body: Body) -> str:
    """Ask as the controller of a workload does, which makes its pods."""
    if body["kind"] not in ("Deployment", "DaemonSet", "Job", "CronJob"):
        return ""  # a StatefulSet adds the volumes of its claims
    template = pod_template(body)
    metadata = {**template.get("metadata", {}), "name": "web-0", "namespace": "default"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
    return _refusal(address, pod)


def _found(body: Body) -> list[str]:
    """Return what the rules find in *body* alone that an API server would mind."""
    ids = {rule.id for rule in GROUPS["Schemas"]} | set(OTHER_RULES)
    report = check([body], Context(kubernetes_version="1.36"))
    return [f"{f.rule}: {f.message}" for f in report.errors if f.rule in ids]


def test_the_good_ones_are_good(refusal: Refusal) -> None:
    """Before anything is changed, both have nothing to say."""
    assert {name: refusal(body) for name, body in GOOD.items() if refusal(body)} == {}
    odd = {name: found for name, body in GOOD.items() if (found := _of_api(body))}
    assert odd == {}


def _of_api(body: Body) -> list[str]:
    return [text for text in _found(body) if not text.startswith(OTHER_RULES)]


def test_what_the_api_server_refuses_is_found(refusal: Refusal) -> None:
    """Each of these changes, of which the API server takes none, or none of the pods."""
    taken = [str(each) for each in REFUSED if not refusal(each.body())]
    assert taken == []
    missed = [f"{each}: {refusal(each.body())}" for each in REFUSED if not _news(each)]
    assert missed == []


def test_what_keeps_the_pods_from_starting_is_found(refusal: Refusal) -> None:
    """The API server takes it, and the scheduler or the kubelet does not."""
    assert [str(each) for each in LATER if refusal(each.body())] == []
    assert [str(each) for each in LATER if not _news(each)] == []


def test_what_the_api_server_takes_passes(refusal: Refusal) -> None:
    """Each of these changes, of which the API server refuses none."""
    refused = {str(each): said for each in ACCEPTED if (said := refusal(each.body()))}
    assert refused == {}
    assert {str(each): found for each in ACCEPTED if (found := _of_api(each.body()))} == {}


def _news(each: Change) -> list[str]:
    before = _found(GOOD[each.base])
    return [text for text in _found(each.body()) if text not in before]


def test_a_random_change_fares_as_the_api_server_says(
    refusal: Refusal, compositions: Mapping[str, Composition]
) -> None:
    """
    Of 3,000 of them, or as many as `K8SGEN_CHANGES` says, at least 99 of 100 that it refuses are
    found, and no other is.
    """
    count = int(os.environ.get("K8SGEN_CHANGES", "3000"))
    seed = int(os.environ.get("K8SGEN_SEED", "0"))
    refused, missed, wrong = 0, [], []
    for what, body in random_changes(_takeable(compositions), count, seed):
        said, found = refusal(body), _found(body)
        refused += bool(said)
        if said and not found:
            missed.append(f"{what}: {said}")
        elif not said and (minded := [text for text in found if not _is_stricter(text)]):
            wrong.append(f"{what}: {minded}")
    assert wrong == []
    assert len(missed) <= refused / 100, f"{len(missed)} of {refused}: {missed}"
    assert refused > count / 4


def _takeable(compositions: Mapping[str, Composition]) -> list[Body]:
    """Return good manifests of every kind: those of these tests, and those of production."""
    own = copy.deepcopy([*filter(is_own, compositions["production"].bodies())])
    for body in own:
        if body["metadata"].get("namespace"):
            body["metadata"]["namespace"] = "default"
        if template := pod_template(body):
            template["spec"].pop("priorityClassName", None)  # there is none of that name
    return [*GOOD.values(), *(each.body() for each in ACCEPTED), *own]


def _is_stricter(text: str) -> bool:
    """Return whether a finding is about what the API server takes, and should not be set."""
    return text.startswith((*OTHER_RULES, *STRICTER)) or any(part in text for part in HARMFUL)
