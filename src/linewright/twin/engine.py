"""Time: a state played on to a later one, compiled or plain."""

from array import array
from collections.abc import Callable
from functools import lru_cache

from linewright.numeric import Block, views
from linewright.twin.faults import RunStopped, StateInvalid
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.loop import advance_model
from linewright.twin.model import BYTES, NO_TURNS, WINDOW_NS, Model, turns_of
from linewright.twin.ring import Ring
from linewright.twin.state import State, grown, ints_of, pack, unpack

Kernel = Callable[..., int]
Unpack = Callable[[Block, int], tuple[object, object]]
Place = Callable[[Block], Block]


def prepare() -> None:
    """Make the kernel's machine code, where that has not been done yet.

    Notes
    -----
    Cost: some 20 s the first time of an installation, a second afterwards. Without it the first
    compiled `advance` does the same.

    Examples
    --------
    >>> from linewright.twin.engine import prepare
    >>> prepare()
    """
    _kernel(jit=True)


EVENTS_MAX = 2_000_000_000
"""Events of one call, some minutes of work; beyond it something goes round without end."""
SLICE = 20_000_000
"""Events between two looks at how far plant time has come; some two seconds of work."""
PACE_MAX = 1_000_000
"""Events a second of plant time; a thousand stations with cycles of 2 ms make half of it."""
LAST_NS = 8_800_000_000_000_000_000
"""Plant time ends here, in November 2248: the clock of 64 bits has some years more."""
PARTS_MAX = 4_000_000
"""Parts that may be in a model at once, some 400 MB; beyond it more comes in than can leave."""


@lru_cache(maxsize=2)
def _kernel(*, jit: bool) -> tuple[Kernel, Unpack, Place]:
    """Return the event loop, how and where it wants its memory; numba is loaded only here."""
    if not jit:
        return advance_model, views, lambda memory: memory
    from linewright.numeric import engine  # noqa: PLC0415  # a second's import, where it is used

    return engine.bare(advance_model), engine.arrays, engine.aligned


def advance(  # noqa: PLR0913  # two bounds by name
    model: Model,
    state: State,
    until_ns: int,
    *,
    trace: Ring | None = None,
    jit: bool = True,
    events_max: int = EVENTS_MAX,
    parts_max: int = PARTS_MAX,
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

    events_max, parts_max
        Events, and parts inside, at most, so that nothing goes on or grows without end. Whatever
        makes more than a million events a second of plant time is stopped after 20 million.

    Raises
    ------
    StateInvalid
        When the state is of another place, or later than `until_ns`, or that is after 2248.
    RunStopped
        When more comes in than there is memory for, or the events are used up.

    Notes
    -----
    Cost: about 0.1 us an event compiled; memory does not grow. The first compiled call of a
    process loads the machine code (0.5 to 2 s), the first one of an installation makes it.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import begin, compile_plant, outcome
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_plant(plant.done(), "reno/shop/pump")
    >>> state = advance(model, begin(model, at_ns=0, seed=1), 480 * 10**9, jit=False)
    >>> outcome(model, state).good
    10
    """
    if until_ns < state.t_ns:
        what = f"the state is {(state.t_ns - until_ns) / 1e9:g} s later than asked for"
        raise StateInvalid(model.address, what, "keep an earlier state, or begin anew")
    if until_ns > LAST_NS:
        raise StateInvalid(model.address, "plant time ends in 2248", "ask for an earlier instant")
    memory: Block = unpack(model, state)
    ring = trace.memory if trace else bytearray(BYTES)
    t_ns = begun_ns = state.t_ns
    first = state.events
    while True:
        turns, end_ns = _turns(model, t_ns, until_ns)
        most = max(1, min(SLICE, events_max - (state.events - first)))
        memory, why = _play(model, memory, (turns, ring), (end_ns, most, parts_max), jit=jit)
        state = pack(model, memory)
        played = state.events - first
        if why == at.WEARY:
            if played >= min(events_max, SLICE // 2 + PACE_MAX * (state.t_ns - begun_ns) // at.NS):
                raise RunStopped(model.address, *_weary(state, played))
            t_ns = state.t_ns
        elif end_ns == until_ns:
            return state
        else:
            t_ns = end_ns


def _play(
    model: Model,
    memory: Block,
    tapes: tuple[bytes, bytearray],
    bounds: tuple[int, int, int],
    *,
    jit: bool,
) -> tuple[Block, int]:
    """Let the kernel run until a bound; give it memory for more parts where it needs it."""
    kernel, take, place = _kernel(jit=jit)
    tape = bytearray(array("q", bounds[:2]).tobytes() + tapes[0])
    turning = take(tape, len(tape) // BYTES)[0]
    noted = take(tapes[1], len(tapes[1]) // BYTES)[0]
    while True:
        memory = place(memory)
        s, f = take(memory, ints_of(model, memory))
        why = kernel(s, f, turning, noted)
        if why != at.FULL:
            return memory, why
        capacity = int(s[at.CAPACITY])  # type: ignore[index]  # either kind of view
        del s, f
        if capacity > bounds[2]:
            where = _fullest(model, memory)
            what = f"more than {bounds[2]:,} parts are inside, most of them in {where}"
            do = "let less in, or make more: what comes in is more than can leave"
            raise RunStopped(model.address, what, do)
        memory = grown(model, memory, max(capacity, model.count(at.MARGIN)))


def _fullest(model: Model, memory: Block) -> str:
    s, _ = views(memory, ints_of(model, memory))
    counts = [s[s[at.S_QUEUE] + q * at.SQ_WIDTH + at.COUNT] for q in range(s[at.QUEUES])]
    return model.stores[counts.index(max(counts))].name


def _weary(state: State, events: int) -> tuple[str, str]:
    what = f"{events:,} events have brought it to {state.t_ns / at.NS:,.3f} s of plant time only"
    return what, "look for cycles of no length or rework without end, or ask for a shorter run"


def _turns(model: Model, t_ns: int, until_ns: int) -> tuple[bytes, int]:
    """Return the turns of working time as the kernel reads them, and how far they reach."""
    if not model.calendars and all(one.calendar is None for one in model.crews):
        return NO_TURNS, until_ns
    window = t_ns // WINDOW_NS
    end_ns = min(until_ns, (window + 1) * WINDOW_NS - 1)
    if end_ns <= t_ns < until_ns:
        window += 1
        end_ns = min(until_ns, (window + 1) * WINDOW_NS - 1)
    return turns_of(model, window), end_ns
