"""`inspect` sees the parameters of a construct, whatever jsii's metaclass does."""

from __future__ import annotations

import inspect

import pytest

from k8sgen import Deployment, Endpoint, Manifest, Service, ServiceSettings, Stack


class Mailer(Service):
    """A service that needs more than its settings."""

    def __init__(self, scope: Stack, settings: ServiceSettings, *, queue: Endpoint) -> None:
        super().__init__(scope, settings, given=[queue])


@pytest.mark.parametrize("construct", [Service, Stack, Manifest, Deployment, Mailer])
def test_the_signature_of_a_construct_is_that_of_its_init(construct: type) -> None:
    """Of its own, where a class extends another."""
    shown = inspect.signature(construct).parameters
    assert ["self", *shown] == list(inspect.signature(vars(construct)["__init__"]).parameters)


def test_a_parameter_keeps_its_kind_and_annotation() -> None:
    """What is to be given by name is shown so."""
    queue = inspect.signature(Mailer).parameters["queue"]
    assert (queue.kind, queue.annotation) == (inspect.Parameter.KEYWORD_ONLY, "Endpoint")
