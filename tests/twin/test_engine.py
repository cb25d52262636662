"""Advancing a state."""

import subprocess
import sys

import pytest

from linewright.plant.calendar import working_ns
from linewright.plant.records import TraceKind
from linewright.twin import Ring, TwinFault, advance, begin, outcome
from tests.twin.lines import NS, SIX_NS, bracket, line_of, minutes


def test_neither_numpy_nor_numba_is_loaded_before_it_is_needed() -> None:
    """Importing the twin and running it plainly loads neither."""
    code = (
        "import sys; from tests.twin.lines import line_of; "
        "from linewright.twin import advance, begin, outcome;"
        "m = line_of('9 s'); s = advance(m, begin(m, at_ns=0, seed=1), 90 * 10**9, jit=False);"
        "print(outcome(m, s).good, {'numpy', 'numba'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["10", "set()"]


def test_the_given_state_stays() -> None:
    """Advancing one state twice gives the same twice."""
    model = bracket()
    state = begin(model, at_ns=SIX_NS, seed=5)
    first = advance(model, state, SIX_NS + minutes(60))
    assert state.t_ns == SIX_NS
    assert advance(model, state, SIX_NS + minutes(60)) == first


def test_a_station_that_makes_a_part_each_nanosecond_is_stopped() -> None:
    """Not after the two thousand million events that a long run may have."""
    model = line_of("0.000000001 s")
    with pytest.raises(TwinFault, match=r"20,000,000 events have brought it to 0\.0"):
        advance(model, begin(model, at_ns=0, seed=1), 3600 * NS)


def test_the_clock_ends() -> None:
    """An instant that a clock of 64 bits hardly holds is refused."""
    model = line_of("9 s")
    with pytest.raises(TwinFault, match="plant time ends in 2248"):
        advance(model, begin(model, at_ns=0, seed=1), 9_050_000_000 * NS)


def test_time_does_not_go_back() -> None:
    """An earlier time than the state's is refused, and says by how much."""
    model = line_of("9 s")
    state = begin(model, at_ns=60 * NS, seed=1)
    with pytest.raises(TwinFault, match="20 s later than asked for"):
        advance(model, state, 40 * NS)


def test_working_time_over_several_windows() -> None:
    """Over twelve weeks the line is open as long as the plant's calendar says, to the ns."""
    model = bracket()
    ring, until = Ring(model, events=2_000_000), SIX_NS + 12 * 7 * minutes(1440) - 1
    end = advance(model, begin(model, at_ns=SIX_NS, seed=1), until, trace=ring)
    turns = [e for e in ring.read() if e.kind == TraceKind.CALENDAR]
    opened = SIX_NS - sum(round(e.value * 2 - 1) * (e.t_ns - SIX_NS) for e in turns)
    assert opened - SIX_NS == working_ns(model.calendars[0], SIX_NS, until)
    assert not outcome(model, end).is_open
