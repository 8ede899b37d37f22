"""The contract of an environment: the keys that its services declare and its manifests use."""

from __future__ import annotations

from k8sgen.errors import Location
from k8sgen.project.compose import Composition
from k8sgen.project.stdout import to_stderr
from k8sgen.secrets.contract.needs import Needed, Needs
from k8sgen.secrets.contract.references import references


@to_stderr()
def needs(composition: Composition) -> Needs:
    """Collect what the services of *composition* declare and what its manifests use."""
    stack = composition.stack
    secrets = {
        service.name: Needed(
            name=service.name,
            keys=dict(service.secrets),
            labels={**service.labels(), **stack.common_labels()},
            location=_location(composition, service.name),
        )
        for service in stack.services
        if service.secrets
    }
    return Needs(
        environment=composition.environment.name,
        namespace=stack.namespace_name or "",
        recipients=tuple(composition.environment.recipients),
        secrets=secrets,
        references=tuple(references(composition.bodies())),
    )


def _location(composition: Composition, service: str) -> Location | None:
    traces = (r.trace for r in composition.resources if r.service == service and r.trace)
    return next((trace[0] for trace in traces), None)
