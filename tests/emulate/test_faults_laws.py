"""Laws of the way: however time is cut, the same comes out, and nothing gets lost on the way."""

import itertools

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.emulate.faults.way import Carried
from linewright.emulate.machines import Sample
from tests.emulate.faulty import DRAG, EVENTS, GOOD, START_NS, TEMP, S, begun, way

END_S = 300

SAMPLES = st.lists(
    st.tuples(
        st.sampled_from([TEMP, GOOD, DRAG]),
        st.integers(0, (END_S - 1) * 1000),
        st.integers(0, 5),
    ),
    max_size=60,
).map(lambda found: [Sample(tag, START_NS + ms * S // 1000, value) for tag, ms, value in found])

CUTS = st.lists(st.integers(1, END_S * 1000 - 1), max_size=12, unique=True).map(sorted)

WAY = way(EVENTS)


def cut(samples: list[Sample], cuts: list[int], *, is_kept: bool = False) -> list[Sample]:
    """Return what comes out when time is cut in pieces, kept on disk between them or not."""
    carried, out = begun(), list[Sample]()
    for end_ms in (*cuts, 2 * END_S * 1000):
        until_ns = START_NS + end_ms * S // 1000
        own = [one for one in samples if carried.t_ns < one.t_ns <= until_ns]
        carried, found = WAY.carry(carried, own, until_ns)
        out += found
        if is_kept:
            data = msgspec.msgpack.encode(carried, enc_hook=str)
            carried = msgspec.msgpack.decode(data, type=Carried, dec_hook=lambda t, x: t(x))
    return out


@settings(max_examples=60, deadline=None)
@given(SAMPLES, CUTS)
def test_the_cut_of_time_changes_nothing(samples: list[Sample], cuts: list[int]) -> None:
    """In pieces, with the state kept on disk between them, the same comes out in the same order."""
    assert cut(samples, cuts, is_kept=True) == cut(samples, [])


@settings(max_examples=60, deadline=None)
@given(SAMPLES)
def test_what_goes_in_comes_out_once(samples: list[Sample]) -> None:
    """Late, lost, doubled or stored: in true order, an edge node's changes are what it measured."""
    measured = [one.value for one in sorted(samples, key=lambda one: one.t_ns) if one.tag == DRAG]
    changes = [value for value, _ in itertools.groupby(measured)]
    found = [one for one in cut(samples, []) if one.tag == DRAG and one.fate != "again"]
    assert [one.value for one in sorted(found, key=lambda one: one.really_ns)] == changes
