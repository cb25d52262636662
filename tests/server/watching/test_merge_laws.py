"""Laws of merge patches over generated values."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from linewright.server.watching.merge import (
    UNCHANGED,
    NotOnePatch,
    composed,
    difference,
    merged,
    without_null,
)

KEYS = st.sampled_from(["a", "b", "c"])
PLAIN = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "x"])
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
).map(without_null)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=3).map(without_null)


def _after(value: Any, patch: Any) -> Any:  # noqa: ANN401  # JSON
    return value if patch is UNCHANGED else merged(value, patch)


@given(OBJECTS, OBJECTS)
def test_a_difference_applied_gives_the_later_value(before: Any, after: Any) -> None:  # noqa: ANN401  # JSON
    """`merged(before, difference(before, after))` is `after`, for all values without null."""
    assert _after(before, difference(before, after)) == after


@given(OBJECTS, OBJECTS, OBJECTS)
def test_a_composed_patch_does_what_two_do(one: Any, two: Any, three: Any) -> None:  # noqa: ANN401  # JSON
    """Where two patches can be composed, the composed one leads from the first to the third."""
    first, then = difference(one, two), difference(two, three)
    if UNCHANGED in (first, then):
        return
    try:
        both = composed(first, then)
    except NotOnePatch:
        return
    assert merged(one, both) == three


@given(OBJECTS)
def test_nothing_has_changed_between_a_value_and_itself(value: Any) -> None:  # noqa: ANN401  # JSON
    """The difference of a value to itself is nothing."""
    assert difference(value, value) is UNCHANGED
