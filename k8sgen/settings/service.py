"""ServiceSettings: the settings that every service has."""

from __future__ import annotations

import attrs

from k8sgen.settings.autoscaling import Autoscaling
from k8sgen.settings.image import Image
from k8sgen.settings.resources import Resources
from k8sgen.settings.value import Value, at_least


@attrs.frozen(kw_only=True)
class ServiceSettings(Value):
    """
    The settings that every service has; its own settings class adds to them.

    Args:
        image: Of the main container.
        replicas: In pods: a number, or the bounds of an autoscaler.
        resources: Of the main container.
    """

    image: Image
    replicas: int | Autoscaling = attrs.field(default=1, validator=at_least(0))
    resources: Resources = Resources()
