"""What people write to ask for a choice."""

import pytest

from linewright.twin.choosing import Limit, SpaceInvalid
from linewright.twin.choosing.phrases import limit, values, weights

NAMES = ["a-b", "b-c", "throughput", "running reno/shop/pump/saw"]
GROUPS = {"buffers": ["a-b", "b-c"]}


@pytest.mark.parametrize(
    ("text", "first", "last", "count", "unit"),
    [
        ("1..20", 1, 20, 20, ""),
        (" 0 .. 20 by 5", 0, 20, 5, ""),
        ("-3..3", -3, 3, 7, ""),
        ("40..60 s by 0.5", 40.0, 60.0, 41, " s"),
        ("40..60s by 5", 40.0, 60.0, 5, " s"),
        ("80..120 % by 10", 80.0, 120.0, 5, " %"),
        ("0.5..1.5 by 0.25", 0.5, 1.5, 5, ""),
        ("1..2 kW", 1.0, 2.0, 101, " kW"),
        ("fifo | edd|spt", "fifo", "spt", 3, ""),
    ],
)
def test_values(text: str, first: object, last: object, count: int, unit: str) -> None:
    """Ranges with steps and units, and choices, are read as written."""
    variable, found = values("x", text)
    assert (variable.value(0), variable.value(variable.count - 1)) == (first, last)
    assert type(variable.value(0)) is type(first)
    assert (variable.count, found) == (count, unit)


@pytest.mark.parametrize(
    "text", ["", "20", "a..b", "1...20", "1..2 s by", "1..2 by s", "5..1", "1.2.3..4"]
)
def test_values_that_are_none(text: str) -> None:
    """What is neither a range nor a choice is refused with how to write one."""
    with pytest.raises(SpaceInvalid):
        values("x", text)


def test_sums() -> None:
    """Weights, signs, names with spaces and groups of names."""
    assert weights("a-b + 2 b-c - 0.5*throughput", NAMES, GROUPS) == {
        "a-b": 1.0,
        "b-c": 2.0,
        "throughput": -0.5,
    }
    assert weights("3 * running reno/shop/pump/saw", NAMES, GROUPS) == {NAMES[3]: 3.0}
    assert weights("buffers + a-b", NAMES, GROUPS) == {"a-b": 2.0, "b-c": 1.0}


def test_a_name_that_is_not_there() -> None:
    """The nearest name is told, else the first of what there is, never thousands of them."""
    many = [f"running reno/shop/pump/m{k}" for k in range(5000)]
    with pytest.raises(SpaceInvalid, match="did you mean `a-b`"):
        weights("a-bb", [*NAMES, *many], GROUPS)
    with pytest.raises(SpaceInvalid, match=r"and 4,989 more$"):
        weights("zzz", many, GROUPS)


def test_limits() -> None:
    """Equal, at most and at least; at least turns the signs round."""
    assert limit("a-b + b-c = 20", NAMES, GROUPS) == Limit({"a-b": 1.0, "b-c": 1.0}, 20.0, True)  # noqa: FBT003  # as told
    assert limit("buffers<=20", NAMES, GROUPS) == Limit({"a-b": 1.0, "b-c": 1.0}, 20.0)
    assert limit("2 a-b >= 3", NAMES, GROUPS) == Limit({"a-b": -2.0}, -3.0)


@pytest.mark.parametrize("text", ["a-b + b-c", "a-b = x", "= 20", "c-d = 3", "a-b + = 3"])
def test_limits_that_are_none(text: str) -> None:
    """A sum without a total, a total without a number, or a name unknown is refused."""
    with pytest.raises(SpaceInvalid):
        limit(text, NAMES, GROUPS)
