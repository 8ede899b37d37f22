"""The CustomResourceDefinitions of a live cluster, fetched through kubectl."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from k8sgen.checks.schemas.definition import Schema
from k8sgen.errors import K8sgenError
from k8sgen.tools.programs import require

_LIST = ("get", "customresourcedefinitions", "--output=json", "--request-timeout=30s")


def definitions(context: str | None = None) -> Iterator[Mapping[str, Any]]:
    """
    Return every CustomResourceDefinition of the cluster.

    Args:
        context: Of the kubeconfig; its current one unless told.

    Raises:
        K8sgenError: kubectl is missing, or cannot ask the cluster.
    """
    chosen = [f"--context={context}"] if context else []
    done = subprocess.run(
        [require("kubectl"), *chosen, *_LIST], capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        msg = f"kubectl cannot list the CustomResourceDefinitions: {lines[-1]}"
        raise K8sgenError(msg, hint="choose a reachable cluster with --context NAME")
    try:
        yield from json.loads(done.stdout)["items"]
    except (ValueError, KeyError, TypeError):
        msg = "kubectl printed something else than a list of CustomResourceDefinitions"
        raise K8sgenError(
            msg, hint="look at kubectl get customresourcedefinitions -o json"
        ) from None


def write(folder: Path, schemas: Mapping[tuple[str, str], Schema]) -> list[Path]:
    """
    Write each schema to `<group>/<kind>_<version>.json` in *folder*.

    Returns:
        The files whose content is new, relative to *folder*.
    """
    written = []
    for (api_version, kind), schema in sorted(schemas.items()):
        group, _, version = api_version.rpartition("/")
        path = Path(group) / f"{kind.lower()}_{version}.json"
        text = json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        file = folder / path
        if not file.is_file() or file.read_text("utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            written.append(path)
    return written
