"""Run the rules over one environment, and set aside what is waived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8sgen.checks.catalog import BY_ID, RULES
from k8sgen.checks.context import Context, Origin
from k8sgen.checks.finding import Finding, Report, Waived
from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, Rule, nearest
from k8sgen.checks.rules.schemas import schema
from k8sgen.checks.waiver import Waiver
from k8sgen.kubernetes.manifest import Body, identity, label

_NOWHERE = Origin(service="", path="")
SCHEMA = schema.id
WAIVER = "waiver"
"""The id of the findings about waivers themselves."""


def check(manifests: Sequence[Body], context: Context, rules: Sequence[Rule] = RULES) -> Report:
    """
    Check the manifests of one environment against all rules at once.

    Raises:
        UsageError: There are no schemas of the cluster's version, or of Kubernetes at all.
    """
    rendered = Rendered(manifests, context=context)
    findings = list(dict.fromkeys(_found(rendered, rules)))
    kept: list[Finding] = []
    waived: list[Waived] = []
    used: set[Waiver] = set()
    for finding, service in findings:
        waiver = next((w for w in context.waivers if _covers(w, finding, service)), None)
        if waiver:
            used.add(waiver)
            waived.append(Waived(finding=finding, reason=waiver.reason))
        else:
            kept.append(finding)
    kept += _idle(context, used)
    return Report(waived=tuple(waived)).with_findings(kept)


def _found(rendered: Rendered, rules: Sequence[Rule]) -> Iterator[tuple[Finding, str]]:
    misshapen = False
    for each in rules:
        try:
            issues = list(each.check(rendered))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            if not misshapen:
                raise
            continue  # the finding about the schema names the cause already
        misshapen = misshapen or (each.id == SCHEMA and bool(issues))
        for issue in issues:
            origin = _origin(rendered.context, issue.manifest)
            yield _finding(each, issue, rendered.context, origin), origin.service


def _origin(context: Context, manifest: Body | None) -> Origin:
    return context.origins.get(identity(manifest), _NOWHERE) if manifest else _NOWHERE


def _finding(rule: Rule, issue: Issue, context: Context, origin: Origin) -> Finding:
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=issue.message,
        hint=issue.hint or rule.fix,
        environment=context.environment,
        resource=label(issue.manifest) if issue.manifest else "",
        path=origin.path,
        location=origin.location,
    )


def _covers(waiver: Waiver, finding: Finding, service: str) -> bool:
    kind, _, name = finding.resource.partition("/")
    return (
        waiver.rule == finding.rule
        and waiver.service == service
        and waiver.kind in (None, kind)
        and waiver.name in (None, name)
    )


def _idle(context: Context, used: set[Waiver]) -> Iterator[Finding]:
    """Report the waivers that waive nothing, so that none outlives its reason."""
    for waiver in context.waivers:
        if waiver in used:
            continue
        known = waiver.rule in BY_ID
        message = f"{waiver.service} waives {waiver.rule!r}, "
        yield Finding(
            rule=WAIVER,
            severity="warning" if known else "error",
            message=message + ("which finds nothing here" if known else "which is not a rule"),
            hint="remove the waiver" if known else nearest(waiver.rule, BY_ID),
            environment=context.environment,
            location=waiver.location,
        )
