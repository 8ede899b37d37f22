"""`why` is right: for every field of a Deployment, and by experiment."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
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


def test_every_field_of_the_deployment_has_an_answer(
    explained: Project, deployment: dict[str, Any]
) -> None:
    """
    The fields and values that are explained are those that are rendered, all of them.
    """
    rendered = {show(leaf.path): leaf.value for leaf in leaves(deployment)}
    assert len(rendered) > 80
    assert {field: answer["value"] for field, answer in explained[1].items()} == rendered


def test_every_answer_ends_in_the_users_code_or_a_named_default_of_the_library(
    explained: Project,
) -> None:
    """
    Each place exists; what is not the project's own is named by class, function or constant.
    """
    root, answers = explained
    for answer in answers.values():
        for link in answer["links"]:
            lines = _file(root, link).read_text("utf-8").splitlines()
            assert 1 <= link["line"] <= len(lines), link
            assert lines[link["line"] - 1].strip(), link
        decision = _decision(answer)
        users = decision["file"].startswith(("services/", "environments/"))
        assert users or (decision["file"].startswith("k8sgen/") and decision["name"]), answer


def test_a_named_default_is_what_stands_there(explained: Project) -> None:
    """
    The line of a library default has the value, the field, or the number it is computed from.
    """
    root, answers = explained
    for field, answer in answers.items():
        decision = _decision(answer)
        if decision["word"] != "library":
            continue
        line = _file(root, decision).read_text("utf-8").splitlines()[decision["line"] - 1]
        last = re.split(r"[.\[\]\"]+", field.rstrip('"]'))[-1]
        said = [str(answer["value"]), repr(answer["value"]), last]
        computed = isinstance(answer["value"], int) and re.search(r"= \d", line)
        assert computed or any(text in line for text in said), (field, line)
        assert decision["name"].rpartition(".")[2] in _file(root, decision).read_text("utf-8")


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


def test_an_environment_is_laid_over_the_default(explained: Project) -> None:
    """
    The namespace is the environment's name until production.py says otherwise.
    """
    links = explained[1]["metadata.namespace"]["links"]
    words = [(link["word"], link["file"]) for link in links]
    assert ("environment", "environments/production.py") in words
    assert words[-1] == ("output", "dist/overlays/production/storefront/kustomization.yaml")


def _other(value: str | int) -> str | int:
    if isinstance(value, int):
        return value + 1
    number = re.search(r"\d+", value)
    if number:
        return f"{value[: number.start()]}{int(number[0]) + 1}{value[number.end() :]}"
    return f"{value}x"


def _mutants(file: Path, line: int) -> Iterator[str]:
    """Change each literal of one line, one at a time."""
    text = file.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    if file.suffix == ".yaml":
        key, colon, value = lines[line - 1].partition(":")
        changed = f'{key}{colon} "{_other(value.strip().strip(chr(34)))}"\n'
        yield "".join([*lines[: line - 1], changed, *lines[line:]])
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str | int):
            continue
        if node.lineno == node.end_lineno == line:
            old = lines[line - 1].encode()
            new = repr(_other(node.value)).encode()
            changed = (old[: node.col_offset] + new + old[node.end_col_offset :]).decode()
            yield "".join([*lines[: line - 1], changed, *lines[line:]])


@pytest.mark.slow
def test_who_changes_the_line_changes_the_field(explained: Project) -> None:
    """
    By experiment: a change of a literal at the place that decides changes the field.

    Not tried are the name of a service, which is its class's, and of the environment, its file's.
    """
    root, answers = explained
    fields: dict[tuple[str, int], list[str]] = {}
    for field, answer in answers.items():
        decision = _decision(answer)
        where = decision["file"], decision["line"]
        untried = "after its class" in decision["text"] or decision["text"].startswith("name =")
        if not untried and where[0].startswith(("services/", "environments/")):
            fields.setdefault(where, []).append(field)
    assert len(fields) >= 8
    changes = [
        {"file": file, "line": line, "text": text}
        for file, line in fields
        for text in _mutants(root / file, line)
    ]
    asked = {"root": str(root), "environment": "production", "title": TITLE, "changes": changes}
    command = [sys.executable, "-m", "tests.k8sgen.experiments"]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=True, cwd=ROOT
    )
    moved: set[tuple[tuple[str, int], str]] = set()
    for change, body in zip(changes, json.loads(done.stdout), strict=True):
        if isinstance(body, dict):
            values = {show(leaf.path): leaf.value for leaf in leaves(body)}
            place = (str(change["file"]), int(str(change["line"])))
            moved |= {(place, f) for f in fields[place] if values.get(f) != answers[f]["value"]}
    assert {(place, f) for place, found in fields.items() for f in found} - moved == set()


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


def test_a_configuration_file_is_placed_where_it_is_named(tmp_path: Path) -> None:
    """
    What becomes a YAML text forgets its parts; the line that names the file is right all the same.
    """
    text = FILES["services/web.py"]
    start, end = text.index('{"web.toml"'), text.index("})\n        container")
    web = f'{text[:start]}{{"web.yaml": {{"level": settings.log_level}}{text[end:]}'
    root = write_project(tmp_path, {"services/web.py": web})
    ran = run(root, "why", "production", "ConfigMap/web", "data", "--json")
    assert ran.status == 0, ran.err
    (answer,) = json.loads(ran.out)
    decision = _decision(answer)
    line = _file(root, decision).read_text("utf-8").splitlines()[decision["line"] - 1]
    assert '"web.yaml"' in line
