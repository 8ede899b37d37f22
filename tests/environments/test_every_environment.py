"""What holds in the base and in every environment, whatever the settings are."""

from __future__ import annotations

import re
from collections.abc import Mapping

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from k8sgen import Given
from k8sgen.actions.validate import validate
from k8sgen.project.compose import Composition
from k8sgen.project.files import names
from k8sgen.settings.autoscaling import least
from tests.conftest import ROOT
from tests.environments.pods import of_kind, pods, strings
from tests.restricted import violations

ENVIRONMENTS = ("base", *names(ROOT))


@pytest.fixture(params=ENVIRONMENTS)
def composition(
    request: pytest.FixtureRequest, compositions: Mapping[str, Composition]
) -> Composition:
    """
    Each environment in turn.
    """
    return compositions[request.param]


def services(composition: Composition) -> set[str]:
    """
    Return the names of its services.
    """
    return {service.name for service in composition.stack.services}


def test_all_services_are_there(
    composition: Composition, compositions: Mapping[str, Composition]
) -> None:
    """
    No environment of this repository leaves a service out.
    """
    assert services(composition) == services(compositions["base"])


def test_nothing_is_found_in_it(composition: Composition) -> None:
    """
    Neither error nor warning, and nothing is waived; the base is no environment to check.
    """
    if not composition.environment.is_base:
        report = validate(composition, ROOT)
        assert [finding.message for finding in report.findings] == []
        assert [waived.reason for waived in report.waived] == []


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.34", "1.37"])
def test_manifests_fit_the_kubernetes_schemas(composition: Composition, version: str) -> None:
    """
    Every manifest is strictly valid: no unknown field, no wrong type.
    """
    for resource in composition.resources:
        kubernetes_validate.validate(resource.body, version, strict=True)


def test_pods_fulfil_the_restricted_pod_security_standard(composition: Composition) -> None:
    """
    The namespace, which enforces that standard, admits every pod.
    """
    assert {p.name: violations(p.spec) for p in pods(composition) if violations(p.spec)} == {}


def test_containers_cannot_write_to_their_root(composition: Composition) -> None:
    """
    Every root file system is read-only.
    """
    for each in pods(composition):
        for container in each.containers:
            assert container["securityContext"]["readOnlyRootFilesystem"], each.name


def test_containers_name_their_requests_and_limits(composition: Composition) -> None:
    """
    Every container says how much processor time and memory it asks for and may use.
    """
    for each in pods(composition):
        for container in each.containers:
            for bound in ("requests", "limits"):
                assert container["resources"][bound].keys() == {"cpu", "memory"}, each.name


def test_servers_have_all_probes(composition: Composition) -> None:
    """
    Every container of a service that serves has a startup, a liveness and a readiness probe.
    """
    probes = {"startupProbe", "livenessProbe", "readinessProbe"}
    serving = [p for p in pods(composition) if p.body["kind"] in ("Deployment", "StatefulSet")]
    assert {each.service for each in serving} == services(composition)
    for each in serving:
        for container in each.spec["containers"]:
            assert probes <= container.keys(), each.name


def test_every_service_is_whole(composition: Composition) -> None:
    """
    Each has one server, a Kubernetes Service, an account and a network policy.
    """
    for name in services(composition):
        found = {body["kind"] for body in composition.groups()[name]}
        assert {"Service", "ServiceAccount", "NetworkPolicy"} <= found, name
        assert len(found & {"Deployment", "StatefulSet"}) == 1, name


def test_kubernetes_services_select_ports_of_their_pods(composition: Composition) -> None:
    """
    Every Kubernetes Service finds pods, which have each port that it names.
    """
    for service in of_kind(composition, "Service"):
        selector = service["spec"]["selector"].items()
        found = [
            p for p in pods(composition) if selector <= p.template["metadata"]["labels"].items()
        ]
        assert len(found) == 1, service["metadata"]["name"]
        names = {port["name"] for c in found[0].containers for port in c.get("ports", [])}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= names


def test_pods_have_no_token_of_the_api_server(composition: Composition) -> None:
    """
    Every pod runs as its service's own account, and mounts no token of it.
    """
    accounts = {body["metadata"]["name"] for body in of_kind(composition, "ServiceAccount")}
    assert accounts == services(composition)
    for each in pods(composition):
        assert each.spec["serviceAccountName"] == each.service
        assert each.spec["automountServiceAccountToken"] is False


