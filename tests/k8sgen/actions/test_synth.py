"""The tree that synth makes: small, the same everywhere, and only where something changed."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from k8sgen.output.header import strip_header
from tests.projects import SHOP, edited, run, tree, write_project

ROOT = Path(__file__).parents[3]
ONLY_ENV = edited(
    "services/web.py", "f'level = \"{settings.log_level}\"\\ntimeout = 30\\n'", "'timeout = 30\\n'"
)


def texts(root: Path) -> dict[str, str]:
    """
    Synthesize the project at *root* and read its `dist/`, without the headers.
    """
    ran = run(root, "synth")
    assert (ran.status, ran.err) == (0, "")
    return {path: strip_header(data.decode()) for path, data in tree(root / "dist").items()}


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """
    Return the lines that are removed from and added to each file that changed.
    """
    found = {}
    for path in sorted({*before, *after}):
        old, new = (side.get(path, "").splitlines() for side in (before, after))
        lines = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
        if lines:
            found[path] = "\n".join(line for line in lines if not line.startswith("@@"))
    return found


@attrs.frozen
class Change:
    """
    One setting of one service changes.

    Args:
        name: Which.
        after: What changes in the small project.
        expected: The whole difference of `dist/`.
        before: What the small project differs in beforehand.
    """

    name: str
    after: Mapping[str, str | bytes]
    expected: Mapping[str, str]
    before: Mapping[str, str | bytes] = {}


def staging(text: str) -> dict[str, str | bytes]:
    """
    Override a setting of one environment.
    """
    return {"environments/staging.yaml": text}


CHANGES = (
    Change(
        "replicas, in Python",
        edited("environments/staging.py", "replicas=2", "replicas=4"),
        {"overlays/staging/web/kustomization.yaml": "-  count: 2\n+  count: 4"},
    ),
    Change(
        "replicas, in YAML",
        staging("web: {replicas: 4}\n"),
        {"overlays/staging/web/kustomization.yaml": "-  count: 2\n+  count: 4"},
    ),
    Change(
        "an image tag",
        staging("web: {image: {tag: 1.0.1}}\n"),
        {
            "overlays/staging/web/kustomization.yaml": (
                '+images:\n+- name: ghcr.io/example/web\n+  newTag: "1.0.1"'
            )
        },
    ),
    Change(
        "an environment variable",
        staging("web: {log_level: debug}\n"),
        {
            "overlays/staging/web/deployment.patch.yaml": (
                "+      containers:\n"
                "+      - name: web\n"
                "+        env:\n"
                "+        - name: LOG_LEVEL\n"
                "+          value: debug"
            )
        },
        before=ONLY_ENV,
    ),
    Change(
        "a resource limit",
        edited("environments/production.py", "256Mi", "512Mi"),
        {"overlays/production/web/deployment.patch.yaml": "+            memory: 512Mi"},
    ),
    Change(
        "a line of a ConfigMap and an environment variable",
        staging("web: {log_level: debug}\n"),
        {
            "overlays/staging/web/configmap.patch.yaml": (
                "+apiVersion: v1\n"
                "+kind: ConfigMap\n"
                "+metadata:\n"
                "+  name: web\n"
                "+data:\n"
                "+  web.toml: |\n"
                '+    level = "debug"\n'
                "+    timeout = 30"
            ),
            "overlays/staging/web/deployment.patch.yaml": (
                "+    metadata:\n"
                "+      annotations:\n"
                '+        checksum/config: "9ce4e83eb3b63308"\n'
                "+      containers:\n"
                "+      - name: web\n"
                "+        env:\n"
                "+        - name: LOG_LEVEL\n"
                "+          value: debug"
            ),
            "overlays/staging/web/kustomization.yaml": "+- path: configmap.patch.yaml",
        },
    ),
    Change(
        "a line of a ConfigMap, in all environments",
        edited("services/web.py", "timeout = 30", "timeout = 31"),
        {
            "base/web/configmap.yaml": "-    timeout = 30\n+    timeout = 31",
            "base/web/deployment.yaml": (
                "-        checksum/config: bd3015366eb42c54\n"
                "+        checksum/config: c199312acaf22d4e"
            ),
        },
    ),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_one_setting_changes_only_what_a_person_would_expect(
    change: Change, tmp_path: Path
) -> None:
    """The whole difference of the tree, header lines aside."""
    before = texts(write_project(tmp_path, change.before))
    after = texts(write_project(tmp_path, {**change.before, **change.after}))
    assert difference(before, after) == change.expected


def test_a_service_left_out_is_gone_from_that_overlay_alone(tmp_path: Path) -> None:
    """And so is the way in that another service kept open for it."""
    before = texts(write_project(tmp_path))
    found = difference(before, texts(write_project(tmp_path, staging("web: null\n"))))
    assert found.pop("overlays/staging/kustomization.yaml") == "-- web"
    policy = found.pop("overlays/staging/cache/networkpolicy.patch.yaml")
    assert policy.endswith("+  name: cache\n+spec:\n+  ingress: null")
    assert "networkpolicy.patch.yaml" in found.pop("overlays/staging/cache/kustomization.yaml")
    assert all(path.startswith("overlays/staging/web/") for path in found)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """
    The tree of the shop, as this process makes it.
    """
    out = tmp_path_factory.mktemp("here")
    ran = run(SHOP, "synth", "--out", str(out))
    assert (ran.status, ran.err) == (0, "")
    return tree(out)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_the_tree_is_the_same_whatever_the_hash_seed(
    seed: str, here: Mapping[str, bytes], tmp_path: Path
) -> None:
    """And whatever the locale and the time zone: to the byte."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    synth = ["--project", str(SHOP), "synth", "--out", str(tmp_path)]
    command = [sys.executable, "-m", "k8sgen", *synth]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert tree(tmp_path) == here
