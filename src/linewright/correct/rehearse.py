"""Rehearsal: every candidate played in forks of the twin, side by side, many times.

Each replication draws how severe the cause is and how fast it grows from the errors of the
diagnosis; all candidates of a replication share these and every other random number, so that
their difference to doing nothing is known far better than each of them. Statistics only: the
forks come as a callable (`linewright.correct.forks` makes it of the twin).
"""

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence

import msgspec

from linewright.correct.candidates import NOTHING, Gap
from linewright.correct.diagnose import MODEL_SHARE, SEVERITY_MAX, Diagnosis
from linewright.correct.watch.estimates import LEVEL, interval
from linewright.correct.watch.stations import CYCLE, NS_PER_S, CauseView, StationView
from linewright.plant.records import Candidate, Change, Effect

__all__ = [
    "AFTER_GAP_S",
    "REPLICATIONS",
    "Draw",
    "Forks",
    "Prices",
    "Rehearsal",
    "Result",
    "Scene",
    "draws",
    "rehearse",
    "seed_of",
]

REPLICATIONS = 200
"""Forks per candidate: a difference of half its own spread then has an interval of a quarter."""

AFTER_GAP_S = 3600
"""How long after the gap the rehearsal goes on: a person's work in it must have paid by then."""

USED_MIN = 0.001
"""Least severity drawn."""

MODEL = "twin"
"""What the effects were found with."""


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """Severity of the cause and its growth in one replication."""

    used: float
    faster: float
    size: float = 1.0
    """How much of what the plant file says of a symptom's size is true."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a fork came to at the horizon: parts from its beginning on, and failures."""

    good: float
    scrap: float
    stops: float


