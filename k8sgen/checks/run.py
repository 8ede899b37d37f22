"""Run the rules over one environment, and set aside what is waived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8sgen.checks.catalog import BY_ID, RULES
from k8sgen.checks.context import Context, Origin
from k8sgen.checks.finding import Finding, Report, Waived
from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, Rule, nearest
from k8sgen.checks.rules import schemas
from k8sgen.checks.schemas import kubernetes
from k8sgen.checks.waiver import Waiver
from k8sgen.kubernetes.manifest import Body, Identity, identity, label
from k8sgen.tools.programs import install

_NOWHERE = Origin(service="", path="")
SCHEMA = schemas.schema.id
WAIVER = "waiver"
"""The id of the findings about waivers themselves."""
MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What a rule raises at a manifest of a form that the API server would refuse."""


UNJUDGED = Rule(
    id="unjudged",
    severity="error",
    demand="Every rule can judge every manifest.",
    fix="give its fields the types that the API reference of its kind names",
    check=lambda _: iter(()),
)


def check(manifests: Sequence[Body], context: Context, rules: Sequence[Rule] = RULES) -> Report:
    """
    Check the manifests of one environment against all rules at once.

    Without the schemas of Kubernetes, the rules that need none judge, and a warning says so.

    Raises:
        UsageError: There are schemas, but none of the cluster's version.
    """
    rendered = Rendered(manifests, context=context)
    missing = kubernetes.missing()
    judged = [each for each in rules if not missing or each not in schemas.RULES]
    findings = list(dict.fromkeys(_found(rendered, judged)))
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
    if len(judged) < len(rules):
        kept.append(_left_out(context, missing))
    return Report(waived=tuple(waived)).with_findings(kept)


def _left_out(context: Context, missing: str) -> Finding:
    """Say what is not checked without the schemas."""
    ids = ", ".join(each.id for each in schemas.RULES)
    return Finding(
        rule=SCHEMA,
        severity="warning",
        message=f"{missing}, so nothing is checked by: {ids}",
        hint=f"get it with: {install('schemas')}",
        environment=context.environment,
    )


def _found(rendered: Rendered, rules: Sequence[Rule]) -> Iterator[tuple[Finding, str]]:
    unjudged: dict[Identity, tuple[Body, list[str]]] = {}
    misfits: list[Body] = []
    for each in rules:
        issues, odd = _issues(each, rendered, misfits)
        misfits += [i.manifest for i in issues if each.id == SCHEMA and i.manifest]
        for body in odd:
            unjudged.setdefault(identity(body), (body, []))[1].append(each.id)
        for issue in issues:
            yield _placed(each, issue, rendered.context)
    for body, ids in unjudged.values():
        message = f"{label(body)}: not judged by {', '.join(ids)}"
        yield _placed(UNJUDGED, Issue(body, message), rendered.context)


def _issues(
    each: Rule, rendered: Rendered, misfits: Sequence[Body]
) -> tuple[list[Issue], list[Body]]:
    """Return what a rule finds, and the manifests that it cannot judge: of *misfits* first."""
    issues = _tried(each, rendered)
    if issues is not None:
        return issues, []
    for odd in _culprits(each, rendered, misfits):
        issues = _tried(each, _without(rendered, odd)) if odd else None
        if issues is not None:
            return issues, list(odd)
    return list(each.check(rendered)), []  # it raises, whatever is left out


def _culprits(each: Rule, rendered: Rendered, misfits: Sequence[Body]) -> Iterator[Sequence[Body]]:
    """Return sets of manifests without one of which the rule may work, the likeliest first."""
    context, bodies = rendered.context, rendered.manifests
    yield [body for body in bodies if _tried(each, Rendered([body], context=context)) is None]
    yield list({id(body): body for body in misfits}.values())
    yield from ([body] for body in bodies)


def _without(rendered: Rendered, odd: Sequence[Body]) -> Rendered:
    rest = [body for body in rendered.manifests if not any(body is each for each in odd)]
    return Rendered(rest, context=rendered.context)


def _tried(each: Rule, rendered: Rendered) -> list[Issue] | None:
    """Return what a rule finds; `None` where it stumbles over a manifest."""
    try:
        return list(each.check(rendered))
    except MISSHAPEN:
        return None


def _placed(each: Rule, issue: Issue, context: Context) -> tuple[Finding, str]:
    origin = _origin(context, issue.manifest)
    return _finding(each, issue, context, origin), origin.service


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
