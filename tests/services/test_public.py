"""What a change of the product opens, as a reviewer is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.projects import run

ROOT = Path(__file__).parents[2]


@pytest.fixture(name="product", scope="module")
def _product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("product")
    for folder in ("services", "environments", "dist"):
        shutil.copytree(ROOT / folder, root / folder)
    return root


def test_a_public_api_widens_access(product: Path) -> None:
    """
    One word in backend's route takes the authentication of the whole API away.
    """
    file = product / "services/backend.py"
    before = file.read_text("utf-8")
    after = before.replace('path="/api")', 'path="/api", access="public")')
    assert after != before
    file.write_text(after, "utf-8")
    done = run(product, "diff", "production", "--json", "--fail-on", "widens-access")
    assert done.status == 1, done.err
    (environment,) = json.loads(done.out)["environments"]
    reasons = [c["reason"] for r in environment["resources"] for c in r["consequences"]]
    methods = "DELETE, GET, HEAD, PATCH, POST, PUT"
    assert f"api.example.com/api ({methods}) no longer requires token: everybody may" in reasons
