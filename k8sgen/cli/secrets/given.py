"""The values that a person supplies: from a file, from the environment, or at a prompt."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import IO, Any

import click
import yaml

from k8sgen.errors import UsageError
from k8sgen.secrets.contract.keys import Given, SecretKey
from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.errors import SecretsError

given_file = click.option(
    "--given",
    type=click.File("r", encoding="utf-8"),
    help="Read given values from this YAML file (SECRET/KEY: VALUE); - is standard input.",
)


def variable(key: SecretKey) -> str:
    """Return the name of the environment variable that may hold the value of *key*."""
    return "K8SGEN_SECRET_" + re.sub(r"[^A-Z0-9]", "_", key.name.upper())


def read_file(stream: IO[str] | None, needs: Needs) -> dict[str, str]:
    """Read the values in *stream*; messages name keys and lines, never values."""
    if stream is None:
        return {}
    file = getattr(stream, "name", "standard input")
    hint = "write SECRET/KEY: VALUE, one a line"
    try:
        body: Any = yaml.safe_load(stream)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{file}, line {line}: not YAML", hint=hint) from None
    if not isinstance(body, Mapping):
        raise UsageError(f"{file}: not a mapping", hint=hint)
    for name, value in body.items():
        if needs.find(str(name)) is None:
            known = ", ".join(key.name for key in needs.every_key())
            raise UsageError(f"{file}: there is no key {name}", hint=f"there is: {known}")
        if not isinstance(value, str):
            raise UsageError(f"{file}: the value of {name} is not a string", hint="quote it")
    return dict(body)


def is_terminal() -> bool:
    """Return whether there is a person to prompt."""
    return sys.stdin.isatty()


def collect(keys: Iterable[SecretKey], brought: Mapping[str, str]) -> dict[str, str]:
    """
    Collect the value of each of *keys* that has to be given.

    Raises:
        SecretsError: There is nobody to prompt; names every key that is missing.
    """
    values = dict(brought)
    asked = []
    for key in keys:
        if isinstance(key.recipe, Given) and key.name not in values:
            found = os.environ.get(variable(key))
            if found:
                values[key.name] = found
            else:
                asked.append(key)
    if asked and not is_terminal():
        raise _nobody_to_ask(asked)
    for key in asked:
        values[key.name] = click.prompt(_question(key), hide_input=True, err=True)
    return values


def _question(key: SecretKey) -> str:
    assert isinstance(key.recipe, Given)  # noqa: S101  (only those are asked for)
    return f"{key.name} ({key.recipe.hint})"


def _nobody_to_ask(keys: Iterable[SecretKey]) -> SecretsError:
    names = ", ".join(key.name for key in keys)
    variables = ", ".join(variable(key) for key in keys)
    hint = f"set {variables}, or pass them with --given FILE, or run it in a terminal"
    return SecretsError(f"values have to be given for: {names}", hint=hint)
