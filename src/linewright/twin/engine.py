"""Time: a state played on to a later one, compiled or plain."""

from array import array
from collections.abc import Callable
from functools import lru_cache

from linewright.numeric import views
from linewright.twin.faults import StateInvalid
from linewright.twin.kernel.loop import advance_line
from linewright.twin.model import WINDOW_NS, Model, edges
from linewright.twin.ring import Ring
from linewright.twin.state import BYTES, State, pack, unpack

Kernel = Callable[..., None]
Unpack = Callable[[bytearray, int], tuple[object, object]]


@lru_cache(maxsize=2)
def _kernel(*, jit: bool) -> tuple[Kernel, Unpack]:
    """Return the event loop, and how it wants its memory; numba is loaded only here."""
    if not jit:
        return advance_line, views
    from linewright.numeric import engine  # noqa: PLC0415  # a second's import, where it is used

    return engine.compiled(advance_line), engine.arrays


def advance(
    model: Model, state: State, until_ns: int, *, trace: Ring | None = None, jit: bool = True
) -> State:
    """Return the state at a later instant; the given one stays as it is.

    Parameters
    ----------
    model, state
        The line.
    until_ns
        Plant time; what happens at it has happened. Advancing in two steps is the same as in
        one, bit for bit.
    trace
        Where events are written.
    jit
        Whether the compiled kernel runs. The plain one gives the same bits, some 100 times
        slower, without loading numpy or numba.

    Raises
    ------
    StateInvalid
        When the state is of another line, or later than `until_ns`.

    Notes
    -----
    Cost: about 0.1 us an event compiled; memory does not grow. The first compiled call of a
    process loads the machine code (0.5 to 2 s), the first one of an installation makes it.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_line, outcome
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> state = advance(model, begin(model, at_ns=0, seed=1), 480 * 10**9, jit=False)
    >>> outcome(model, state).good
    10
    """
    if until_ns < state.t_ns:
        what = f"the state is {(state.t_ns - until_ns) / 1e9:g} s later than asked for"
        raise StateInvalid(model.address, what, "keep an earlier state, or begin anew")
    kernel, take = _kernel(jit=jit)
    memory = unpack(model, state)
    ints = len(model.ints) // BYTES + model.state_ints
    s, f = take(memory, ints)
    ring = take(trace.memory if trace else bytearray(BYTES), _ints_of(trace))[0]
    t_ns = state.t_ns
    while True:
        turns, end_ns = _turns(model, t_ns, until_ns)
        kernel(s, f, take(turns, len(turns) // BYTES)[0], ring, end_ns)
        if end_ns == until_ns:
            return pack(model, memory)
        t_ns = end_ns


def _ints_of(trace: Ring | None) -> int:
    return 1 if trace is None else len(trace.memory) // BYTES


def _turns(model: Model, t_ns: int, until_ns: int) -> tuple[bytearray, int]:
    """Return the turns of working time as the kernel reads them, and how far they reach."""
    if model.calendar is None:
        return bytearray(BYTES), until_ns
    window = t_ns // WINDOW_NS
    end_ns = min(until_ns, (window + 1) * WINDOW_NS - 1)
    if end_ns <= t_ns < until_ns:
        window += 1
        end_ns = min(until_ns, (window + 1) * WINDOW_NS - 1)
    found = edges(model.calendar, window)
    return bytearray(array("q", [len(found), *found]).tobytes()), end_ns
