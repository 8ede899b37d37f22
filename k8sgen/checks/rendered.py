"""Rendered: the manifests of one environment, as the rules read them."""

from __future__ import annotations

import attrs

from k8sgen.checks.context import Context
from k8sgen.kubernetes.manifests import Manifests


@attrs.frozen(slots=False, eq=False)
class Rendered(Manifests):
    """The manifests of one environment, with what else is known."""

    context: Context = attrs.field(factory=Context, kw_only=True)