Forks = Callable[[Sequence[Candidate], Sequence[Draw]], Sequence[Sequence[Result]]]
"""Plays every candidate with every draw: one row of results per candidate, one column per draw."""


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """What one more good part brings and one more bad one costs, in one currency."""

    good: float
    scrap: float
    currency: str


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What a rehearsal is about: the station, the cause, and when the forks begin."""

    view: StationView
    cause: CauseView
    as_of_ns: int
    speed: float = 100.0
    """Speed of the station then, in percent."""
    prices: Prices | None = None
    """What parts are worth; without prices good parts alone count."""


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """The candidates with their effects, one of them chosen."""

    candidates: tuple[Candidate, ...]
    as_of_ns: int
    """Plant time of the state that the forks began with."""

    @property
    def chosen(self) -> Candidate:
        """The candidate that is proposed.

        Examples
        --------
        >>> none = Candidate(name="nothing", text="Do nothing.", chosen=True)
        >>> Rehearsal(candidates=(none,), as_of_ns=0).chosen.name
        'nothing'
        """
        return next(each for each in self.candidates if each.chosen)


def seed_of(case_id: str) -> int:
    """Seed of a case's rehearsal: the same case draws the same numbers, on every machine.

    Examples
    --------
    >>> seed_of("a" * 26) == seed_of("a" * 26)
    True
    """
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:4])


def draws(diagnosis: Diagnosis, count: int, *, seed: int) -> tuple[Draw, ...]:
    """Severities and growths drawn from the errors of a diagnosis.

    Parameters
    ----------
    diagnosis
        What was found.
    count
        How many, 1 or more.
    seed
        Same seed, same draws.

    Returns
    -------
    tuple[Draw, ...]
        `used` is normal around its mean and clipped to what a wear can be; `faster` is 1 plus a
        gamma number with the mean and the error found; `size` is normal around 1.
    """
    rng = random.Random(seed)  # noqa: S311  # a simulation, nothing secret
    found = diagnosis.severity
    excess, error = found.faster - 1.0, found.faster_error
    drawn = []
    for _ in range(count):
        used = min(SEVERITY_MAX, max(USED_MIN, rng.gauss(found.used, found.used_error)))
        faster = found.faster
        if excess > 0.0 and error > 0.0:
            faster = 1.0 + rng.gammavariate((excess / error) ** 2, error**2 / excess)
        drawn.append(Draw(used=used, faster=faster, size=rng.gauss(1.0, MODEL_SHARE)))
    return tuple(drawn)


def rehearse(
    scene: Scene, given: Sequence[Candidate], drawn: Sequence[Draw], forks: Forks
) -> Rehearsal:
    """Play the candidates, give each its effects, and choose one.

    Parameters
    ----------
    scene
        Where and when.
    given
        Candidates, doing nothing first, the least intrusive first.
    drawn
        Severity and growth per replication, at least two.
    forks
        Plays them.

    Returns
    -------
    Rehearsal
        Effects are differences to doing nothing: of ``good``, ``scrap`` and ``stops`` (and
        ``value``) the mean with its Student interval, of each signal the interval that holds a
        single case, since it is compared with one.

    Notes
    -----
    A candidate is chosen over a less intrusive one only if the interval of their difference is
    above zero; where it holds zero, only if that of the stops is below zero. Cost: that of the
    forks, candidates times draws.

    Examples
    --------
    >>> from linewright.plant import Address
    >>> mill = Address("a/b/c/mill")
    >>> view = StationView(
    ...     address=mill, label="Mill", standard_s=60.0, cycle_tag=mill.with_tag("cycle_time"),
    ...     speed_tag=None, state_tag=None, states={}, causes=(), units={},
    ... )
    >>> edge = CauseView(name="edge", label="Edge", is_wear=True, rate_per_h=0.1, shows=())
    >>> ways = [Candidate(name=name, text=name) for name in ("nothing", "change")]
    >>> def forks(ways, drawn):
    ...     return [[Result(good=10.0 + 5 * n, scrap=0, stops=0) for _ in drawn] for n in (0, 1)]
    >>> scene = Scene(view=view, cause=edge, as_of_ns=0)
    >>> rehearse(scene, ways, [Draw(used=0.7, faster=2.0)] * 5, forks).chosen.name
    'change'
    """
    assert given[0].name == NOTHING, "effects are differences to doing nothing"
    rows, prices = forks(given, drawn), scene.prices
    scores = [[_worth(result, prices) for result in row] for row in rows]
    chosen = 0
    for index in range(1, len(given)):
        gains = [a - b for a, b in zip(scores[index], scores[chosen], strict=True)]
        stops = [a.stops - b.stops for a, b in zip(rows[index], rows[chosen], strict=True)]
        if _is_better(gains, stops):
            chosen = index
    found = []
    for index, candidate in enumerate(given):
        effects = [
            _effect(name, "1", [getattr(r, name) - getattr(n, name) for r, n in pairs])
            for pairs in [list(zip(rows[index], rows[0], strict=True))]
            for name in ("good", "scrap", "stops")
        ]
        if prices is not None:
            gains = [a - b for a, b in zip(scores[index], scores[0], strict=True)]
            effects.append(_effect("value", prices.currency, gains))
        effects += _signal_effects(scene, candidate, drawn)
        found.append(
            msgspec.structs.replace(
                candidate, effects=tuple(effects) if index else (), chosen=index == chosen
            )
        )
    return Rehearsal(candidates=tuple(found), as_of_ns=scene.as_of_ns)


def _worth(result: Result, prices: Prices | None) -> float:
    if prices is None:
        return result.good
    return prices.good * result.good - prices.scrap * result.scrap


def _is_better(gains: Sequence[float], stops: Sequence[float]) -> bool:
    _, low, high = interval(gains, level=LEVEL)
    return low > 0.0 or (high >= 0.0 and interval(stops, level=LEVEL)[2] < 0.0)


def _effect(measure: str, unit: str, values: Sequence[float], *, ahead: bool = False) -> Effect:
    mean, low, high = interval(values, level=LEVEL, ahead=ahead)
    return Effect(
        measure=measure,
        unit=unit,
        mean=mean,
        low=low,
        high=high,
        level=LEVEL,
        replications=len(values),
        model=MODEL,
    )


def _signal_effects(scene: Scene, candidate: Candidate, drawn: Sequence[Draw]) -> list[Effect]:
    """What a command should show on each signal in its first whole cycles."""
    view, cause, speed = scene.view, scene.cause, scene.speed
    held = held_speed(candidate.changes)
    if held is None or not cause.is_wear:
        return []
    found = []
    for signal in (CYCLE, *view.units):
        by = cause.by(signal)
        if not by:
            continue
        if signal == CYCLE:
            longer = view.standard_s * (100.0 / held - 100.0 / speed)
            values = [longer * (1.0 + by * each.used) for each in drawn]
            found.append(_effect(view.cycle_tag, "s", values, ahead=True))
        else:
            change = by * (held - speed) / 100.0
            values = [change * each.used * each.size for each in drawn]
            found.append(_effect(signal, view.units[signal], values, ahead=True))
    return found


def held_speed(changes: Sequence[Change]) -> float | None:
    """Speed in percent that changes set, where they set one."""
    values: Mapping[str, object] = {each.parameter: each.value for each in changes}
    speed = values.get("speed")
    return float(speed) if isinstance(speed, int | float) else None


def horizon_ns(gap: Gap) -> int:
    """Until when the forks run."""
    return gap.end_ns + AFTER_GAP_S * NS_PER_S
