"""Gaps are as wide as what is not known, and never two for one."""

from linewright.connectors.feeding.gaps import Window, gap_of, margin_ns, not_before
from linewright.connectors.sources import Endpoint, Source
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason

SAW = Address("nogales/machining/bracket/saw")
SOURCE = Source(name="saw", address=SAW, endpoint=Endpoint(url="opc.tcp://a"), points=())


def gap(from_ns: int, until_ns: int) -> Gap:
    """A gap of the saw."""
    window = Window(from_ns=from_ns, until_ns=until_ns, reason=GapReason.STOPPED)
    return gap_of(SOURCE, window, epoch=5, seen_ns=1, plant_rev="r1")


def test_a_gap_never_ends_before_it_begins() -> None:
    """A plant whose clock began anew gives an empty gap, not a refused record."""
    assert (gap(9, 5).t_ns, gap(9, 5).until_ns) == (9, 9)
    assert gap(-5, 5).t_ns == 0


def test_the_margin_grows_with_the_speed_and_never_vanishes() -> None:
    """All of it is wall time; a plant that stands still has the margin of a real one."""
    assert margin_ns(0.1, 1.0) == 600_000_000
    assert margin_ns(0.1, 10.0) == 6_000_000_000
    assert margin_ns(0.1, 0.0) == margin_ns(0.1, 1.0)


def test_the_same_gap_begun_twice_is_revised() -> None:
    """A connector that died behind a gap tells the longer one as its next revision."""
    again = not_before(gap(1, 9), gap(1, 5))
    assert (again.id, again.rev, again.until_ns) == (gap(1, 5).id, 1, 9)
    assert not_before(gap(2, 9), gap(1, 5)).rev == 0
    assert not_before(gap(1, 3), gap(1, 5)).until_ns == 5
