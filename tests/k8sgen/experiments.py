"""Composes an environment of a project with other overrides, in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml


def main() -> None:
    """
    Compose once for each override of one setting, and print all manifests after each.

    Reads `{root, environment, overrides: [[setting, value]]}`; prints a list of
    `{KIND/NAME: manifest}`, or of the message that refuses the override.
    """
    from k8sgen.tools import node  # noqa: PLC0415

    node.prepare()
    from k8sgen.kubernetes.manifest import label  # noqa: PLC0415
    from k8sgen.project import project  # noqa: PLC0415
    from k8sgen.project.compose import compose  # noqa: PLC0415

    asked = json.load(sys.stdin)
    root, name = Path(asked["root"]), asked["environment"]
    file = root / "environments" / f"{name}.yaml"
    before = file.read_text("utf-8")
    answers: list[Any] = []
    for setting, value in asked["overrides"]:
        overrides = yaml.safe_load(before) or {}
        *groups, last = setting.split(".")
        group_ = overrides
        for group in groups:
            group_ = group_.setdefault(group, {})
        group_[last] = value
        file.write_text(yaml.safe_dump(overrides), "utf-8")
        try:
            found = project.load(root, [name])
            made = compose(found.stack, found.environments[name], found.root)
        except Exception as error:  # an override that is refused says nothing
            answers.append(str(error))
        else:
            titles = map(label, made.bodies())
            answers.append(dict(zip(titles, made.bodies(), strict=True)))
    file.write_text(before, "utf-8")
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
