"""`validate`: what is wrong with the manifests, as users and programs read it."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.projects import STAGING, WEB, edited, run, write_project

PLAIN = {
    f"environments/{name}.py": text.replace(
        f'name="{name}",', f'name="{name}", cluster=k8sgen.Cluster(plain_http=True),'
    ).replace("from services.stack", "import k8sgen\nfrom services.stack", 1)
    for name, text in (("staging", STAGING),)
}
PROBES = '            probes=Probes.http("/healthz", "/readyz"),\n'
NO_PROBES: dict[str, str | bytes] = {**PLAIN, **edited("services/web.py", PROBES, "")}
WAIVED: dict[str, str | bytes] = {
    **PLAIN,
    "services/web.py": WEB.replace(PROBES, "")
    + '        self.waive("probes", reason="It answers to a queue.", kind="Deployment")\n',
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    An empty folder for a project, with no schemas of custom resources.
    """
    monkeypatch.delenv("K8SGEN_SCHEMAS", raising=False)
    return tmp_path / "project"


def test_a_sound_environment_exits_0(root: Path) -> None:
    """The last line counts what there is."""
    ran = run(write_project(root, {**PLAIN}), "validate", "staging")
    assert ran.out == "staging: 0 errors, 0 warnings, 0 waived\n"
    assert ran.status == 0


def test_a_host_without_tls_is_an_error_unless_the_cluster_is_meant_so(root: Path) -> None:
    """No environment is spared for its name."""
    ran = run(write_project(root), "validate")
    assert ran.status == 1
    assert "error host-tls [production]" in ran.out
    assert "error host-tls [staging]" in ran.out


def test_an_error_names_the_line_what_is_wrong_and_the_fix(root: Path) -> None:
    """And the construct; the exit status is 1."""
    ran = run(write_project(root, NO_PROBES), "validate", "staging")
    line = next(n for n, text in enumerate(WEB.splitlines(), 1) if "Deployment(self" in text) - 1
    assert ran.out.splitlines() == [
        f"services/web.py:{line}: error probes [staging]",
        "  Deployment/web: container web: no livenessProbe",
        "  at stack/web/deployment",
        "  fix: give the container Probes(…)",
        f"services/web.py:{line}: error probes [staging]",
        "  Deployment/web: container web: no readinessProbe",
        "  at stack/web/deployment",
        "  fix: give the container Probes(…)",
        "staging: 2 errors, 0 warnings, 0 waived",
    ]
    assert ran.status == 1


def test_a_waiver_in_code_shows_its_reason(root: Path) -> None:
    """The finding stays visible, and fails nothing."""
    ran = run(write_project(root, WAIVED), "validate", "staging")
    assert "waived probes [staging]" in ran.out
    assert "because: It answers to a queue." in ran.out
    assert "0 errors, 0 warnings, 2 waived" in ran.out
    assert ran.status == 0


def test_the_stack_waives_for_the_platform(root: Path) -> None:
    """What no service makes, such as the quota."""
    small = edited("services/stack.py", "        if environment.cache:\n", (
        '        self.waive("capacity", reason="Somebody else counts.", kind="ResourceQuota")\n'
        "        if environment.cache:\n"
    ))  # fmt: skip
    text = str(PLAIN["environments/staging.py"]).replace("replicas=2", "replicas=99")
    ran = run(
        write_project(root, {**small, "environments/staging.py": text}), "validate", "staging"
    )
    assert "waived capacity [staging]" in ran.out
    assert ran.status == 0


def test_json_has_every_finding_by_environment(root: Path) -> None:
    """With file and line apart, for programs."""
    for options in (["--json"], ["--format", "json"]):
        ran = run(write_project(root, NO_PROBES), "validate", "staging", *options)
        found = json.loads(ran.out)["staging"]["findings"][0]
        assert (found["rule"], found["severity"], found["file"]) == (
            "probes",
            "error",
            "services/web.py",
        )
        assert ran.status == 1


def test_sarif_has_every_finding_and_what_is_waived(root: Path) -> None:
    """One log for all environments."""
    ran = run(write_project(root, WAIVED), "validate", "--format", "sarif")
    (log,) = json.loads(ran.out)["runs"]
    suppressed = [r["ruleId"] for r in log["results"] if "suppressions" in r]
    assert suppressed == ["probes"] * 4  # two environments, two probes
    assert "host-tls" in {result["ruleId"] for result in log["results"]}


def test_warnings_fail_only_when_asked(root: Path) -> None:
    """A waiver that overlooks nothing is one."""
    idle = edited(
        "services/web.py",
        "        Deployment(self, Pod(container))\n",
        "        Deployment(self, Pod(container))\n"
        '        self.waive("image", reason="Not needed any more.")\n',
    )
    project = write_project(root, {**PLAIN, **idle})
    ran = run(project, "validate", "staging")
    assert "warning waiver [staging]" in ran.out
    assert ran.status == 0
    assert run(project, "validate", "staging", "--strict").status == 1


def test_another_kubernetes_version_may_be_asked_for(root: Path) -> None:
    """An unknown one is wrong use."""
    project = write_project(root, {**PLAIN})
    assert run(project, "validate", "staging", "--kubernetes-version", "1.30").status == 0
    ran = run(project, "validate", "staging", "--kubernetes-version", "1.99")
    assert ran.status == 2
    assert "there are no schemas of Kubernetes 1.99" in ran.err


def test_a_folder_of_schemas_is_named_in_pyproject(root: Path) -> None:
    """Something else there is named with the file."""
    pyproject = '[tool.k8sgen]\nschemas = "crds"\n'
    ran = run(write_project(root, {**PLAIN, "pyproject.toml": pyproject}), "validate", "staging")
    assert ran.status == 2
    assert "pyproject.toml: [tool.k8sgen] schemas is not a list of folders" in ran.err


@pytest.mark.parametrize("package", ["kubernetes_validate", "jsonschema_rs"])
def test_without_the_extra_the_other_rules_judge(
    root: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """A warning says which rules are left out, and how to get what they need."""
    from k8sgen.checks.schemas import kubernetes  # noqa: PLC0415

    monkeypatch.setattr(
        kubernetes, "find_spec", lambda name: None if name == package else find_spec(name)
    )
    ran = run(write_project(root, {**NO_PROBES}), "validate", "staging", "--json")
    assert (ran.status, ran.err) == (1, "")
    found = json.loads(ran.out)["staging"]["findings"]
    assert {each["rule"] for each in found} == {"probes", "schema"}
    (said,) = (each for each in found if each["rule"] == "schema")
    name = package.replace("_", "-")
    assert said["severity"] == "warning"
    assert said["message"] == (
        f"the package {name} is missing, so nothing is checked by: "
        "schema, schema-next, api-removed, api-deprecated, schema-missing"
    )
    assert said["hint"] == "get it with: pip install 'k8sgen-kustomize[schemas]'"
