"""The CustomResourceDefinitions of a live cluster, fetched through kubectl."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from k8sgen.checks.schemas.definition import Schema
from k8sgen.tools.kubectl import ClusterError, ask

_LIST = ("get", "customresourcedefinitions", "--output=json")


def definitions(context: str | None) -> list[Mapping[str, Any]]:
    """
    Return every CustomResourceDefinition of the cluster.

    Args:
        context: Of the kubeconfig; `None` where there is none.

    Raises:
        ClusterError: kubectl cannot read from the cluster.
    """
    answer = ask(context, *_LIST)
    try:
        return list(json.loads(answer)["items"])
    except (ValueError, KeyError, TypeError):
        msg = "kubectl did not print a list of CustomResourceDefinitions"
        hint = "look at kubectl get customresourcedefinitions -o json"
        raise ClusterError(msg, hint=hint) from None


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
