"""Which selectors find more than others, against all labels."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from k8sgen.kubernetes.selectors import is_wider, matches

KEYS, VALUES = ("a", "b"), ("1", "2", "3")
LABELS = [
    {key: value for key, value in zip(KEYS, values, strict=True) if value}
    for values in product((*VALUES, ""), repeat=len(KEYS))
]
_VALUES = st.lists(st.sampled_from(VALUES), min_size=1, max_size=2, unique=True)
_EXPRESSION = st.one_of(
    st.builds(
        lambda key, operator, values: {"key": key, "operator": operator, "values": values},
        st.sampled_from(KEYS),
        st.sampled_from(["In", "NotIn"]),
        _VALUES,
    ),
    st.builds(
        lambda key, operator: {"key": key, "operator": operator},
        st.sampled_from(KEYS),
        st.sampled_from(["Exists", "DoesNotExist"]),
    ),
)
_SELECTOR = st.fixed_dictionaries(
    {},
    optional={
        "matchLabels": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES)),
        "matchExpressions": st.lists(_EXPRESSION, max_size=2),
    },
)


@given(one=_SELECTOR, other=_SELECTOR)
def test_what_is_wider_finds_all_that_the_other_does(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """
    Of all objects; the converse holds where no key is asked for twice.
    """
    found, narrower = ([matches(each, labels) for labels in LABELS] for each in (one, other))
    contains = all(wide for wide, narrow in zip(found, narrower, strict=True) if narrow)
    if is_wider(one, other):
        assert contains
    keys = [*other.get("matchLabels", {}), *(e["key"] for e in other.get("matchExpressions", []))]
    if len(set(keys)) == len(keys) and contains:
        assert is_wider(one, other) or _says_everything(one)


def _says_everything(selector: dict[str, Any]) -> bool:
    """Whether an expression allows every value that the labels here can have."""
    return any(
        set(e.get("values", [])) >= set(VALUES) for e in selector.get("matchExpressions", [])
    )
