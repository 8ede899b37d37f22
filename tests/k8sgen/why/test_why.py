"""`why` is right: for every field of a Deployment, derived values, and other constructs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from k8sgen.changes.path import show
from k8sgen.why.body import leaves
from tests.projects import FILES, run, shop, write_project

ROOT = Path(__file__).parents[3]
TITLE = "Deployment/storefront"
OVERRIDES = """\
storefront:
  image:
    tag: "1.0.1"
  resources:
    requests:
      cpu: 200m
"""
Answer = dict[str, Any]
Project = tuple[Path, dict[str, Answer]]


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """
    The shop with its output, and where every field of the Deployment comes from.
    """
    root = shop(tmp_path_factory.mktemp("project") / "shop")
    (root / "environments/production.yaml").write_text(OVERRIDES)
    assert run(root, "synth", "production").status == 0
    done = run(root, "why", "production", TITLE, "--json")
    assert done.status == 0, done.err
    return root, {answer["field"]: answer for answer in json.loads(done.out)}


@pytest.fixture(scope="module")
def deployment(explained: Project) -> dict[str, Any]:
    """
    The rendered Deployment.
    """
    ran = run(explained[0], "render", "production", "--kind", "Deployment", "-o", "json")
    found: list[dict[str, Any]] = json.loads(ran.out)["items"]
    return next(b for b in found if b["metadata"]["name"] == "storefront")


def _file(root: Path, link: dict[str, Any]) -> Path:
    folder = ROOT if link["file"].startswith("k8sgen/") else root
    return folder / str(link["file"])


def _decision(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = [link for link in answer["links"] if link["decides"]][-1]
    return found


@pytest.mark.slow
def test_every_field_of_the_deployment_has_an_answer(
    explained: Project, deployment: dict[str, Any]
) -> None:
    """
    The fields and values that are explained are those that are rendered, all of them.
    """
    rendered = {show(leaf.path): leaf.value for leaf in leaves(deployment)}
    assert len(rendered) > 80
    assert {field: answer["value"] for field, answer in explained[1].items()} == rendered


@pytest.mark.slow
def test_every_answer_names_lines_of_the_project_or_a_default_of_the_library(
    explained: Project,
) -> None:
    """
    Each place exists, and the line of a setting has its name, or that of the group it is in.
    """
    root, answers = explained
    for answer in answers.values():
        for link in answer["links"]:
            lines = _file(root, link).read_text("utf-8").splitlines()
            assert 1 <= link["line"] <= len(lines), link
            line = lines[link["line"] - 1]
            assert line.strip(), link
            steps = link["name"].split(".") if link["name"] else [line]
            assert any(step in line for step in steps), link
        users = _decision(answer)["file"].startswith(("services/", "environments/"))
        assert users or _decision(answer)["word"] == "default", answer


@pytest.mark.slow
def test_the_file_of_the_output_says_the_field(explained: Project) -> None:
    """
    Each answer ends at a line of dist/ that carries the field's name or value, or its item.
    """
    root, answers = explained
    for field, answer in answers.items():
        link = answer["links"][-1]
        assert link["word"] == "output", field
        line = (root / link["file"]).read_text("utf-8").splitlines()[link["line"] - 1]
        name = re.split(r"[.\[\]\"]+", field.rstrip('"]'))[-1]
        images = link["file"].endswith("kustomization.yaml")
        assert images or name in line or str(answer["value"]) in line or "- " in line, (field, line)


@pytest.mark.slow
def test_the_override_file_has_the_last_word(explained: Project) -> None:
    """
    The image's tag is the class's default, overridden by production.yaml.
    """
    root, answers = explained
    links = answers["spec.template.spec.containers[storefront].image"]["links"]
    said = [(link["word"], link["text"].partition(" = ")[0]) for link in links]
    assert ("default", "storefront.image.tag") in said
    override = next(link for link in links if link["word"] == "override")
    assert (override["file"], override["decides"]) == ("environments/production.yaml", True)
    line = (root / override["file"]).read_text("utf-8").splitlines()[override["line"] - 1]
    assert line.strip().startswith("tag:")
    assert links[-1]["file"] == "dist/overlays/production/storefront/kustomization.yaml"


@pytest.mark.slow
def test_an_environment_is_laid_over_the_default(explained: Project) -> None:
    """
    The namespace is the environment's name until production.py says otherwise.
    """
    links = explained[1]["metadata.namespace"]["links"]
    words = [(link["word"], link["file"]) for link in links]
    assert ("environment", "environments/production.py") in words
    assert words[-1] == ("output", "dist/overlays/production/storefront/kustomization.yaml")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "field", "edge"),
    [
        (
            "storefront-worker",
            "spec.egress[0].to",
            "to mail, outside the cluster: smtp.example.com",
        ),
        ("catalog", "spec.egress[1]", "to postgres, outside the cluster: shop.db.example.net"),
        ("catalog", "spec.ingress[0]", "from search"),
        ("catalog", "spec.podSelector", None),
    ],
)
def test_the_rule_of_a_policy_names_whom_it_is_about(
    explained: Project, policy: str, field: str, edge: str | None
) -> None:
    """
    An address alone does not say that it is the mail's, or the database's.
    """
    ran = run(explained[0], "why", "production", f"NetworkPolicy/{policy}", field, "--json")
    assert ran.status == 0, ran.err
    for answer in json.loads(ran.out):
        edges = [link["text"] for link in answer["links"] if link["word"] == "edge"]
        assert edges == ([edge] if edge else [])


def test_a_rule_about_everybody_names_nobody(tmp_path: Path) -> None:
    """
    A policy that was written by hand may open a port to all.
    """
    raw = (
        'k8sgen.Manifest(self, "open", {"apiVersion": "networking.k8s.io/v1", '
        '"kind": "NetworkPolicy", "metadata": {"name": "open"}, '
        '"spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 8000}]}]}})'
    )
    web = FILES["services/web.py"].replace("import attrs\n", "import attrs\nimport k8sgen\n")
    root = write_project(tmp_path, {"services/web.py": f"{web}        {raw}\n"})
    ran = run(root, "why", "production", "NetworkPolicy/open", "spec.ingress", "--json")
    assert ran.status == 0, ran.err
    links = [link for answer in json.loads(ran.out) for link in answer["links"]]
    assert links
    assert "edge" not in {link["word"] for link in links}


def test_a_setting_inside_a_file_is_named(tmp_path: Path) -> None:
    """
    Whatever the text is made of, it moves with the setting, and with no other.
    """
    text = FILES["services/web.py"]
    start, end = text.index('{"web.toml"'), text.index("})\n        container")
    web = f'{text[:start]}{{"web.yaml": {{"level": settings.log_level}}{text[end:]}'
    root = write_project(tmp_path, {"services/web.py": web})
    ran = run(root, "why", "production", "ConfigMap/web", "data", "--json")
    assert ran.status == 0, ran.err
    (answer,) = json.loads(ran.out)
    assert answer["settings"] == ["web.log_level"]
    assert _decision(answer)["text"] == "web.log_level = 'info'"
    made = next(link for link in answer["links"] if link["word"] == "service")
    assert "self.config(" in made["text"]


def test_a_setting_that_another_one_is_computed_from_is_named(tmp_path: Path) -> None:
    """
    A number that is worked out from a memory limit comes from the environment that sets it.
    """
    web = FILES["services/web.py"].replace(
        '"LOG_LEVEL": settings.log_level',
        '"HEAP": str(settings.resources.limits.mebibytes * 4 // 10)',
    )
    root = write_project(tmp_path, {"services/web.py": web})
    field = "spec.template.spec.containers[web].env[HEAP].value"
    (answer,) = json.loads(run(root, "why", "production", "Deployment/web", field, "--json").out)
    assert (answer["value"], answer["settings"]) == ("102", ["web.resources.limits.memory"])
    line = (root / "environments/production.py").read_text().splitlines()
    decision = _decision(answer)
    assert decision["file"] == "environments/production.py"
    assert 'limits=Compute(cpu="1", memory="256Mi")' in line[decision["line"] - 1]


def test_a_foreign_construct_is_placed_where_it_is_made(tmp_path: Path) -> None:
    """
    Not at the call of the base class, which every construct has.
    """
    foreign = """\


class Settings(constructs.Construct):
    def __init__(self, scope: constructs.Construct, id: str) -> None:
        super().__init__(scope, id)
        cdk8s.ApiObject(self, "map", api_version="v1", kind="ConfigMap")


class Foreign(cdk8s.ApiObject):
    def __init__(self, scope: constructs.Construct, id: str) -> None:
        super().__init__(scope, id, api_version="v1", kind="LimitRange")
"""
    made = """\
        Settings(self, "settings")
        Foreign(self, "foreign")
"""
    imports = "import cdk8s\nimport constructs\nimport attrs\n"
    web = FILES["services/web.py"].replace("import attrs\n", imports) + made + foreign
    root = write_project(tmp_path, {"services/web.py": web})
    said = {
        answer["resource"].partition("/")[0]: _decision(answer)["text"]
        for answer in json.loads(run(root, "why", "production", "--json").out)
        if answer["field"] == "kind"
    }
    assert said["LimitRange"] == 'Foreign(self, "foreign")'
    assert said["ConfigMap"] == 'cdk8s.ApiObject(self, "map", api_version="v1", kind="ConfigMap")'
    assert said["ServiceAccount"] == "web = Web(self, environment.web, cache=cache.port)"
