"""How hypothesis looks for counterexamples: a slow machine is none."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("k8sgen", deadline=None)
settings.load_profile("k8sgen")
