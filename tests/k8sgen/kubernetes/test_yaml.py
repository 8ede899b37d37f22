"""Manifests survive YAML, whoever reads it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.errors import ProjectError
from k8sgen.kubernetes.yaml import ambiguous, from_yaml, to_yaml

TEXTS = st.text() | st.text(
    st.sampled_from(" \n\t:#-'\"|>[]{}&*!%@`\\019eExo._+~yYnNaé🎉\u2028\x85")
)
VALUES = st.recursive(
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)

MISREAD = """
1e3 0o17 12e4567 on y N yes off 0755 1:30 1:30:00.5 ~ null Null .inf -.INF .nan 0x1F 0b1 1_000 = <<
2001-01-01 2001-12-14t21:59:43.10-05:00 true True 1. .5 +1 -0 1e+06 8f2e1a 1.36
"""
PLAIN = """
100m 1Gi 12h --config=/etc/x.yaml /healthz app.kubernetes.io/name 10.0.0.0/8 $(A)/x a:b it's
ghcr.io/acme/app:1.4.2 postgresql://u:p@host:5432/db RuntimeDefault a$IFS
"""


class TestToYaml:
    """Writing."""

    @given(st.dictionaries(TEXTS, VALUES, max_size=5))
    def test_what_is_written_is_read_again(self, body: dict[str, Any]) -> None:
        """
        Our reader and PyYAML's, which is one of YAML 1.1, find what was written.
        """
        text = to_yaml(body)

        assert [body] == from_yaml(text)
        assert body == yaml.safe_load(text)

    @given(st.lists(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3), min_size=1, max_size=3))
    def test_documents_do_not_run_into_each_other(self, bodies: list[dict[str, Any]]) -> None:
        """
        A stream has as many documents as it was made of.
        """
        assert bodies == from_yaml(to_yaml(bodies))

    @pytest.mark.parametrize("text", MISREAD.split())
    def test_strings_that_look_like_something_else_are_quoted(self, text: str) -> None:
        """
        In quotes, so that no reader has a choice.
        """
        assert to_yaml({"a": text}) in (f'a: "{text}"\n', f"a: '{text}'\n")
        assert to_yaml({text: 1}) in (f'"{text}": 1\n', f"'{text}': 1\n")

    @pytest.mark.parametrize("text", PLAIN.split())
    def test_plain_strings_stay_plain(self, text: str) -> None:
        """
        Quotes only where they help.
        """
        assert f"a: {text}\n" == to_yaml({"a": text})

    def test_lines_are_a_block(self) -> None:
        """
        A configuration file can be read in its manifest; what a block would lose is quoted.
        """
        assert to_yaml({"a": "x = 1\n\ny = 2\n"}) == "a: |\n  x = 1\n\n  y = 2\n"
        assert to_yaml({"a": "x\ny"}) == "a: |-\n  x\n  y\n"
        assert to_yaml({"a": "x \ny\n"}) == 'a: "x \\ny\\n"\n'

    def test_a_value_used_twice_is_written_twice(self) -> None:
        """
        There are no anchors to look up.
        """
        shared = {"app": "web"}

        assert to_yaml({"a": shared, "b": [shared]}) == "a:\n  app: web\nb:\n- app: web\n"

    def test_lists_begin_under_their_key(self) -> None:
        """
        As kustomize and kubectl write them.
        """
        body = {"a": [{"b": [1, []], "c": {}}, [2, [3]]]}

        assert to_yaml(body) == "a:\n- b:\n  - 1\n  - []\n  c: {}\n- - 2\n  - - 3\n"

    @pytest.mark.parametrize("value", [datetime.date(2026, 1, 1), {1: 2}, {"a": {1}}, float("inf")])
    def test_what_kubernetes_has_no_word_for_is_an_error(self, value: Any) -> None:
        """
        Rather than a guess.
        """
        with pytest.raises(TypeError):
            to_yaml({"a": value})


class TestFromYaml:
    """Reading."""

    def test_dates_and_sexagesimals_are_strings(self) -> None:
        """
        Kubernetes has neither.
        """
        assert from_yaml("a: 2001-01-01\nb: 1:30\nc: on\n") == [
            {"a": "2001-01-01", "b": "1:30", "c": "on"}
        ]

    def test_numbers_are_as_go_reads_them(self) -> None:
        """
        With an exponent too large for a number it is none.
        """
        assert from_yaml("[1e3, 12e4567, 0o17, 0755, 0x1F]") == [[1000.0, "12e4567", 15, 493, 31]]

    def test_empty_documents_are_left_out(self) -> None:
        """
        A stream may begin or end with a separator.
        """
        assert from_yaml("---\na: 1\n---\n# nothing\n---\n") == [{"a": 1}]

    def test_an_error_names_file_and_line(self) -> None:
        """
        So that an editor can go there.
        """
        with pytest.raises(ProjectError) as caught:
            from_yaml("a: 1\nb: [\n", source=Path("environments/x.yaml"))

        assert str(caught.value).startswith("environments/x.yaml:3: not valid YAML: ")


@given(st.text(st.sampled_from("0123456789.:eExXo_+-abfinyNT tZ"), min_size=1))
def test_whatever_pyyaml_or_go_reads_as_no_string_is_ambiguous(text: str) -> None:
    """
    `ambiguous` errs only to the side of quotes.
    """
    for read in (yaml.safe_load, lambda source: from_yaml(source)[0]):
        try:
            value = read(text)
        except (yaml.YAMLError, ProjectError, IndexError):
            continue
        if value is not None and not isinstance(value, str | dict | list):
            assert ambiguous(text.strip())


@pytest.mark.parametrize("text", ["~", "null", "Null", "NULL"])
def test_a_word_for_null_is_ambiguous(text: str) -> None:
    """
    Without quotes it is no string, so kustomize's `images` must not set it.
    """
    assert yaml.safe_load(text) is None
    assert ambiguous(text)
