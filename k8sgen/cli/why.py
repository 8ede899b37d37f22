"""`why`: where a value comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from k8sgen.cli.output import as_json, print_json, print_table
from k8sgen.why.explain import Answer
from k8sgen.why.why import why

_MARK = {True: "→", False: " "}


@click.command("why")
@click.argument("environment", metavar="ENV")
@click.argument("resource", metavar="[KIND/NAME]", default="")
@click.argument("field", metavar="[FIELD]", default="")
@as_json
@click.pass_obj
def command(root: Path, environment: str, resource: str, field: str, as_json: bool) -> None:
    """Show which settings move FIELD, and the lines that set them; every field when none is named.

    FIELD is written as spec.replicas or spec.template.spec.containers[backend].image. The arrow
    marks what decides. The last line is the file of dist/ that carries the field.
    """
    answers = why(root, environment, resource, field)
    if as_json:
        print_json([_report(answer) for answer in answers])
    elif len(answers) == 1:
        _print(answers[0])
    else:
        start = 1 if resource else 0
        rows = ([answer.resource, *_cells(answer)][start:] for answer in answers)
        print_table(("resource", "field", "value", "decided at", "settings")[start:], rows)


def _cells(answer: Answer) -> list[str]:
    place = str(answer.decision.location)
    return [answer.field, _value(answer.value), place, ", ".join(answer.settings)]


def _report(answer: Answer) -> dict[str, Any]:
    links = [
        {
            "word": link.word,
            "file": link.location.file.as_posix(),
            "line": link.location.line,
            "name": link.name,
            "text": link.text,
            "decides": link.decides,
        }
        for link in answer.links
    ]
    return {
        "resource": answer.resource,
        "field": answer.field,
        "value": answer.value,
        "settings": answer.settings,
        "links": links,
    }


def _print(answer: Answer) -> None:
    click.echo(f"{answer.field}: {_value(answer.value)}")
    width = max(len(str(link.location)) for link in answer.links)
    for link in answer.links:
        place = str(link.location).ljust(width)
        click.echo(f"{_MARK[link.decides]} {place}  {link.word:11}  {link.text}".rstrip())


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
