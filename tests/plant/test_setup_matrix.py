"""Tests of linewright.plant.setups.matrix."""

import math

import pytest

from linewright.plant.setups.matrix import (
    ANY,
    UNKNOWN,
    SetupEntry,
    SetupRules,
    SetupsInvalid,
    compile_setups,
    holes,
    triangle_violations,
    unused_keys,
)

SECOND_NS = 1_000_000_000


def _entries(*cells: tuple[str, str, float]) -> tuple[SetupEntry, ...]:
    return tuple(SetupEntry(from_key=a, to_key=b, setup_s=s) for a, b, s in cells)


def test_the_more_exact_entry_wins() -> None:
    """Exact goes before to-any, to-any before from-any, that before any-any and the default."""
    order = [("a", "b", 1.0), ("a", ANY, 2.0), (ANY, "b", 3.0), (ANY, ANY, 4.0)]
    for index, (_, _, seconds) in enumerate(order):
        entries = _entries(*reversed(order[index:]))
        rules = SetupRules(name="press", entries=entries, default_s=5.0)
        matrix = compile_setups(rules, ("a", "b"))
        assert matrix.between_ns("a", "b") == seconds * SECOND_NS
    only_default = compile_setups(SetupRules(name="press", default_s=5.0), ("a", "b"))
    assert only_default.between_ns("a", "b") == 5 * SECOND_NS


def test_a_key_to_itself_is_no_change_over() -> None:
    """Wildcards and the default do not count on the diagonal; an exact entry does."""
    entries = _entries(("a", ANY, 9.0), (ANY, "a", 9.0), ("b", "b", 2.0))
    rules = SetupRules(name="press", entries=entries, default_s=9.0, same_s=0.5)
    matrix = compile_setups(rules, ("a", "b", "c"))
    diagonal = [matrix.rows_ns[at][at] for at in range(3)]
    assert diagonal == [SECOND_NS // 2, 2 * SECOND_NS, SECOND_NS // 2]


def test_from_an_unknown_setup_the_order_is_entry_any_first_longest() -> None:
    """Entry, then `unknown -> any`, then `first_s`, then the longest set-up to the key."""
    cells = [("a", "b", 7.0), ("b", "a", 3.0)]
    plain = SetupRules(name="press", entries=_entries(*cells))
    assert compile_setups(plain, ("a", "b")).first_ns == (3 * SECOND_NS, 7 * SECOND_NS)
    told = SetupRules(name="press", entries=_entries(*cells), first_s=4.0)
    assert compile_setups(told, ("a", "b")).first_ns == (4 * SECOND_NS, 4 * SECOND_NS)
    wild = SetupRules(name="press", entries=_entries(*cells, (UNKNOWN, ANY, 5.0)), first_s=4.0)
    assert compile_setups(wild, ("a", "b")).first_ns == (5 * SECOND_NS, 5 * SECOND_NS)
    exact = SetupRules(
        name="press", entries=_entries(*cells, (UNKNOWN, ANY, 5.0), (UNKNOWN, "b", 6.0))
    )
    assert compile_setups(exact, ("a", "b")).between_ns(UNKNOWN, "b") == 6 * SECOND_NS


def test_holes_are_listed_and_refused() -> None:
    """Without a default the missing cells are named, in order, and nothing is compiled."""
    rules = SetupRules(name="press", entries=_entries(("a", ANY, 1.0), ("b", "c", 1.0)))
    missing = (("b", "a"), ("c", "a"), ("c", "b"))
    assert holes(rules, ("a", "b", "c")) == missing
    with pytest.raises(SetupsInvalid, match="3 set-ups have no time, such as b -> a") as caught:
        compile_setups(rules, ("a", "b", "c"))
    assert caught.value.cells == missing


def test_entries_of_other_keys_are_left_aside_and_listed() -> None:
    """One table may serve several lines; a slip in a key shows as unused."""
    entries = _entries(("stel", ANY, 1.0), ("steel", "brass", 2.0), (ANY, "steel", 3.0))
    rules = SetupRules(name="press", entries=entries)
    assert unused_keys(rules, ("steel", "brass")) == ("stel",)
    assert compile_setups(rules, ("steel", "brass")).between_ns("brass", "steel") == 3 * SECOND_NS


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        (("a", "a"), "a key is given twice"),
        (("a", ANY), "any and unknown are no keys"),
        ((UNKNOWN,), "any and unknown are no keys"),
        (tuple(str(n) for n in range(1001)), "1001 keys"),
    ],
)
def test_keys_are_checked(keys: tuple[str, ...], what: str) -> None:
    """Keys come once, are no wildcards, and are bounded in number."""
    with pytest.raises(SetupsInvalid, match=what):
        compile_setups(SetupRules(name="press", default_s=1.0), keys)


@pytest.mark.parametrize("seconds", [-1.0, math.nan, math.inf, 30 * 86_400.0 + 1])
def test_a_time_that_cannot_be_is_refused(seconds: float) -> None:
    """Times lie within 0 to 30 days wherever they are given."""
    with pytest.raises(SetupsInvalid, match="is no set-up time") as caught:
        SetupRules(name="press", entries=_entries(("a", "b", seconds)))
    assert caught.value.cells == (("a", "b"),)
    with pytest.raises(SetupsInvalid, match="is no set-up time"):
        SetupRules(name="press", same_s=seconds)


def test_rules_that_cannot_be_are_refused() -> None:
    """A pair comes once, nothing sets up to unknown, and an attribute belongs to its key."""
    with pytest.raises(SetupsInvalid, match="a -> b is given twice; keep one"):
        SetupRules(name="press", entries=_entries(("a", "b", 1.0), ("a", "b", 2.0)))
    with pytest.raises(SetupsInvalid, match="a -> unknown sets up to nothing"):
        SetupRules(name="press", entries=_entries(("a", UNKNOWN, 1.0)))
    with pytest.raises(SetupsInvalid, match="attribute and key do not fit"):
        SetupRules(name="press", keyed_by="attribute")
    assert SetupRules(name="press", keyed_by="attribute", attribute="colour").attribute == "colour"


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    """Asking for a key that the matrix lacks names the nearest one."""
    matrix = compile_setups(SetupRules(name="press", default_s=1.0), ("steel", "brass"))
    with pytest.raises(SetupsInvalid, match="no key is called stel; ask for steel"):
        matrix.between_ns("stel", "brass")
    with pytest.raises(SetupsInvalid, match="no key is called brss; ask for brass"):
        matrix.between_ns(UNKNOWN, "brss")


def test_a_matrix_may_be_empty() -> None:
    """Without keys there is a matrix without rows."""
    matrix = compile_setups(SetupRules(name="press"), ())
    assert (matrix.rows_ns, matrix.first_ns) == ((), ())


def test_detours_are_given_by_saving() -> None:
    """The largest saving comes first, with its times, and no more than asked."""
    cells = [("a", "b", 10.0), ("a", "c", 2.0), ("c", "b", 3.0), ("b", "c", 9.0)]
    rules = SetupRules(name="press", entries=_entries(*cells), default_s=4.0)
    found = triangle_violations(compile_setups(rules, ("a", "b", "c")))
    assert [str(detour) for detour in found] == [
        "a -> c -> b takes 5 s, directly 10 s",
        "b -> a -> c takes 6 s, directly 9 s",
    ]
    assert triangle_violations(compile_setups(rules, ("a", "b", "c")), limit=1) == found[:1]
