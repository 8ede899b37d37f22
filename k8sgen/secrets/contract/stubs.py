"""The generated files of `dist/secrets/`: rules for SOPS, a stub a Secret, a KSOPS generator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.output.header import File
from k8sgen.secrets.contract.keys import (
    Alternate,
    Derived,
    Given,
    KeySet,
    PublicKeys,
    Random,
    Recipe,
    SecretKey,
    SigningKey,
)
from k8sgen.secrets.contract.needs import Needed, Needs
from k8sgen.secrets.files.sops import ENCRYPTED_REGEX
from k8sgen.secrets.files.store import SUFFIX
from k8sgen.settings.environment import Environment

SOPS_CONFIG = "secrets/.sops.yaml"
_GENERATOR = "ksops.yaml"
_KINDS: Mapping[type[Recipe], str] = {
    Random: "random",
    Derived: "derived",
    KeySet: "generated",
    SigningKey: "derived",
    PublicKeys: "derived",
    Alternate: "in turn",
    Given: "given",
}
"""How a placeholder begins, which tells it from a value in angle brackets."""

_PLACEHOLDER = re.compile(rf"<({'|'.join(dict.fromkeys(_KINDS.values()))}): .*>", re.DOTALL)


def secret_files(wanted: Iterable[Needs], environments: Iterable[Environment]) -> dict[str, File]:
    """
    Write what `dist/secrets/` holds besides the encrypted files, by path below `dist/`.

    Args:
        wanted: What the environments need that are being written.
        environments: All of them, because `.sops.yaml` has a rule for each.
    """
    files: dict[str, File] = {}
    for each in wanted:
        files.update(_of_environment(each))
    if files:
        files[SOPS_CONFIG] = File(to_yaml(_creation_rules(environments)), "environments/")
    return files


def _creation_rules(environments: Iterable[Environment]) -> dict[str, Any]:
    rules = [
        {
            "path_regex": rf"^{environment.name}/[^/]+\.sops\.yaml$",
            "encrypted_regex": ENCRYPTED_REGEX,
            "key_groups": [{"age": list(environment.recipients)}],
        }
        for environment in environments
        if environment.recipients
    ]
    return {"creation_rules": rules}


def _of_environment(wanted: Needs) -> dict[str, File]:
    if not wanted.secrets:
        return {}
    folder = f"secrets/{wanted.environment}"
    source = f"environments/{wanted.environment.replace('-', '_')}.py"
    files = {
        f"{folder}/{stub_name(name)}": File(to_yaml(stub(wanted, needed)), _source(needed, source))
        for name, needed in wanted.secrets.items()
    }
    bodies = {"kustomization.yaml": _kustomization(), _GENERATOR: _generator(wanted)}
    return {**files, **{f"{folder}/{p}": File(to_yaml(b), source) for p, b in bodies.items()}}


def stub(wanted: Needs, needed: Needed) -> dict[str, Any]:
    """Return the Secret with a description in place of each value."""
    return wanted.manifest(needed, {k: placeholder(key) for k, key in needed.keys.items()})


def stub_name(secret: str) -> str:
    """Return the name of the stub of a Secret."""
    return f"{secret}.stub.yaml"


def is_placeholder(value: object) -> bool:
    """Whether a value in a stub is still the description."""
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value) is not None


def placeholder(key: SecretKey) -> str:
    """Return the placeholder for a value."""
    age = f", a new one every {key.rotate_days} days" if key.rotate_days else ""
    return f"<{_KINDS[type(key.recipe)]}: {_describe(key)}{age}>"


def _describe(key: SecretKey) -> str:
    match key.recipe:
        case Random(length=length, previous=previous):
            kept = f", the next ones, then up to {previous} previous ones" if previous else ""
            return f"{length} characters{kept}"
        case Derived() as recipe:
            return recipe.shown().strip()
        case KeySet(algorithm=algorithm):
            return f"a JSON Web Key Set for {algorithm}"
        case SigningKey(keys=keys) | PublicKeys(keys=keys) as recipe:
            part = "public keys" if isinstance(recipe, PublicKeys) else "signing key"
            return f"the {part} of {keys.name}"
        case Alternate(names=names):
            return " and ".join(names)
        case Given(hint=hint):
            return hint


def _source(needed: Needed, default: str) -> str:
    return needed.location.file.as_posix() if needed.location else default


def _kustomization() -> Mapping[str, Any]:
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "generators": [_GENERATOR],
    }


def _generator(wanted: Needs) -> Mapping[str, Any]:
    """
    Write the KSOPS generator that lists the encrypted files.

    Source:
        https://github.com/viaduct-ai/kustomize-sops
    """
    function = "exec:\n  path: ksops\n"
    return {
        "apiVersion": "viaduct.ai/v1",
        "kind": "ksops",
        "metadata": {
            "name": "secrets",
            "annotations": {"config.kubernetes.io/function": function},
        },
        "files": [f"{name}{SUFFIX}" for name in sorted(wanted.secrets)],
    }
