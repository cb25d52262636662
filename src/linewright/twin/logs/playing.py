"""All events of a run, however many: its trace, read in stretches that fit into memory."""

from collections.abc import Iterator

from linewright.plant.records import Trace
from linewright.twin.engine import advance
from linewright.twin.model import Model
from linewright.twin.ring import Ring
from linewright.twin.state import State

__all__ = ["events_of"]

EVENTS = 65_536
"""Events held at once."""

STRETCHES = 64
"""A run is first parted into so many stretches; each is halved until its events are held."""


def events_of(model: Model, state: State, until_ns: int, *, jit: bool = True) -> Iterator[Trace]:
    """Yield every event from a state on, oldest first.

    Parameters
    ----------
    model, state
        The line; the state stays as it is.
    until_ns
        Plant time of the end.
    jit
        Whether the compiled kernel runs.

    Notes
    -----
    A state is a value and time can be cut anywhere, so a stretch with too many events is played
    again in halves. One instant with more than 65,536 events ends in fewer of them; no line has
    that. Memory does not grow with the run.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> len(list(events_of(model, begin(model, at_ns=0, seed=1), 100 * 10**9, jit=False)))
    10
    """
    step_ns = max(1, (until_ns - state.t_ns) // STRETCHES)
    ring = Ring(model, events=EVENTS)
    first = True
    while state.t_ns < until_ns or first:
        first = False
        before = ring.dropped
        later = advance(model, state, min(until_ns, state.t_ns + step_ns), trace=ring, jit=jit)
        found = ring.read()
        if ring.dropped > before and step_ns > 1:
            step_ns = max(1, step_ns // 2)
            continue
        yield from found
        state = later
        step_ns = step_ns * 2 if len(found) < EVENTS // 4 else step_ns
