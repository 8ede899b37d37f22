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
    What every service can be told; its own settings class adds to it.

    Args:
        image: Of the main container.
        replicas: In pods; left to the autoscaler where there is one.
        autoscaling: `None` keeps the replicas as they are.
        resources: Of the main container.
    """

    image: Image
    replicas: int = attrs.field(default=1, validator=at_least(0))
    autoscaling: Autoscaling | None = None
    resources: Resources = Resources()

    @property
    def least_replicas(self) -> int:
        """The number of pods that run at any time, at least."""
        return self.autoscaling.min_replicas if self.autoscaling else self.replicas
