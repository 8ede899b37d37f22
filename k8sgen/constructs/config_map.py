"""ConfigMap: a service's configuration files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from k8sgen.constructs.manifest import Manifest, resolve
from k8sgen.kubernetes.config_file import FileFormat
from k8sgen.kubernetes.yaml import to_yaml

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


Content = str | Mapping[str, Any] | Sequence[Any]
FileContent = Content | Callable[[], Content]
"""A function is called at synth, when all services exist."""


@attrs.frozen(kw_only=True)
class ConfigFile(FileFormat):
    """
    A configuration file, and what is known of its format.

    Args:
        content: See `Service.config`.
    """

    content: FileContent


class ConfigMap(Manifest):
    """
    Configuration files, or environment variables; pods that use it roll when it changes.

    Args:
        files: Name to content, read at synth. What is not a string is
            written as JSON where the name ends in `.json`, and as YAML elsewhere.
    """

    writable = False

    def __init__(
        self, service: Service, files: Mapping[str, FileContent | ConfigFile], *, name: str
    ) -> None:
        self._name = name
        self.files = {name: _file(content) for name, content in files.items()}
        super().__init__(
            service,
            service.id_of("config-map", name),
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": name, "labels": service.labels()},
                "data": self._texts,
            },
        )

    @property
    def volume_name(self) -> str:
        """The ConfigMap's name, with a prefix that keeps it apart from a Secret's."""
        return f"{self._name}-config"

    def volume(self) -> dict[str, Any]:
        """Return the pod's `volumes` entry."""
        return {"name": self.volume_name, "configMap": {"name": self._name}}

    def env_from(self) -> dict[str, Any]:
        """Return the container's `envFrom` entry."""
        return {"configMapRef": {"name": self._name}}

    def checksum(self) -> str:
        """Return a short hash of the files."""
        text = json.dumps(self._texts(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _texts(self) -> dict[str, str]:
        contents = {name: file.content for name, file in self.files.items()}
        return {name: _text(name, content) for name, content in resolve(contents, "data").items()}


def _file(content: FileContent | ConfigFile) -> ConfigFile:
    return content if isinstance(content, ConfigFile) else ConfigFile(content=content)


def _text(name: str, content: Any) -> str:
    if isinstance(content, str):
        return content
    return json.dumps(content, indent=2) + "\n" if name.endswith(".json") else to_yaml([content])
