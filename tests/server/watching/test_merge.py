"""Merge patches: what has changed, applied and composed, as RFC 7386 says."""

import pytest

from linewright.server.watching.merge import (
    UNCHANGED,
    NotOnePatch,
    composed,
    difference,
    merged,
    without_null,
)

RFC = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
"""The test cases of appendix A of RFC 7386: original, patch, result."""


@pytest.mark.parametrize(("before", "patch", "after"), RFC)
def test_patches_apply_as_the_standard_says(before: object, patch: object, after: object) -> None:
    """Every test case of RFC 7386 holds, and what it is applied to stays as it is."""
    kept = repr(before)
    assert merged(before, patch) == after
    assert repr(before) == kept


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({"a": 1}, {"a": 1}, UNCHANGED),
        ({"a": 1}, {"a": 1.0}, UNCHANGED),
        ({"a": 1}, {"a": True}, {"a": True}),
        ({"a": [1]}, {"a": [True]}, {"a": [True]}),
        ({"a": 5}, {"a": {}}, {"a": {}}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": None}}),
        ({"a": [None, {"b": None}]}, {"a": [None, {"b": None}]}, UNCHANGED),
    ],
)
def test_what_has_changed(before: object, after: object, patch: object) -> None:
    """Only what differs is told; true is not 1, an empty object is not nothing."""
    assert difference(before, after) == patch


def test_two_patches_that_no_single_one_tells() -> None:
    """What was an object, was taken away and is an object again cannot be told as one patch."""
    for first in ({"a": None}, {"a": 7}, {"a": [1]}):
        with pytest.raises(NotOnePatch):
            composed(first, {"a": {"c": 1}})


def test_null_is_left_out_of_objects_only() -> None:
    """Members that are null go, at every depth; in a list null stands."""
    assert without_null({"a": None, "b": [None, {"c": None}], "d": {"e": None}}) == {
        "b": [None, {"c": None}],
        "d": {},
    }
