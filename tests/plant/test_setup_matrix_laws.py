"""Laws of linewright.plant.setups.matrix."""

from itertools import permutations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.plant.setups.matrix import (
    ANY,
    UNKNOWN,
    SetupEntry,
    SetupMatrix,
    SetupRules,
    compile_setups,
    holes,
    triangle_violations,
)

KEYS = ("a", "b", "c", "d")
MILLIS = st.integers(0, 100_000)
CELLS = st.tuples(st.sampled_from([*KEYS, ANY, UNKNOWN]), st.sampled_from([*KEYS, ANY]))


@st.composite
def rules(draw: st.DrawFn) -> SetupRules:
    """Draw a table with some entries, wildcards and fall-backs; times in whole ms."""
    times = draw(st.dictionaries(CELLS, MILLIS, max_size=12))
    entries = tuple(
        SetupEntry(from_key=one, to_key=two, setup_s=ms / 1000) for (one, two), ms in times.items()
    )
    default_ms, first_ms = (draw(st.one_of(st.none(), MILLIS)) for _ in range(2))
    return SetupRules(
        name="press",
        entries=entries,
        default_s=None if default_ms is None else default_ms / 1000,
        first_s=None if first_ms is None else first_ms / 1000,
        same_s=draw(MILLIS) / 1000,
    )


def _expected_s(table: SetupRules, one: str, two: str) -> float | None:
    """Rank every entry that fits by how much of it is exact, the start before the end."""
    ranked = sorted(
        ((entry.from_key == one, entry.to_key == two), entry.setup_s)
        for entry in table.entries
        if entry.from_key in (one, ANY) and entry.to_key in (two, ANY)
    )
    if one == two:
        exact = [seconds for rank, seconds in ranked if rank == (True, True)]
        return exact[0] if exact else table.same_s
    return ranked[-1][1] if ranked else table.default_s


@settings(deadline=None)
@given(rules())
def test_every_cell_is_the_most_exact_entry(table: SetupRules) -> None:
    """Holes and times agree with ranking all entries that fit."""
    expected = {(one, two): _expected_s(table, one, two) for one, two in product(KEYS, KEYS)}
    missing = tuple(cell for cell, seconds in expected.items() if seconds is None)
    assert holes(table, KEYS) == missing
    if missing:
        return
    matrix = compile_setups(table, KEYS)
    for (one, two), seconds in expected.items():
        assert seconds is not None
        assert matrix.between_ns(one, two) == round(seconds * 1000) * 1_000_000


@st.composite
def matrices(draw: st.DrawFn) -> SetupMatrix:
    """Draw a matrix of four keys with small times, so that sums often tie."""
    row = st.tuples(*[st.integers(0, 9)] * 4)
    rows = draw(st.tuples(row, row, row, row))
    return SetupMatrix(name="press", keys=KEYS, rows_ns=rows, first_ns=(0,) * 4)


@settings(deadline=None)
@given(matrices())
def test_detours_are_all_pairs_that_a_third_key_shortens(matrix: SetupMatrix) -> None:
    """Each violating pair comes once with its shortest detour, by falling saving."""
    best: dict[tuple[str, str], int] = {}
    for one, via, two in permutations(KEYS, 3):
        length_ns = matrix.between_ns(one, via) + matrix.between_ns(via, two)
        if length_ns < matrix.between_ns(one, two):
            best[one, two] = min(best.get((one, two), length_ns), length_ns)
    found = triangle_violations(matrix)
    assert {(d.from_key, d.to_key): d.detour_ns for d in found} == best
    savings = [d.direct_ns - d.detour_ns for d in found]
    assert savings == sorted(savings, reverse=True)
    for d in found:
        assert d.direct_ns == matrix.between_ns(d.from_key, d.to_key)
        via_ns = matrix.between_ns(d.from_key, d.via_key) + matrix.between_ns(d.via_key, d.to_key)
        assert via_ns == d.detour_ns
