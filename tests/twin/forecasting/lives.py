"""Long lives of lines, looked at as `live` would: what a machine tells, and nothing hidden."""

from linewright.plant import Address
from linewright.plant.records import BufferNow, LineState, StationNow, StationState, WearNow
from linewright.twin import Model, State, outcome
from tests.twin.lines import NS, line_of

HOUR = 3600 * NS


def line_state(model: Model, state: State) -> LineState:
    """Return what can be seen of a line of the kernel."""
    came = outcome(model, state)
    stations = tuple(
        StationNow(
            address=one.address,
            state=one.state,
            since_ns=one.since_ns,
            seen_ns=came.t_ns,
            cycle_began_ns=one.cycle_began_ns if one.state is StationState.RUNNING else None,
            wear=tuple(WearNow(part=name, used_ratio=used) for name, used in one.used.items()),
        )
        for one in came.stations
    )
    buffers = tuple(BufferNow(address=each, count=n) for each, n in came.buffers.items())
    return LineState(
        address=model.address,
        as_of_ns=came.t_ns,
        plant_rev="r1",
        stations=stations,
        buffers=buffers,
    )


def failing() -> Model:
    """Return three stations that fail, the second one the tightest."""
    return line_of(
        "50 s exponential", "56 s exponential", "48 s exponential", fails=("4 h", "8 min")
    )


def nothing_known(model: Model, *, as_of_ns: int = 0) -> LineState:
    """Return a state that says nothing but the time."""
    return LineState(address=Address(model.address), as_of_ns=as_of_ns, plant_rev="r1")
