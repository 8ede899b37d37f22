"""Composes one resource of changed copies of a project, in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Read `{root, environment, title, changes: [{file, text}]}`, and print the body after each."""
    from k8sgen.tools import node  # noqa: PLC0415

    node.prepare()
    from k8sgen.project import project  # noqa: PLC0415
    from k8sgen.project.compose import compose  # noqa: PLC0415

    asked = json.load(sys.stdin)
    root = Path(asked["root"])
    bodies: list[Any] = []
    for change in asked["changes"]:
        file = root / change["file"]
        before = file.read_text("utf-8")
        file.write_text(change["text"], "utf-8")
        try:
            found = project.load(root, [asked["environment"]])
            made = compose(found.stack, found.environments[asked["environment"]], found.root)
            titles = {
                f"{r.body['kind']}/{r.body['metadata']['name']}": r.body for r in made.resources
            }
            bodies.append(titles.get(asked["title"]))
        except Exception as error:  # a change that is refused says nothing
            bodies.append(str(error))
        finally:
            file.write_text(before, "utf-8")
    json.dump(bodies, sys.stdout)


if __name__ == "__main__":
    main()
