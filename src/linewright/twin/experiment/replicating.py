"""One replication after the other: what a worker does, from a model to rows of figures."""

import msgspec

from linewright.plant.records import Change
from linewright.twin.changes import with_changes
from linewright.twin.engine import advance
from linewright.twin.experiment.measures import figures, working_s
from linewright.twin.kernel import layout as at
from linewright.twin.model import Model
from linewright.twin.outcome import Outcome, outcome
from linewright.twin.standing import stop_at_dead_end
from linewright.twin.starting import fork
from linewright.twin.state import State, begin

__all__ = ["Chunk", "Rows", "Series", "replicate", "watch"]

LEVELS = 32
"""Instants of a replication at which parts on stations are counted."""

GOLDEN = 0.6180339887498949
"""Steps of the sequence that puts the instants where no cycle of a line can hide from them."""


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Some replications of one model: all that a worker needs.

    Parameters
    ----------
    model
        What is run.
    start
        State that all begin with; None: empty and fresh.
    changes
        What happens while it runs.
    seed, at_ns, warm_ns, until_ns
        Random streams; when it begins, when the figures begin, when it ends.
    replications
        Their numbers.
    jit
        Whether the compiled kernel runs.
    may_stand
        Whether a replication in which something can never go on still counts; else it stops
        all with the places.
    """

    model: Model
    start: State | None = None
    changes: tuple[Change, ...] = ()
    seed: int
    at_ns: int
    warm_ns: int
    until_ns: int
    replications: tuple[int, ...]
    jit: bool = True
    may_stand: bool = False


class Rows(msgspec.Struct, frozen=True):
    """Figures of some replications.

    Parameters
    ----------
    keys
        Of the figures.
    values
        A row for each replication, in the order of the chunk.
    worked_s
        Working time of each replication, its warm-up included.
    """

    keys: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    worked_s: tuple[float, ...] = ()


class Series(msgspec.Struct, frozen=True):
    """What came out of one replication as time went on.

    Parameters
    ----------
    t_ns
        Instants.
    working_s
        Working time until then.
    good
        Good parts until then.
    """

    t_ns: tuple[int, ...]
    working_s: tuple[float, ...]
    good: tuple[int, ...]


def replicate(chunk: Chunk) -> Rows:
    """Return the figures of each replication of a chunk.

    Parameters
    ----------
    chunk
        What to run.

    Returns
    -------
    Rows
        The same on every machine, in whatever process.

    Raises
    ------
    RunStopped
        When something in a replication can never go on, unless the chunk lets it stand; also
        when parts pile up without end.

    Notes
    -----
    Parts in queues are summed up over time exactly. Those on stations are counted at `LEVELS`
    instants, one in each equal part of the measured time and never at its same place: an
    unbiased mean over time, whose error is part of the spread between replications and so of
    the interval.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.twin import compile_line
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> model = compile_line(plant.done(), "reno/shop/pump")
    >>> chunk = Chunk(model=model, seed=1, at_ns=0, warm_ns=0, until_ns=3600 * 10**9,
    ...     replications=(0, 1), jit=False)
    >>> [row[0] for row in replicate(chunk).values]
    [75.0, 75.0]
    """
    found = [_figures(chunk, k) for k in chunk.replications]
    if not found:
        return Rows((), ())
    rows = tuple(tuple(row.values()) for row, _ in found)
    return Rows(tuple(found[0][0]), rows, tuple(worked_s for _, worked_s in found))


def _figures(chunk: Chunk, replication: int) -> tuple[dict[str, float], float]:
    """Return the figures of a replication, and its working time with the warm-up."""
    model = chunk.model
    state = _begun(chunk, replication)
    first = outcome(model, state)
    state = advance(model, state, chunk.warm_ns, jit=chunk.jit)
    before, counts = outcome(model, state), []
    for t_ns in _instants(chunk.warm_ns, chunk.until_ns, replication):
        state = advance(model, state, t_ns, jit=chunk.jit)
        counts.append(_on_stations(model, state))
    state = advance(model, state, chunk.until_ns, jit=chunk.jit)
    if not chunk.may_stand:
        stop_at_dead_end(model, state)
    last = outcome(model, state)
    return figures(before, last, counts), working_s(last, first)


def _begun(chunk: Chunk, replication: int) -> State:
    if chunk.start is not None:
        state = fork(chunk.model, chunk.start, replication)
    else:
        state = begin(chunk.model, at_ns=chunk.at_ns, seed=chunk.seed, replication=replication)
    return with_changes(chunk.model, state, chunk.changes) if chunk.changes else state


def _instants(from_ns: int, until_ns: int, replication: int) -> list[int]:
    """Return one instant in each of `LEVELS` equal parts of a time, in order."""
    part = (until_ns - from_ns) / LEVELS
    places = [(GOLDEN * (k + 1 + LEVELS * replication)) % 1.0 for k in range(LEVELS)]
    return [from_ns + int(part * (k + place)) for k, place in enumerate(places)]


def _on_stations(model: Model, state: State) -> int:
    """Return how many parts are inside and in no queue."""
    first = model.count(at.S_QUEUE) + at.COUNT
    queued = sum(state.head(first + q * at.SQ_WIDTH) for q in range(len(model.stores)))
    return state.head(at.CAPACITY) - state.head(at.FREE_COUNT) - queued


def watch(chunk: Chunk, edges: int) -> tuple[Series, ...]:
    """Return what came out of each replication of a chunk at equal distances of time.

    Parameters
    ----------
    chunk
        What to run; it is watched from its beginning.
    edges
        How many equal parts the time has.

    Returns
    -------
    tuple of Series
        One for each replication; `edges + 1` instants, the first at the beginning.

    Notes
    -----
    Working time is what the station with least of it spent otherwise than closed. Cost: an
    outcome for each instant.
    """
    return tuple(_watched(chunk, k, edges) for k in chunk.replications)


def _watched(chunk: Chunk, replication: int, edges: int) -> Series:
    state = _begun(chunk, replication)
    whole = chunk.until_ns - chunk.at_ns
    times = [chunk.at_ns + whole * k // edges for k in range(edges + 1)]
    found: list[Outcome] = []
    for t_ns in times:
        state = advance(chunk.model, state, t_ns, jit=chunk.jit)
        found.append(outcome(chunk.model, state))
    return Series(
        tuple(times), tuple(working_s(one) for one in found), tuple(one.good for one in found)
    )
