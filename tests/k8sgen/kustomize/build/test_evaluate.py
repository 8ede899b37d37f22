"""Building without kustomize, and the proof."""

from __future__ import annotations

import pytest

from k8sgen.kustomize.build.errors import BuildError
from k8sgen.kustomize.build.evaluate import evaluate, prove

BASE = {
    "base/kustomization.yaml": "resources:\n- cm.yaml\n",
    "base/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n",
}
OVERLAY = {
    **BASE,
    "over/kustomization.yaml": "resources:\n- ../base\nnamespace: n\npatches:\n- path: p.yaml\n",
    "over/p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: w\n",
}
BUILT = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "a", "namespace": "n"},
    "data": {"k": "w"},
}


class TestEvaluate:
    """Building in process."""

    def test_patches_then_fields(self) -> None:
        """
        A patch names what it meets as the base has it.
        """
        assert evaluate(OVERLAY, "over") == [BUILT]

    def test_folders_of_folders(self) -> None:
        """
        An environment is one kustomization over its services.
        """
        assert evaluate({**OVERLAY, "kustomization.yaml": "resources:\n- over\n"}, ".") == [BUILT]

    @pytest.mark.parametrize(
        ("path", "text", "problem"),
        [
            (
                "over/kustomization.yaml",
                "resources:\n- ../none\n",
                "none/kustomization.yaml does not",
            ),
            ("over/kustomization.yaml", "namePrefix: x\n", "the field 'namePrefix'"),
            (
                "over/kustomization.yaml",
                "resources:\n- ../base\n- ../base/cm.yaml\n",
                "two manifests",
            ),
            ("over/p.yaml", "apiVersion: v1\nkind: X\nmetadata:\n  name: a\n", "meets 0 manifests"),
            (
                "over/kustomization.yaml",
                "resources:\n- ../base\nreplicas:\n- name: a\n  count: 1\n",
                "no workload",
            ),
            *(
                ("over/kustomization.yaml", text, "of a form that k8sgen never writes")
                for text in ("[]", "", "resources: 1\n", "replicas: [{}]\n", "resources: ['']\n")
            ),
        ],
    )
    def test_what_kustomize_refuses_is_refused(self, path: str, text: str, problem: str) -> None:
        """
        And what k8sgen never writes.
        """
        with pytest.raises(BuildError, match=problem):
            evaluate({**OVERLAY, path: text}, "over")


class TestProve:
    """The proof."""

    def test_nothing_is_proved_of_equals(self) -> None:
        """
        No mismatch is the proof.
        """
        assert prove(OVERLAY, "over", [BUILT]) == []

    def test_every_manifest_counts(self) -> None:
        """
        What differs, what is missing, what is too much.
        """
        other = {**BUILT, "metadata": {"name": "b"}}

        assert [
            str(m)[:82] for m in prove(OVERLAY, "over", [{**BUILT, "data": {"k": "x"}}, other])
        ] == [
            "ConfigMap a in n (v1): data.k: 'w' instead of 'x'",
            "ConfigMap b in default (v1): .: nothing instead of {'apiVersion': 'v1', 'kind': 'C",
        ]
        assert len(prove(OVERLAY, "over", [])) == 1