def test_several_replicas_have_a_disruption_budget(composition: Composition) -> None:
    """
    A PodDisruptionBudget stands exactly where more than one pod runs at any time.
    """
    lowest = {s.name: least(s.settings.replicas) for s in composition.stack.services}
    budgets = {body["metadata"]["name"] for body in of_kind(composition, "PodDisruptionBudget")}
    assert budgets == {name for name, replicas in lowest.items() if replicas > 1}


def test_network_policies_cover_every_pod(composition: Composition) -> None:
    """
    Each service's policy selects all its pods, those of jobs too, in both directions.
    """
    policies = {body["metadata"]["name"]: body for body in of_kind(composition, "NetworkPolicy")}
    for each in pods(composition):
        spec = policies[each.service]["spec"]
        selector = spec["podSelector"]["matchLabels"].items()
        assert selector <= each.template["metadata"]["labels"].items()
        assert spec["policyTypes"] == ["Ingress", "Egress"]


def test_only_oathkeeper_is_reached_from_outside(composition: Composition) -> None:
    """
    One Ingress, one policy that lets the ingress controller in, and no port of a node.
    """
    ingress = [body["metadata"]["name"] for body in of_kind(composition, "Ingress")]
    controller = composition.environment.cluster.ingress_controller.party("")
    open_to_it = {
        (body["metadata"]["name"], port["port"])
        for body in of_kind(composition, "NetworkPolicy")
        for rule in body["spec"].get("ingress", [])
        for port in rule["ports"]
        if rule["from"] == controller.peers()
    }
    assert ingress == ["oathkeeper"]
    assert open_to_it - {("oathkeeper-acme-solver", 8089)} == {("oathkeeper", 4455)}
    for service in of_kind(composition, "Service"):
        assert service["spec"].get("type", "ClusterIP") == "ClusterIP"


def test_ingress_has_the_hosts_of_the_domain(composition: Composition) -> None:
    """
    The public hosts stand below the environment's domain, with a certificate where there is TLS.
    """
    (ingress,) = of_kind(composition, "Ingress")
    hosts = [rule["host"] for rule in ingress["spec"]["rules"]]
    domain = getattr(composition.environment, "domain")  # noqa: B009  (of the project's own class)
    assert hosts == [f"{name}.{domain}" for name in ("api", "auth", "id")]
    issuer = composition.environment.cluster.issuer
    certified = [host for tls in ingress["spec"].get("tls", []) for host in tls["hosts"]]
    assert certified == (hosts if issuer else [])


def test_no_secret_value_stands_in_a_manifest(composition: Composition) -> None:
    """
    There is no Secret, no URL with a password in it, and no secret variable with a value.
    """
    assert of_kind(composition, "Secret") == []
    with_password = re.compile(r"://[^/\s:@]*:[^/\s:@]+@")
    secret_name = re.compile(r"PASSWORD$|SECRET|_KEY$|DSN$|(DATABASE|CACHE)_URL$|AUTH$")
    for resource in composition.resources:
        assert not [text for text in strings(resource.body) if with_password.search(text)]
    for each in pods(composition):
        for container in each.containers:
            for variable in container.get("env", []):
                is_reference = "secretKeyRef" in variable.get("valueFrom", {})
                assert is_reference or not secret_name.search(variable["name"]), variable["name"]


def test_referenced_secret_keys_are_declared(composition: Composition) -> None:
    """
    Every key that a pod takes from a Secret is in the contract of its own service.
    """
    declared = {(s.name, key) for s in composition.stack.services for key in s.secrets}
    for each in pods(composition):
        for container in each.containers:
            for variable in container.get("env", []):
                ref = variable.get("valueFrom", {}).get("secretKeyRef")
                assert ref is None or (each.service, ref["key"]) in declared
                assert ref is None or ref["name"] == each.service
        for volume in each.spec.get("volumes", []):
            for item in volume.get("secret", {}).get("items", []):
                assert (each.service, item["key"]) in declared


def test_no_secret_needs_a_person(composition: Composition) -> None:
    """
    Every value is made by k8sgen, so that an environment starts without asking anybody.
    """
    recipes = [key.recipe for s in composition.stack.services for key in s.secrets.values()]
    assert recipes
    assert not [recipe for recipe in recipes if isinstance(recipe, Given)]


def test_made_secrets_are_rotated(composition: Composition) -> None:
    """
    Every value that is not derived from others is due for a new one at some time.
    """
    keys = [key for s in composition.stack.services for key in s.secrets.values()]
    made = [key for key in keys if type(key.recipe).__name__ in ("Random", "KeySet")]
    assert [key.key for key in made if key.rotate_days is None] == []
